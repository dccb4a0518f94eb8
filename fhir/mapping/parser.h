// FHIR Mapping Language text to a Map (https://build.fhir.org/mapping-language.html; grammar in README.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/mapping/model.h"

namespace fhir::mapping {

// The map, nothing bound. Fails with kInvalid at "file:line:column", saying what was found and what is expected.
Result<std::unique_ptr<Map>> ParseMap(std::string_view file, std::string_view text);

}  // namespace fhir::mapping
