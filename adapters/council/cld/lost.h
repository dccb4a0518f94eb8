// What stored resources say that the fifty columns cannot, named for the one who asked for the file.
#pragma once

#include <vector>

#include "adapters/council/cld/event.h"
#include "fhir/base/issue.h"
#include "fhir/model/element.h"

namespace adapters::council::cld {

// Elements none of whose scalars stands in a cell (`carried`, by Element::leaf) and that the way in does not add by itself
// (keys, references between resources, fixed statuses).
void NameLost(const fhir::Element& resource, const std::vector<bool>& carried, fhir::IssueSink& outcome);

// What an event's resource or its charge (may be null) says twice, once as a cell and once otherwise, and differently: a
// status that does not go with the end, a code of the charge that is not the service's, another day of authoring.
void NameContradictions(const fhir::Element& resource, const fhir::Element* charge, const Event& event, fhir::IssueSink& outcome);

}  // namespace adapters::council::cld
