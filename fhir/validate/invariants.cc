// Compiles constraints and files them under their types and elements.
#include "fhir/validate/invariants.h"

#include <algorithm>

namespace fhir::validate {
namespace {

// Constraints that rules check without FHIRPath: they stand on nearly every element, or would look through
// a whole resource once for each contained one.
constexpr std::string_view kByRules[] = {
    "ele-1",                             // the JSON reader, and shape
    "ext-1",                             // extension_content
    "ref-1",                             // reference_target
    "dom-2", "dom-3", "dom-4", "dom-5",  // contained_resource
    "txt-1", "txt-2",                    // narrative
    "bdl-3", "bdl-4", "bdl-7",           // bundle_entries
};

// Expressions that say something else than their sentence, and what they are meant to be.
struct Amendment {
  std::string_view key, expression;
};
constexpr Amendment kAmendments[] = {
    {"que-7", "operator = 'exists' implies (answer is boolean)"},   // published with Boolean, the System type
};

std::string_view ExpressionOf(std::string_view key, const schema::Constraint& constraint) {
  for (const Amendment& amendment : kAmendments) {
    if (amendment.key == key) return amendment.expression;
  }
  return constraint.expression;
}

}  // namespace

Invariants::Invariants(const schema::Registry& registry) {
  for (const schema::Type& type : registry.types()) {
    Add(&type, type.constraints, registry);
    for (const schema::ElementDefinition& element : type.elements) Add(&element, element.constraints, registry);
  }
}

const Invariant* Invariants::Compile(std::string_view key, const schema::Registry& registry) {
  const auto [at, fresh] = by_key_.try_emplace(key);
  if (!fresh || std::find(std::begin(kByRules), std::end(kByRules), key) != std::end(kByRules)) return at->second.get();
  const schema::Constraint* constraint = registry.FindConstraint(key);
  if (!constraint) return nullptr;
  auto expression = path::Expression::Compile(ExpressionOf(key, *constraint), registry);
  if (!expression) {
    not_compiled_.push_back(std::string(key) + ": " + expression.error().text());
    return nullptr;
  }
  at->second = std::make_unique<const Invariant>(Invariant{constraint, *std::move(expression)});
  return at->second.get();
}

void Invariants::Add(const void* about, const std::vector<std::string_view>& keys, const schema::Registry& registry) {
  std::vector<const Invariant*> compiled;
  for (const std::string_view key : keys) {
    if (const Invariant* invariant = Compile(key, registry)) compiled.push_back(invariant);
  }
  if (!compiled.empty()) by_subject_.emplace(about, std::move(compiled));
}

}  // namespace fhir::validate
