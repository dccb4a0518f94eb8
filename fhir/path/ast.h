// The tree that the parser makes of an expression and the evaluator walks. Immutable once compiled.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fhir/path/expression.h"
#include "fhir/path/value.h"
#include "fhir/schema/registry.h"

namespace fhir::path {

struct Function;

enum class NodeKind : std::uint8_t {
  kLiteral,     // `literal`
  kEmpty,       // {}
  kThis, kIndex, kTotal,
  kVariable,    // %text
  kMember,      // [0].text; without operand: of the focus, or the focus's own type name
  kFunction,    // [0].function([1], …); the operand is null for a call on the focus
  kIndexer,     // [0] [ [1] ]
  kNegate, kPlusSign,
  kBinary,      // [0] op [1]
  kIs, kAs,     // [0] is `type`
};

enum class BinaryOp : std::uint8_t {
  kMultiply, kDivide, kDiv, kMod, kAdd, kSubtract, kConcatenate, kUnion,
  kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kEqual, kEquivalent, kNotEqual, kNotEquivalent,
  kIn, kContains, kAnd, kOr, kXor, kImplies,
};

// "FHIR.Patient", "System.String", "Quantity".
struct TypeName {
  std::string space;    // empty when not written
  std::string name;
};

struct Node {
  NodeKind kind = NodeKind::kEmpty;
  BinaryOp op = BinaryOp::kUnion;
  std::uint16_t depth = 1;          // of the tree below, itself included
  std::size_t column = 0;
  std::string text;
  SystemValue literal{};
  TypeName type;
  const Function* function = nullptr;
  std::shared_ptr<const void> prepared;   // what the function made of its literal arguments when this was compiled, see Function::prepare
  std::vector<std::unique_ptr<const Node>> parts;   // null only for a missing operand [0]

  const Node* operand() const { return parts.empty() ? nullptr : parts[0].get(); }
};

using NodePtr = std::unique_ptr<const Node>;

// A compiled expression's inside.
struct Expression::Program {
  NodePtr root;
  const schema::Registry* registry;
};

}  // namespace fhir::path
