// An integrated budget and its children, once all of a transaction is stored: one person, one currency, one stage, and the
// children's amounts sum to the parent's.
#pragma once

#include <string>

#include "fhir/base/result.h"
#include "fhir/money/ledger.h"
#include "server/rules/rule.h"

namespace server::rules {

inline constexpr std::string_view kBudgetRule = "budget";

// Of a child that was written at `place`: its parent is there, is a budget of the same person without entries of its own, and neither has
// the child parts nor is the parent one. Of a child that was another's until now (`was`, an id, or empty) the parent has no plan either.
// Says the id of the parent; empty: it has none.
fhir::Result<std::string> CheckParents(Context& context, const std::string& id, const std::string& was, const std::string& place);
// Of a child that is no longer part of `parent_id`: only when that is gone, else its amount would be counted twice.
fhir::Result<void> CheckLeft(Context& context, const std::string& id, const std::string& parent_id, const std::string& place);
// Of an Account, when it has children: sums, stages, currency. `place` is of what was written.
fhir::Result<void> CheckChildren(Context& context, const std::string& id, const std::string& place);
// Of a budget that a transaction closes: nothing is held, and nothing ordered that is not met.
fhir::Result<void> CheckClosed(Context& context, const std::string& id, const std::string& place);
// Of a budget whose period became another: its entries are within it.
fhir::Result<void> CheckPeriod(Context& context, const std::string& id, const std::string& place);

}  // namespace server::rules
