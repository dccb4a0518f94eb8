// A stored resource made ready for the maps back: the source's id and references, without what the way in added.
#pragma once

#include "adapters/gp/connect/emit_selection.h"
#include "fhir/schema/registry.h"

namespace adapters::gp::connect {

// A copy in `work`, bound as R4: the id is the GP system's (or none); the identifiers and the category that the way in added
// and stand-ins for what R4 demands are gone; references are the GP system's own. What a reference loses
// because its target is not in the record goes to `outcome`.
fhir::Element* Prepare(const Item& item, const Selection& selection, const fhir::schema::Registry& registry, fhir::Document& work,
                       fhir::IssueSink& outcome);

}  // namespace adapters::gp::connect
