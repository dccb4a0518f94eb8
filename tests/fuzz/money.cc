// Budgets and entries from whatever anybody sends: each line one resource. What is read has a statement or a refusal, the same in any order, and
// its groups sum to the total.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/money/statement.h"

namespace {

using namespace fhir::money;

struct Ledger {
  std::vector<Budget> budgets;
  std::vector<Entry> entries;
};

void Add(std::string_view json, Ledger& ledger) {
  const auto document = fhir::json::Read(json);
  if (!document || !document->root) return;
  if (IsBudget(*document->root)) {
    auto budget = ReadBudget(*document->root);
    if (budget) ledger.budgets.push_back(*std::move(budget));
  } else if (IsEntry(*document->root)) {
    auto entry = ReadEntry(*document->root);
    if (entry) ledger.entries.push_back(*std::move(entry));
  }
}

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Ledger ledger;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    Add(rest.substr(0, end), ledger);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const Entry& entry : ledger.entries) {
    if (entry.plan) { (void)Instalments(*entry.plan, *ParseFrequency("monthly"), *ParseDay("2030-01-01")); }
  }
  const Window window = {std::nullopt, *ParseDay("2026-06-30")};
  const auto statement = MakeStatement(ledger.budgets, ledger.entries, window);
  std::ranges::reverse(ledger.entries);
  const auto again = MakeStatement(ledger.budgets, ledger.entries, window);
  Check(statement.has_value() == again.has_value());
  if (!statement) return 0;
  for (std::size_t i = 0; i < kFigures; ++i) {
    const Value& total = statement->total.values[i];
    Check(total.amount == again->total.values[i].amount && total.parts.size() == again->total.values[i].parts.size());
    if (!total.known) continue;
    Pence funders = 0;
    for (const Group& group : statement->by_funder) funders += group.values[i].amount;
    Check(funders == total.amount);
  }
  return 0;
}
