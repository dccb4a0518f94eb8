// What others have added to the resources that a council's rows made: a goal of the plan, a care manager, what an
// account is part of. The rows say nothing about it, so the next file leaves it where it is.
#pragma once

#include <string_view>

#include "fhir/model/element.h"

namespace adapters::council::cld {

// Do the maps write that element of the type ("EpisodeOfCare", "period")? Then the rows alone say what stands there.
bool IsOfRows(std::string_view type, std::string_view element);

// Copies into `made`, a resource of `target` just made from rows, what `stored`, the same resource as it stands, has
// besides: whole elements that no row fills, extensions and identifiers of others, tags and security labels,
// activities of a plan that are no service of a row. Its narrative is not kept: it may tell what no longer holds.
void KeepAdditions(const fhir::Element& stored, fhir::Element& made, fhir::Document& target);

}  // namespace adapters::council::cld
