// Did you mean: known names near one that is not known. Private to fhir/validate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fhir::validate {

// "; did you mean gender?" with at most three names, the nearest first; empty when none is near.
std::string Hint(std::string_view unknown, std::vector<std::string_view> known);

}  // namespace fhir::validate
