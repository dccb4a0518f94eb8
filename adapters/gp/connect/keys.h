// Who is who: every entry gets the identifier that it is known by from message to message, and entries that
// are one resource become one.
#pragma once

#include "adapters/base/ledger.h"
#include "adapters/gp/connect/record.h"
#include "fhir/base/issue.h"

namespace adapters::gp::connect {

inline constexpr std::string_view kNhsNumberStatus =
    "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1";
// A number that is well-formed but not verified stands under this system, where no conditional match finds it.
inline constexpr std::string_view kUnverifiedNhsNumber = "https://careloom.example/fhir/id/nhs-number-unverified";

// The system that the ids of this practice's GP system live in.
std::string IdSystem(const Record& record);

// Fills key and uuid of every stored entry, puts source ids and Lists' made-up ids into the working copy as
// identifiers, settles the NHS number, and merges or reports duplicates.
void AssignKeys(Record& record, Ledger& ledger, fhir::IssueSink& outcome);

}  // namespace adapters::gp::connect
