// JSON bytes to an element tree (https://hl7.org/fhir/R4/json.html). Strict: valid UTF-8, one root
// object, no duplicate member, no U+0000, no empty string, array or object, bounded depth.
#pragma once

#include <cstddef>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace fhir::json {

struct ReadOptions {
  // Objects and arrays within each other, at the most.
  std::size_t max_depth = 64;
  // Sources that are not FHIR R4 (a GP system's STU3) do hold empty strings; they stand in the tree as
  // they are, so that they can be reported. Empty arrays and objects are then passed over.
  bool allow_empty = false;
  // Elements at the most; 0: as many as there are. A tree takes some 90 bytes an element, and an array of single digits has
  // one for every two bytes.
  std::size_t max_elements = 0;
};

// The document; its texts are copies, `bytes` need not outlive the call. Fails with kInvalid and a place
// "line:column" or a FHIRPath; with kTooLarge beyond max_elements (the caller bounds the bytes).
Result<Document> Read(std::string_view bytes, const ReadOptions& options = {});

}  // namespace fhir::json
