// A person's part of a ledger file as one transaction, with its accounting.
#pragma once

#include "adapters/base/people_file.h"
#include "adapters/council/ledger/maps.h"
#include "fhir/base/result.h"

namespace adapters::council::ledger {

// The transaction has no entry when nothing is to be changed. kUnprocessable: see ReadLines.
fhir::Result<Adapted> AdaptPart(const PersonPart& part, const Maps& maps);

}  // namespace adapters::council::ledger
