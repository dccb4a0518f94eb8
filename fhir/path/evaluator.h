// One evaluation of a compiled expression: its budget, its context and what it made on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fhir/base/result.h"
#include "fhir/path/ast.h"
#include "fhir/path/scalar.h"

namespace fhir::path {

struct Call;

// Steps (nodes evaluated, items produced, eights of bytes of text made) of one evaluation, at the most: part
// of a second, and a bound on what it can hold in memory.
constexpr std::size_t kMaxSteps = 1'000'000;

// What $this, $index and $total are where a node is evaluated. Borrowed from the caller's frame.
struct Scope {
  const Values* focus = nullptr;
  std::size_t index = 0;
  const Values* total = nullptr;
};

class Evaluator {
 public:
  Evaluator(const Expression::Program& program, const Context& context, const Values& focus);

  Result<Values> Evaluate(const Node& node, const Scope& scope);
  // The argument in the scope of the call (not of its input).
  Result<Values> Argument(const Call& call, std::size_t index);
  // The argument for one item of the input: $this is the item, $index its place.
  Result<Values> ForItem(const Call& call, std::size_t argument, const Value& item, std::size_t index);
  // The same as a boolean by singleton evaluation; nothing for empty.
  Result<std::optional<bool>> TestItem(const Call& call, std::size_t argument, const Value& item, std::size_t index);
  // The single scalar of an argument; nothing when it is empty. Fails when it is more than one or no value.
  Result<std::optional<SystemValue>> ScalarArgument(const Call& call, std::size_t index);

  // Counts steps; fails with kUnprocessable past kMaxSteps.
  Result<void> Spend(std::size_t steps, const Node& node);
  // Counts the elements below all of these, which is what comparing or hashing them takes.
  Result<void> SpendOn(const Values& values, const Node& node);
  // A kUnprocessable error at the node's column.
  static Error Fail(const Node& node, std::string text);

  const Context& context() const { return context_; }
  const schema::Registry& registry() const { return registry_; }
  const Values& origin() const { return origin_; }         // %context
  const Element* resource() const { return resource_; }    // may be null
  const Element* root_resource() const { return root_resource_; }
  // A place for elements that the evaluation makes.
  Document& made();
  // Bundle entries of the root by fullUrl and by Type/id, built when first asked.
  const Element* FindInBundle(std::string_view reference);
  std::shared_ptr<const Document> TakeMade() { return std::move(made_); }

 private:
  Result<Values> Member(const Node& node, const Scope& scope);
  Result<Values> Indexer(const Node& node, const Scope& scope);
  Result<Values> Variable(const Node& node);
  Result<Values> Sign(const Node& node, const Scope& scope);
  Result<Values> TypeTest(const Node& node, const Scope& scope);

  const Context& context_;
  const schema::Registry& registry_;
  const Values& origin_;
  const Element* resource_ = nullptr;
  const Element* root_resource_ = nullptr;
  std::size_t steps_ = 0;
  std::shared_ptr<Document> made_;
  bool bundle_indexed_ = false;
  std::unordered_map<std::string, const Element*> bundle_;
};

// Children of that name; choices by their bare name. Appends to `out`.
void AppendChildren(const Element& element, std::string_view name, Values& out);

// Is the value of that type (FHIR's by inheritance, System's exactly)?
bool IsOfType(const Value& value, const TypeName& type, const schema::Registry& registry);
// What as() and ofType() let through: the same, but of primitives only the very type (a code is a string,
// yet no item of ofType(string)).
bool IsExactly(const Value& value, const TypeName& type, const schema::Registry& registry);

// Singleton evaluation as a boolean (https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections):
// a lone value that is no boolean is true; nothing for empty; fails for more than one.
Result<std::optional<bool>> ToBoolean(const Values& values, const Node& node);

// operators.cc
Result<Values> EvaluateBinary(Evaluator& evaluator, const Node& node, const Scope& scope);

}  // namespace fhir::path
