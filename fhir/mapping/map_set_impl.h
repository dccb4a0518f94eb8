// What a compiled MapSet holds.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fhir/mapping/concept_map.h"
#include "fhir/mapping/map_set.h"
#include "fhir/mapping/model.h"

namespace fhir::mapping {

struct MapSet::Impl {
  const schema::Registry* registry = nullptr;
  std::vector<std::unique_ptr<Map>> maps;
  std::vector<std::unique_ptr<ConceptMap>> concept_maps;
  std::map<std::string, const ConceptMap*, std::less<>> concept_maps_by_url;   // embedded ones as map url + "#id"
  std::vector<std::string> own_transforms;
};

}  // namespace fhir::mapping
