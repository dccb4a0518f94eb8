// Waiting-time standards: Tasks on a pathway that are not where they should be by the day they were due take the step that says so, and what
// the pathway raises then is raised, once. Which steps and pathways these are stands in the table of pathways.
#pragma once

#include <vector>

#include "fhir/base/result.h"
#include "server/care/review/raising.h"

namespace server::care::review {

// One tally for each state that is entered when a standard is missed ("choice-of-provider/breached"), one for each pathway that is raised.
fhir::Result<std::vector<Tally>> RunStandards(const Round& round);

}  // namespace server::care::review
