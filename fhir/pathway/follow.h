// A Task that is about to be stored, against the Task as it stands: does it follow its pathway? Pure: the clock's time is handed in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/pathway/table.h"

namespace fhir::pathway {

struct Progress {
  const Pathway* pathway = nullptr;    // null: neither carries one, and nothing was looked at
  const State* state = nullptr;        // null: entered in error
  std::size_t taken = 0;               // new steps
};

// Checks each step that `after` takes beyond `before` (null: it was not there) and completes `after`: the steps with their times, both
// codings of the state, the day by which the standard is kept.
// kConflict: the state it is in does not allow that step. kUnprocessable: everything else that the pathway does not allow. Both at the path
// within the Task ("businessStatus"), and say what is allowed.
Result<Progress> Follow(const Table& table, const Element* before, Document& after, std::int64_t now_us);

// "2026-03-01T09:30:00Z"
std::string InstantOf(std::int64_t us);

// Puts a coding of the system into the concept of that name, which is made when it is not there; one of the system that is there is replaced.
void SetCoding(Document& document, Element* parent, std::string_view name, std::string_view system, std::string_view code, std::string_view display = {});
// Sets a primitive's value, or adds it.
void SetText(Document& document, Element* parent, std::string_view name, std::string_view text);
// Adds a step to the Task; `at` may be empty: Follow fills it in.
Element* AddStep(Document& document, std::string_view state, std::string_view at);

}  // namespace fhir::pathway
