// Every function of FHIRPath and of R4's additions: name, arguments, one line of words, and who does it.
// A function is written in its family's file and listed in catalogue.cc; nothing else knows it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/path/evaluator.h"

namespace fhir::path {

enum class Takes : std::uint8_t { kExpressions, kType };

// One call while it is evaluated: the node (arguments are its parts from 1 on), the collection it is
// called on, and the scope in which its arguments are evaluated.
struct Call {
  const Node& node;
  const Values& input;
  const Scope& scope;

  std::size_t argument_count() const { return node.parts.size() - 1; }
  const Node& argument(std::size_t index) const { return *node.parts[index + 1]; }
};

struct Function {
  std::string_view name;
  std::uint8_t min_arguments, max_arguments;
  Takes takes;
  Result<Values> (*call)(Evaluator&, const Call&);   // null: not supported
  std::string_view summary;
  // Once for each call in an expression, when it is compiled: whatever of the arguments can be worked out beforehand
  // comes to stand in Node::prepared. Null: nothing can.
  std::shared_ptr<const void> (*prepare)(const Node& call) = nullptr;
};

// All of them, by name.
std::span<const Function> Functions();
// Null when there is none of that name.
const Function* FindFunction(std::string_view name);

}  // namespace fhir::path
