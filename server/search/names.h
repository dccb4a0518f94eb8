// The names of a search's parameters without their values, for the log.
#pragma once

#include <string>
#include <string_view>

#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"

namespace server::search {

// "name:exact,subject:Patient.birthdate,_count,?" of what follows '?' in a search of the type, in order. Whatever R4 has no
// name for is "?", so that nothing of what a caller wrote can be among them; after twelve names "…".
std::string ParameterNames(std::string_view type, std::string_view raw, const fhir::schema::Registry& registry, const fhir::search::Extractor& extractor);

}  // namespace server::search
