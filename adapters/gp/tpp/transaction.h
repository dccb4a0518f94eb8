// One person's transaction out of a set's rows and what is stored, and the accounting of the rows.
#pragma once

#include <string_view>

#include "adapters/base/people_file.h"
#include "adapters/gp/tpp/maps.h"
#include "fhir/base/result.h"

namespace adapters::gp::tpp {

inline constexpr std::string_view kOrganisationSystem = "https://fhir.nhs.uk/Id/ods-organization-code";
inline constexpr std::string_view kPatientKind = "tpp-patient";

// kUnprocessable: the rows name a person of whom neither the set nor the store has SRPatient, or give two NHS numbers.
fhir::Result<Adapted> AdaptPart(const PersonPart& part, const Maps& maps);

}  // namespace adapters::gp::tpp
