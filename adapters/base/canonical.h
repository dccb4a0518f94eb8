// One text for everything that says the same: members in order of their names, no white space. Two sources
// that differ only in the order of members have one canonical text.
#pragma once

#include <string>

#include "fhir/model/element.h"

namespace adapters {

// Appends the canonical text of the element and what is in it. Repeats keep their order.
void AppendCanonical(const fhir::Element& element, std::string& out);
std::string Canonical(const fhir::Element& element);

}  // namespace adapters
