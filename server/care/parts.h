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

// A parameter of that name at the root of a Parameters resource, a part of it below; its value or parts are to be added.
fhir::Element* AddParameter(fhir::Document& parameters, fhir::Element* parent, std::string_view name);

}  // namespace server::care
