// A person's ledger, what is to be paid, and how returns agree with the plan, as rows of a layout.
#pragma once

#include <span>
#include <string>

#include "adapters/base/people_file.h"
#include "adapters/council/ledger/maps.h"
#include "fhir/base/result.h"

namespace adapters::council::ledger {

// The first row. kInvalid for a `what`, layout or period that there is not, with those that there are.
fhir::Result<std::string> EmitHead(const EmitOptions& options, const Maps& maps);
// The person's rows; what the layout cannot say is in the outcome.
fhir::Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions& options, const Maps& maps);

}  // namespace adapters::council::ledger
