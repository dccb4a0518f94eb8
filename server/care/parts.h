// Parts of resources that are made here, in `document` under `parent`.
#pragma once

#include <string_view>

#include "fhir/model/element.h"

namespace server::care {

// `name`: {"coding": [{system, code, display}]}; no display when it is empty.
fhir::Element* AddConcept(fhir::Document& document, fhir::Element* parent, std::string_view name, std::string_view system, std::string_view code,
                          std::string_view display = {}, bool in_array = false);
// A copy of `value`, of whichever document, by that name.
fhir::Element* AddCopy(fhir::Document& document, fhir::Element* parent, std::string_view name, const fhir::Element& value, bool in_array = false);

}  // namespace server::care
