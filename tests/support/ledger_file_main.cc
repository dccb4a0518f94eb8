// careloom_ledger_file: writes a council's finance ledger of invented people, the same as careloom_cld_file makes of that seed, to standard output.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/support/ledger_generator.h"

int main(int count, char** arguments) {
  using namespace careloom_test;
  if (count < 3) {
    return std::fputs("usage: careloom_ledger_file SEED PEOPLE [budgets|packages|payments|returns]\nwith the last one: that file of an invented county's four, in a form of its own\n", stderr), 1;
  }
  CldOptions people;
  people.seed = std::strtoull(arguments[1], nullptr, 10);
  people.people = std::strtoull(arguments[2], nullptr, 10);
  const std::string_view part = count > 3 ? arguments[3] : "";
  const LedgerFiles files = WriteLedger(GenerateLedger(GenerateCld(people)), part.empty() ? LedgerForm::kCareloom : LedgerForm::kShire);
  for (std::size_t i = 0; i < files.files.size(); ++i) {
    if (part.empty() || files.names[i].ends_with(part)) std::fwrite(files.files[i].data(), 1, files.files[i].size(), stdout);
  }
  return 0;
}
