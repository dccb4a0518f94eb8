// Which stage of a personal budget may follow which, and the Account.status of each: conformance/personalised_care/budget_stages.txt.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/money/ledger.h"

namespace server::rules {

std::string_view BudgetStagesTable();

struct BudgetStage {
  fhir::money::Stage stage = fhir::money::Stage::kUnsaid;
  std::string status;                        // "any": all of them
  std::vector<fhir::money::Stage> next;
};

// The table's row of a stage.
const BudgetStage& RowOf(fhir::money::Stage stage);
bool MayFollow(fhir::money::Stage from, fhir::money::Stage to);
// "agreed or closed"; "none, it is final" when no stage may follow.
std::string NextStagesOf(fhir::money::Stage from);

}  // namespace server::rules
