// What a step needs of the Task that takes it, and what may stand in its inputs and outputs.
#pragma once

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/pathway/table.h"

namespace fhir::pathway {

// kUnprocessable at the path within the Task, with the step, what is missing and how it is said. `before` may be null; `at_us` is when the step was taken.
Result<void> CheckNeeds(const Pathway& pathway, const Step& step, const Element* before, const Element& after, std::int64_t at_us);

// Inputs and outputs of our system are of a kind that the table has, with a value of an allowed type. kUnprocessable likewise.
Result<void> CheckDetails(const Table& table, const Element& task);

}  // namespace fhir::pathway
