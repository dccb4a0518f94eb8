// A row of a result in its layout's form.
#include "adapters/council/ledger/results.h"

#include <algorithm>

#include "adapters/base/csv.h"
#include "adapters/council/ledger/cells.h"

namespace adapters::council::ledger {
namespace {

constexpr std::string_view kDays[] = {"pay-on", "first-day", "last-day", "date", "return-from", "return-to", "return-due", "return-received"};
constexpr std::string_view kMoney[] = {"gross", "contribution", "net", "amount"};

}  // namespace

void WriteResultRow(const Layout& layout, const ResultRow& row, std::string& out) {
  for (const LayoutColumn& column : layout.columns) {
    if (&column != &layout.columns.front()) out += layout.delimiter;
    for (const ColumnUse& use : column.uses) {
      const auto at = row.find(use.holds);
      if (at == row.end()) continue;
      const Word* word = use.FindCode(at->second);
      const bool is_day = std::ranges::find(kDays, use.holds) != std::end(kDays), is_money = std::ranges::find(kMoney, use.holds) != std::end(kMoney);
      AppendCsvCell(out, word ? word->given : is_day ? WriteDay(layout, at->second) : is_money ? WriteMoney(layout, at->second) : at->second, layout.delimiter);
    }
  }
  out += "\r\n";
}

ResultRow StartRow(const ResultInput& input, const Facts& facts) {
  ResultRow row = {{"council", input.scope}, {"person", input.person}, {"nhs-number", input.nhs_number}, {"currency", "GBP"}};
  for (const Field field : {Field::kBudget, Field::kKey, Field::kMechanism, Field::kService, Field::kProvider, Field::kPackage, Field::kDate, Field::kAmount,
      Field::kReturn, Field::kReturnFrom,
                            Field::kReturnTo, Field::kReturnDue, Field::kReturnReceived}) {
    const auto index = static_cast<std::size_t>(field);
    row[std::string(FactsOf(field).name)] = facts.values[index].empty() ? facts.words[index] : facts.values[index];
  }
  if (row["mechanism"].empty()) {
    if (const StoredRow* budget = input.ledger.Budget(facts[Field::kBudget])) row["mechanism"] = budget->facts[Field::kMechanism];
  }
  return row;
}

}  // namespace adapters::council::ledger
