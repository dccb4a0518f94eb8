// A person's picture as FHIR resources: for each the tree that its map reads, and what the map makes of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/council/cld/maps.h"
#include "adapters/council/cld/picture.h"
#include "fhir/base/result.h"
#include "fhir/mapping/coverage.h"
#include "fhir/model/element.h"

namespace adapters::council::cld {

// A resource and the identifier that it is known by.
struct Output {
  std::string type, system, value, uuid;
  fhir::Element* resource = nullptr;
};

struct FhirInput {
  const Maps& maps;
  std::string_view scope, person;
  const Picture& picture;
};

// The scalar of a person's good rows (1 up) that is that cell: what Coverage counts by.
inline std::uint32_t LeafOf(std::uint32_t line, Column column) {
  return line == 0 ? 0 : (line - 1) * static_cast<std::uint32_t>(kColumnCount) + static_cast<std::uint32_t>(column) + 1;
}

// The person's resources, made in `target`, references as urn:uuid. What the maps find wrong goes to `outcome`.
fhir::Result<std::vector<Output>> MakeResources(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage,
                                                fhir::IssueSink& outcome);

}  // namespace adapters::council::cld
