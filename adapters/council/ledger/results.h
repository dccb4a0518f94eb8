// What Careloom makes of a ledger and hands back: the payment schedule, and how direct-payment returns agree with the plan.
#pragma once

#include <map>
#include <string>

#include "adapters/base/people_file.h"
#include "adapters/council/ledger/stored_ledger.h"
#include "fhir/base/result.h"

namespace adapters::council::ledger {

struct ResultInput {
  const Layout& layout;
  const EmitOptions& options;    // a period
  const StoredLedger& ledger;
  const std::string& scope;
  const std::string& person;
  const std::string& nhs_number;
};

// Cells by what a column of a result holds; days as YYYY-MM-DD, money with a point.
using ResultRow = std::map<std::string, std::string>;
// What an entry and its budget say.
ResultRow StartRow(const ResultInput& input, const Facts& facts);
void WriteResultRow(const Layout& layout, const ResultRow& row, std::string& out);

// A row for each day on which a planned line is to be paid in the period: in the line's own frequency, else in the layout's `every`, on the
// first day that it pays for. The gross amounts of a line sum to its cost in the period. Contributions recorded within the days
// that are paid for are taken off, the smallest entry key first; what is more than is to be paid is told.
fhir::Result<void> WriteSchedule(const ResultInput& input, Emitted& emitted);
// A row for each line of a return, and one for each return that is overdue on the period's last day.
fhir::Result<void> WriteReconciliation(const ResultInput& input, Emitted& emitted);

}  // namespace adapters::council::ledger
