// What the text of a primitive must look like, and how JSON writes it: enough to put a value into a target.
// The full rules of each type are the validator's.
#pragma once

#include <string_view>

#include "fhir/model/element.h"
#include "fhir/path/value.h"

namespace fhir::mapping {

// How JSON writes a primitive of that type: boolean, number or string.
ValueKind KindOf(std::string_view type);
// Can the text stand as that type? For booleans, numbers and the date types their form; other types take
// any text that is not empty.
bool HasFormOf(std::string_view type, std::string_view text);
// May a value of type `from` stand where `to` is asked for, its text unchanged? (code as string, date as dateTime …)
bool Widens(std::string_view from, std::string_view to);
// FHIR's name of a FHIRPath value's type: "dateTime", "decimal" …
std::string_view TypeOf(path::SystemType type);

}  // namespace fhir::mapping
