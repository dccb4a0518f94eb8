// A person's written lines as FHIR resources: for each the tree that its map reads, and what the map makes of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/council/ledger/person.h"
#include "fhir/base/result.h"
#include "fhir/mapping/coverage.h"

namespace adapters::council::ledger {

// A resource to be written.
struct Output {
  std::string type, system, value, uuid;   // by which identifier, and its name within the transaction
  fhir::Element* resource = nullptr;
  const fhir::Element* stood = nullptr;    // what it takes the place of; null: it is new
  std::size_t line = 0;                    // 1 up: the first that it comes from; 0: none alone
};

struct FhirInput {
  const Maps& maps;
  const PersonPart& part;
  const StoredLedger& stored;
  const std::vector<Line>& lines;
};

// The scalar of a line (1 up) that is that field's cell: what Coverage counts by.
inline std::uint32_t LeafOf(std::size_t line, Field field) {
  return line == 0 ? 0 : static_cast<std::uint32_t>((line - 1) * kFieldCount + static_cast<std::size_t>(field) + 1);
}

// The resources in the order of who refers to whom, made in `target`. Funders (Organizations other than the council) are among them,
// to be made once. What the maps find wrong goes to `outcome`.
fhir::Result<std::vector<Output>> MakeResources(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage, fhir::IssueSink& outcome);

}  // namespace adapters::council::ledger
