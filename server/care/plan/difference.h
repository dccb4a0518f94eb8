// What differs between two versions of a resource, value by value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/model/element.h"

namespace server::care::plan {

struct Difference {
  std::string path;                        // "Goal.description.text", "CarePlan.activity[1].detail.status"; indexes of the later version, of the earlier for what went
  std::optional<std::string> before, after;
};

// Repeats are compared with their like: the same, else of the same id, url, reference or code, else in order. meta is left out.
// Either may be null: then everything came or went.
std::vector<Difference> Differences(const fhir::Element* before, const fhir::Element* after);

}  // namespace server::care::plan
