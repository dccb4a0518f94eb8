// The events of a person that the files taken so far say together. The outcome depends on the files, not on the
// order in which they came (mappings/council/README.md, Later files).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/council/cld/person.h"
#include "fhir/base/issue.h"

namespace adapters::council::cld {

// Does `a` rank after `b`? The one that ends later; of two that end on one day, the one received later.
bool RanksAfter(const Submission& a, const Submission& b);

// Is the event one of which the file says all there is?
bool Covers(const Submission& file, const Event& event);

struct MergeInput {
  const PersonPart& part;
  PersonRows& rows;                         // a line whose event a later file says otherwise no longer stands
  std::span<const Event> stored;
  // Had that later file rows of the person that were refused? Then nothing is withdrawn for not being in it.
  bool (*had_bad_rows)(const PersonPart& part, const Submission& file);
};

// Sorted by key. What is withdrawn or ends otherwise than said is reported. `changed`: the file makes a difference.
std::vector<Said> MergeEvents(const MergeInput& input, bool& changed, fhir::IssueSink& outcome);

}  // namespace adapters::council::cld
