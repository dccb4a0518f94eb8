// Gives the names of a parsed map their meaning: types, variables, groups, transforms, concept maps,
// FHIRPath. What has none is reported with its place.
#pragma once

#include "fhir/base/issue.h"
#include "fhir/mapping/map_set_impl.h"

namespace fhir::mapping {

// Requires: all maps of the set are parsed, and `visible` of each is filled. First for every map, then the second.
void BindGroups(Map& map, const MapSet::Impl& set, IssueSink& issues);
void BindRules(Map& map, const MapSet::Impl& set, IssueSink& issues);

}  // namespace fhir::mapping
