// A person's part of a file as one transaction, with its accounting.
#pragma once

#include <span>

#include "adapters/base/people_file.h"
#include "adapters/council/cld/event.h"
#include "adapters/council/cld/maps.h"
#include "fhir/base/result.h"

namespace adapters::council::cld {

// `stored`: the person's events out of part.stored. The transaction has no entry when nothing is to be changed.
fhir::Result<Adapted> AdaptPart(const PersonPart& part, std::span<const Event> stored, const Maps& maps);

// System and value of the identifiers that we gave the resource; of a Patient its person id. Null: it has none.
const fhir::Element* OwnIdentifier(const fhir::Element& resource);

}  // namespace adapters::council::cld
