// Rule: every member is an element of its type.
#include <vector>

#include "fhir/validate/nearest.h"
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

// "string" and "Period" for String and Period, as the end of a choice's name has it; null for other ends.
const schema::Type* TypeOfSuffix(const Visit& visit, std::string_view suffix) {
  if (suffix.empty() || suffix[0] < 'A' || suffix[0] > 'Z') return nullptr;
  if (const schema::Type* type = visit.registry.FindType(suffix)) return type;
  std::string lower(suffix);
  lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  return visit.registry.FindType(lower);
}

std::string TypesOf(const schema::ElementDefinition& choice) {
  constexpr std::size_t kShown = 12;
  std::string names;
  for (std::size_t i = 0; i < choice.types.size() && i < kShown; ++i) names += (i == 0 ? "" : ", ") + std::string(choice.types[i].type->name);
  return choice.types.size() > kShown ? names + " …" : names;
}

void Report(const Visit& visit, const Element& child) {
  if (!visit.sink.Keeps(Severity::kError)) return visit.Error("structure", {}, &child);
  const std::string name(child.name), type(visit.type.name);
  if (child.definition) {   // the bare name of a choice
    visit.Error("structure", "\"" + name + "\" can have several types, and its name must say which, like " + name + "Xyz; allowed: " + TypesOf(*child.definition), &child);
    return;
  }
  for (const schema::ElementDefinition& element : visit.type.elements) {
    if (!element.is_choice || !child.name.starts_with(element.name)) continue;
    if (const schema::Type* chosen = TypeOfSuffix(visit, child.name.substr(element.name.size()))) {
      visit.Error("structure", std::string(element.path) + " cannot be of the type " + std::string(chosen->name) + "; allowed: " + TypesOf(element), &child);
      return;
    }
  }
  std::vector<std::string_view> known;
  for (const auto& [known_name, place] : visit.type.index) known.push_back(known_name);
  visit.Error("structure", "\"" + name + "\" is not an element of " + type + Hint(name, std::move(known)), &child);
}

void Run(const Visit& visit) {
  const Element* before = nullptr;
  for (const Element& child : Children(visit.element)) {
    const bool repeat = before && before->name == child.name;
    before = &child;
    if (!child.type && !repeat) Report(visit, child);
  }
}

}  // namespace

Rule UnknownElement() {
  return {.name = "unknown_element", .resource = nullptr, .shape = nullptr, .object = Run, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
