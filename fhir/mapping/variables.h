// Variables of a map in FHIRPath. The Mapping Language lets an expression start with a variable's plain name;
// FHIRPath wants %name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fhir::mapping {

struct ExpressionText {
  std::string text;                      // FHIRPath
  std::vector<std::string> variables;    // those of `scope` that it uses
};

// `text` with %name where a path starts with a name of `scope`, and "…" strings as '…'. Names inside the
// arguments of where, select, all, exists, repeat, is, as and ofType are elements or types, not variables; write
// %name there.
ExpressionText WithVariables(std::string_view text, const std::vector<std::string_view>& scope);

}  // namespace fhir::mapping
