// FHIRPath tokens to a tree, with functions looked up in the catalogue and their arguments counted.
#pragma once

#include <string_view>

#include "fhir/base/result.h"
#include "fhir/path/ast.h"

namespace fhir::path {

// Limits that keep recursion within any thread's stack.
constexpr std::size_t kMaxExpressionBytes = 64 * 1024;
constexpr std::uint16_t kMaxNesting = 400;

// Fails with kInvalid at "column N", or with kUnsupported for a function that stands so in the catalogue.
Result<NodePtr> Parse(std::string_view text);

}  // namespace fhir::path
