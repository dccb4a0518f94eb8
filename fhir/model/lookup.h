// What is looked for in every resource: an extension by its URL, a code by its system.
#pragma once

#include <string_view>

#include "fhir/model/element.h"

namespace fhir {

// Extensions of ours begin so.
inline constexpr std::string_view kOwnExtension = "https://careloom.example/fhir/StructureDefinition/";

// The first extension of that URL, or null.
const Element* FindExtension(const Element& of, std::string_view url);
// The first extension of ours of that name ("unit-price"), or null.
const Element* FindOwnExtension(const Element& of, std::string_view name);
// The code of the concept's first coding of that system; empty when it has none.
std::string_view CodeIn(const Element& codeable_concept, std::string_view system);

}  // namespace fhir
