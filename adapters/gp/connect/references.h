// References of a record: within it they point into the transaction, out of it they name what they mean.
#pragma once

#include "adapters/base/ledger.h"
#include "adapters/gp/connect/record.h"
#include "fhir/schema/registry.h"

namespace adapters::gp::connect {

// Rewrites every reference of the stored entries in the working copy: to "urn:uuid:…" of an entry; to
// {type, identifier} when the record does not hold what it points to; prose becomes the display.
// Leaf numbers stay with what is computed from them. Requires: AssignKeys.
void RewriteReferences(Record& record, const fhir::schema::Registry& registry, Ledger& ledger);

}  // namespace adapters::gp::connect
