// The agreement on direct payments (https://hl7.org/fhir/R4/contract.html): a Contract about the budget, with a valued item for each
// planned line.
#pragma once

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/care/budget/family.h"
#include "server/care/budget/writing.h"

namespace server::care::budget {

// Of the parameter `agreement` {identifier, applies, authority*, status, signer* {type, party, signature}}. Made once for an identifier,
// else for the budget and day. kInvalid for a signer without signature.
fhir::Result<void> AddAgreement(Writing& writing, const fhir::Element& agreement, const Family& family, const Ledger& ledger, fhir::money::Day date);

}  // namespace server::care::budget
