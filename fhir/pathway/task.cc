// What a Task says.
#include "fhir/pathway/task.h"
#include "fhir/model/lookup.h"

#include <algorithm>

namespace fhir::pathway {

namespace {

std::string_view CodeOf(const Element* codeable_concept, std::string_view system) {
  return codeable_concept ? CodeIn(*codeable_concept, system) : std::string_view();
}

}  // namespace

Result<const Pathway*> PathwayOf(const Table& table, const Element& task) {
  const Element* code = task.Find("code");
  const Pathway* found = nullptr;
  if (!code) return found;
  for (const Element& coding : Repeats(*code, "coding")) {
    if (coding.ValueOf("system") != kPathwaySystem) continue;
    const std::string name(coding.ValueOf("code"));
    const Pathway* pathway = table.Find(name);
    if (!pathway) {
      const std::string text = "No pathway is called '" + name + "'. There are: " + table.Codes() + ".";
      return Error(ErrorKind::kUnprocessable, text).At("code").WithIssueType("code-invalid");
    }
    if (found && found != pathway) {
      const std::string text = "The Task is on two pathways, '" + found->code + "' and '" + name + "'. Make a Task for each.";
      return Error(ErrorKind::kUnprocessable, text).At("code");
    }
    found = pathway;
  }
  return found;
}

Result<const State*> StateOf(const Pathway& pathway, const Element& task) {
  std::string all;
  for (const State& state : pathway.states) all += (all.empty() ? "" : ", ") + state.name;
  const Element* status = task.Find("businessStatus");
  const std::string ours(CodeOf(status, kStateSystem)), snomed(CodeOf(status, kSnomed));
  const State *by_snomed = pathway.FindSnomed(snomed), *state = ours.empty() ? by_snomed : pathway.FindState(ours);
  if (state && by_snomed && by_snomed != state) {
    return Error(ErrorKind::kUnprocessable, "The codings disagree: '" + state->name + "', and SNOMED CT " + snomed + ", which is '" + by_snomed->name +
        "'. Send the one that is meant, and leave the other out.").At("businessStatus");
  }
  if (state) return state;
  std::string text = "There is no coding of system " + std::string(kStateSystem) + ", so no state,";
  if (!ours.empty()) {
    text = "'" + ours + "' is no state";
  } else if (!snomed.empty()) {
    text = "SNOMED CT " + snomed + " is no state that is known";
  }
  text += " on the pathway " + pathway.code + ". Its states: " + all + ".";
  return Error(ErrorKind::kUnprocessable, std::move(text)).At("businessStatus").WithIssueType(ours.empty() && snomed.empty() ? "required" : "code-invalid");
}

std::vector<const Element*> StepsOf(const Element& task) {
  std::vector<const Element*> steps;
  for (const Element& extension : Repeats(task, "extension")) {
    if (extension.ValueOf("url") == kStepUrl) steps.push_back(&extension);
  }
  return steps;
}

std::string_view PartOf(const Element& step, std::string_view part) {
  for (const Element& extension : Repeats(step, "extension")) {
    const Element* value = extension.ValueOf("url") == part ? ValueOf(extension) : nullptr;
    if (value) return value->value();
  }
  return {};
}

const Element* ValueOf(const Element& element) {
  for (const Element& child : Children(element)) {
    if (child.name.starts_with("value")) return &child;
  }
  return nullptr;
}

std::string_view KindOf(const Element& detail) { return CodeOf(detail.Find("type"), kDetailSystem); }

std::vector<const Element*> DetailsOf(const Element& task, std::string_view list, std::string_view detail) {
  std::vector<const Element*> values;
  for (const Element& one : Repeats(task, list)) {
    const Element* value = KindOf(one) == detail ? ValueOf(one) : nullptr;
    if (value) values.push_back(value);
  }
  return values;
}

std::string_view TypeOf(std::string_view reference) {
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) reference = reference.substr(0, history);
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view before = reference.substr(0, slash);
  const std::size_t start = before.rfind('/');
  return start == std::string_view::npos ? before : before.substr(start + 1);
}

}  // namespace fhir::pathway
