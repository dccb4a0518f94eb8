// What others have added to resources that a ledger's rows made: balances that the server keeps, a review date, notes. The rows say
// nothing about it, so the next file leaves it where it is.
#pragma once

#include "fhir/model/element.h"

namespace adapters::council::ledger {

// Copies into `made`, a resource of `target` just made from rows, what `stood`, the same resource as it is stored, has besides what
// the maps of mappings/council_ledger write. Of a Patient all but what is added: it is the other source's.
void KeepOthers(const fhir::Element& stood, fhir::Element& made, fhir::Document& target);

}  // namespace adapters::council::ledger
