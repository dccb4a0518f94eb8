// An element tree to JSON (https://hl7.org/fhir/R4/json.html): canonical form, no white space,
// resourceType first, members in tree order, _field right after its field.
#pragma once

#include <string>
#include <string_view>

#include "fhir/model/element.h"

namespace fhir::json {

// Appends the JSON of `element` (an object) to `out`.
void Write(const Element& element, std::string& out);
std::string Write(const Element& element);
// The same with line breaks and two-space indents, for people.
std::string WritePretty(const Element& element);
// Appends `text` as a JSON string with its quotes.
void WriteString(std::string_view text, std::string& out);

}  // namespace fhir::json
