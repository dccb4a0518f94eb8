// What the search parameters found in a resource, packed into bytes that stand on its row: exact values for
// comparing, sorting, following references and removing index rows, without touching the body. The layout
// is in README.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/search/extract.h"
#include "server/search/match.h"
#include "server/storage/slots.h"

namespace server::storage {

// Values of parameters that have no slot are left out.
std::string PackFacts(const std::vector<fhir::search::IndexValue>& values, const Slots& slots, std::int64_t type);

// The form on the disk and back: ids that are UUIDs take 16 bytes instead of 36. Bytes that are not well packed
// come back cut.
std::string SqueezeFacts(std::string_view packed);
std::string ExpandFacts(std::string_view squeezed);

// Reads packed facts; borrows the bytes. Bytes that are not well packed read as ending early.
class PackedFacts {
 public:
  explicit PackedFacts(std::string_view bytes);
  // The next value and its slot; false at the end.
  bool Next(Slot& slot, search::Fact& fact);
  // All of one slot, from the start.
  std::vector<search::Fact> Of(Slot slot);

 private:
  std::string_view Text();

  std::string_view values_, left_;
  std::vector<std::string_view> texts_;
};

}  // namespace server::storage
