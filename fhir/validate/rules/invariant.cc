// Rule: the definitions' own constraints, FHIRPath that must be true of the element
// (https://hl7.org/fhir/R4/conformance-rules.html#constraints).
#include <algorithm>

#include "fhir/validate/invariants.h"
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

// An expression that fails has often run into FHIRPath's limit of steps. Past so many the document is
// refused instead of being worked on for minutes.
constexpr unsigned kMostUnchecked = 10;

// Only a plain "no" breaks a constraint. R4 has expressions that answer nothing at all for an element that
// is absent (name.matches(…), fullUrl.contains(…).not()) and are not meant to forbid that.
bool IsFalse(const path::Collection& answer) {
  if (answer.size() != 1) return false;
  if (const auto* value = std::get_if<path::SystemValue>(&answer[0])) return value->type == path::SystemType::kBoolean && value->text == "false";
  const Element* element = std::get<const Element*>(answer[0]);
  return element->kind == ValueKind::kBoolean && element->text == "false";
}

// What nearly thirty definitions say of a name, each by the same regular expression.
constexpr std::string_view kNameExpression = "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')";

bool IsComputableName(std::string_view name) {
  const auto is_word = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 255 && name[0] >= 'A' && name[0] <= 'Z' && std::all_of(name.begin(), name.end(), is_word);
}

// True, false, or what the expression says of data it was not written for.
Result<bool> IsMet(const Visit& visit, const Invariant& invariant) {
  if (invariant.constraint->expression == kNameExpression) {
    const Element* name = visit.element.Find("name");
    return !name || IsComputableName(name->value());
  }
  path::Context context;
  context.registry = &visit.registry;
  TRY_ASSIGN(const path::Collection answer, invariant.expression.Evaluate(visit.element, context));
  return !IsFalse(answer);
}

void Check(const Visit& visit, const Invariant& invariant) {
  const schema::Constraint& constraint = *invariant.constraint;
  // That a resource should have a narrative is said of the one that was given: a contained one is told of by
  // its container's (https://hl7.org/fhir/R4/references.html#contained), and said of all the entries of a
  // Bundle it would drown what is wrong.
  if (constraint.key == "dom-6" && visit.element.parent) return;
  if (visit.unchecked >= kMostUnchecked) return;
  const Result<bool> met = IsMet(visit, invariant);
  if (!met) {
    if (++visit.unchecked == kMostUnchecked) {
      return visit.Error("too-costly", "over " + std::to_string(kMostUnchecked - 1) + " constraints could not be checked; send the resource in smaller parts, or mend what is reported of its structure");
    }
    // The expression meets data that it was not written for: not known to be broken, and said so.
    visit.Warning("processing", std::string(constraint.key) + " could not be checked: " + met.error().text());
    return;
  }
  if (*met) return;
  std::string text = std::string(constraint.human) + " (" + std::string(constraint.key) + ": " + std::string(constraint.expression) + ")";
  if (constraint.is_error) visit.Error("invariant", std::move(text));
  else visit.Warning("invariant", std::move(text));
}

void Run(const Visit& visit) {
  if (const auto* of_type = visit.invariants.Of(visit.type)) {
    for (const Invariant* invariant : *of_type) Check(visit, *invariant);
  }
  if (!visit.element.definition) return;
  if (const auto* of_element = visit.invariants.Of(*visit.element.definition)) {
    for (const Invariant* invariant : *of_element) Check(visit, *invariant);
  }
}

}  // namespace

Rule InvariantHolds() {
  return {.name = "invariant", .resource = nullptr, .shape = nullptr, .object = nullptr, .value = nullptr, .bound = Run};
}

}  // namespace fhir::validate
