// Rule: codes of a required binding are in its value set, where the facts hold the set
// (https://hl7.org/fhir/R4/terminologies.html#required).
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

using schema::BindingStrength;
using schema::Membership;

constexpr std::size_t kShown = 12;

bool IsRequired(const Element& element) { return element.definition && element.definition->binding == BindingStrength::kRequired; }

void Report(const Visit& visit, std::string_view system, std::string_view code, const Element& at) {
  if (!visit.sink.Keeps(Severity::kError)) return visit.Error("code-invalid", {}, &at);
  const std::string_view set = at.definition && IsRequired(at) ? at.definition->value_set : visit.element.definition->value_set;
  std::string text = "\"" + std::string(system) + (system.empty() ? "" : "|") + std::string(code) + "\" is not in the required value set " + std::string(set);
  const std::vector<schema::Code> allowed = visit.registry.CodesOf(set, kShown + 1);
  for (std::size_t i = 0; i < allowed.size() && i < kShown; ++i) text += (i == 0 ? "; allowed: " : ", ") + std::string(allowed[i].code);
  if (allowed.size() > kShown) text += " …";
  visit.Error("code-invalid", std::move(text), &at);
}

void RunValue(const Visit& visit) {
  if (!IsRequired(visit.element)) return;
  if (visit.registry.InValueSet(visit.element.definition->value_set, {}, visit.element.text) != Membership::kNotIn) return;
  Report(visit, {}, visit.element.text, visit.element);
}

Membership Holds(const Visit& visit, const Element& coding) {
  const std::string_view system = coding.ValueOf("system"), code = coding.ValueOf("code");
  if (code.empty()) return Membership::kNotIn;
  // A code without its system is not known to be of the set.
  return system.empty() ? Membership::kNotIn : visit.registry.InValueSet(visit.element.definition->value_set, system, code);
}

void CheckConcept(const Visit& visit) {
  const Element* first = visit.element.Find("coding");
  if (!first) {
    if (visit.element.Find("text")) visit.Error("code-invalid", "only text was found; a code of the required value set " + std::string(visit.element.definition->value_set) + " is expected");
    return;
  }
  for (const Element& coding : Repeats(visit.element, "coding")) {
    if (Holds(visit, coding) != Membership::kNotIn) return;
  }
  Report(visit, first->ValueOf("system"), first->ValueOf("code"), visit.element);
}

void RunObject(const Visit& visit) {
  if (!IsRequired(visit.element)) return;
  if (visit.type.name == "CodeableConcept") {
    CheckConcept(visit);
  } else if (visit.type.name == "Coding" || visit.type.IsA("Quantity")) {
    if (visit.element.Find("code") && Holds(visit, visit.element) == Membership::kNotIn) {
      Report(visit, visit.element.ValueOf("system"), visit.element.ValueOf("code"), visit.element);
    }
  }
}

}  // namespace

Rule RequiredBinding() {
  return {.name = "required_binding", .resource = nullptr, .shape = nullptr, .object = RunObject, .value = RunValue, .bound = nullptr};
}

}  // namespace fhir::validate
