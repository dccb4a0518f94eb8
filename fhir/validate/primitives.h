// The forms of R4's primitive values (https://hl7.org/fhir/R4/datatypes.html#primitive), by hand: no
// regular expressions, calendar included.
#pragma once

#include <string_view>

#include "fhir/schema/registry.h"

namespace fhir::validate {

// Null when the text is a value of that type; else what is allowed, as the end of a sentence.
const char* WrongForm(schema::Primitive primitive, std::string_view text);

}  // namespace fhir::validate
