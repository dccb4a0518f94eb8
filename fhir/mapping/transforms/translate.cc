// translate(): codes through a concept map. A code that the map does not know is reported, so that no
// source code vanishes; so is a code that the map lumps into a fixed one.
#include "fhir/mapping/concept_map.h"
#include "fhir/mapping/transforms/catalogue.h"

namespace fhir::mapping {
namespace {

// A code of the source: a primitive, a Coding, or one coding of a CodeableConcept.
struct Asked {
  std::string_view system, code;
  const Element* system_element = nullptr;
  const Element* code_element = nullptr;   // null for a computed value
  std::vector<std::uint32_t> leaves;       // of a computed value
};

Asked FromCoding(const Element& coding) {
  Asked asked;
  asked.system_element = coding.Find("system");
  asked.code_element = coding.Find("code");
  asked.system = coding.ValueOf("system");
  asked.code = coding.ValueOf("code");
  return asked;
}

std::vector<Asked> AskedOf(const Datum& argument) {
  std::vector<Asked> all;
  if (argument.element && !argument.element->has_value()) {
    for (const Element& coding : Repeats(*argument.element, "coding")) all.push_back(FromCoding(coding));
    if (argument.element->Find("code")) all.push_back(FromCoding(*argument.element));
  } else if (!argument.text.empty()) {
    Asked asked;
    asked.code = argument.text;
    asked.code_element = argument.element;
    asked.leaves = argument.leaves;
    all.push_back(std::move(asked));
  }
  std::erase_if(all, [](const Asked& asked) { return asked.code.empty(); });
  return all;
}

std::vector<std::uint32_t> LeavesOf(const Asked& asked, const ConceptMap::Answer& answer) {
  if (answer.outcome == ConceptMap::Outcome::kFixed) return {};
  std::vector<std::uint32_t> leaves = asked.leaves;
  if (leaves.empty() && asked.code_element && asked.code_element->leaf != 0) leaves.push_back(asked.code_element->leaf);
  const bool carries_system = answer.used_system || answer.outcome == ConceptMap::Outcome::kProvided;
  if (carries_system && asked.system_element && asked.system_element->leaf != 0) leaves.push_back(asked.system_element->leaf);
  return leaves;
}

void ReportAbout(const TransformInput& input, const Asked& asked, Severity severity, std::string text) {
  const Element* at = asked.code_element ? asked.code_element : input.source;
  input.context.issues->Report(severity, "code-invalid", std::move(text) + " (rule " + input.place + ")", at ? PathOf(*at) : std::string());
}

std::string Shown(const Asked& asked) {
  constexpr std::size_t kLongest = 80;
  std::string text = "code '" + std::string(asked.code.substr(0, kLongest)) + "'";
  if (!asked.system.empty()) text += " of " + std::string(asked.system.substr(0, kLongest));
  return text;
}

Element* MakeCodingOf(const TransformInput& input, const ConceptMap::Answer& answer, Element* parent) {
  Element* coding = parent ? input.target.Add(parent, "coding", true) : input.target.New({});
  coding->type = input.registry.FindType("Coding");
  if (parent && parent->type) coding->definition = parent->type->Find("coding").definition;
  const auto add = [&](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    Element* part = input.target.AddString(coding, name, text);
    if (coding->type) part->definition = coding->type->Find(name).definition;
    if (coding->type) part->type = coding->type->Find(name).type;
  };
  add("system", answer.system);
  add("code", answer.code);
  add("display", answer.display);
  return coding;
}

}  // namespace

Result<Datum> Translate(const TransformInput& input) {
  const std::string_view wanted = input.arguments.size() > 2 ? input.Text(2) : std::string_view("code");
  const bool wants_coding = wanted == "Coding" || wanted == "coding";
  const bool wants_concept = wanted == "CodeableConcept";
  Datum result;
  if (wants_concept) {
    result.made = input.target.New({});
    result.made->type = input.registry.FindType("CodeableConcept");
  }
  bool any = false;
  for (const Asked& asked : AskedOf(input.arguments[0])) {
    if (any && !wants_concept) break;
    const ConceptMap::Answer answer = input.use.concept_map->Translate(asked.system, asked.code);
    if (!answer.found()) {
      const bool stated = answer.outcome == ConceptMap::Outcome::kUnmatched;
      ReportAbout(input, asked, Severity::kWarning, Shown(asked) + (stated ? " has no counterpart by" : " is not in") + " concept map " + input.use.concept_map->url());
      continue;
    }
    if (answer.outcome == ConceptMap::Outcome::kFixed) {
      ReportAbout(input, asked, Severity::kInformation, Shown(asked) + " is not in concept map " + input.use.concept_map->url() + ", which gives '" + std::string(answer.code) + "' for such");
    }
    any = true;
    const std::vector<std::uint32_t> leaves = LeavesOf(asked, answer);
    if (wants_coding || wants_concept) {
      Element* coding = MakeCodingOf(input, answer, result.made);
      if (!result.made) result.made = coding;
      if (input.context.coverage) input.context.coverage->Note(leaves, coding->Find("code"));
      continue;
    }
    result.text = std::string(wanted == "system" ? answer.system : wanted == "display" ? answer.display : answer.code);
    result.kind = result.text.empty() ? ValueKind::kNone : ValueKind::kString;
    result.leaves = wanted == "system" ? std::vector<std::uint32_t>() : leaves;
  }
  if (!any) return Datum{};
  result.type = wants_coding ? "Coding" : wants_concept ? "CodeableConcept" : wanted == "system" ? "uri" : wanted == "display" ? "string" : "code";
  return result;
}

}  // namespace fhir::mapping
