// Needs of steps.
#include "fhir/pathway/needs.h"

#include <algorithm>

#include "fhir/base/date_time.h"
#include "fhir/pathway/task.h"

namespace fhir::pathway {
namespace {

std::string NameOf(const Step& step) {
  return step.from.empty() ? "Beginning with '" + step.to + "'" : "The step from '" + step.from + "' to '" + step.to + "'";
}

Error Missing(const Pathway& pathway, const Step& step, const std::string& what, std::string path) {
  std::string text = NameOf(step) + " on the pathway " + pathway.code + " needs " + what + ".";
  return Error(ErrorKind::kUnprocessable, std::move(text)).At(std::move(path)).WithIssueType("required");
}

std::string Typed(const std::string& detail) { return "type is " + std::string(kDetailSystem) + "|" + detail; }

bool HasConcept(const Element* concept_element) { return concept_element && (concept_element->Find("coding") || !concept_element->ValueOf("text").empty()); }

bool IsAmong(const Element& value, const std::vector<const Element*>& others) {
  return std::ranges::any_of(others, [&](const Element* other) {
    const std::string_view reference = value.ValueOf("reference");
    return reference.empty() ? Equal(value, *other) : reference == other->ValueOf("reference");
  });
}

Result<void> CheckNeed(const Pathway& pathway, const Step& step, const Need& need, const Element* before, const Element& after, std::int64_t at_us) {
  switch (need.kind) {
    case Need::Kind::kReason:
      if (!HasConcept(after.Find("statusReason"))) return Missing(pathway, step, "a reason, as a coding or text in Task.statusReason", "statusReason");
      return {};
    case Need::Kind::kFocus:
      if (!after.Find("focus")) return Missing(pathway, step, "the request that it is about, in Task.focus", "focus");
      return {};
    case Need::Kind::kOwner:
      if (!after.Find("owner")) return Missing(pathway, step, "who is responsible, in Task.owner", "owner");
      return {};
    case Need::Kind::kOverdue: {
      const Element* end = after.Walk("restriction", "period", "end");
      const auto due = end ? DateTime::Parse(end->value()) : std::nullopt;
      if (!due) return Missing(pathway, step, "the day by which the standard is kept, in Task.restriction.period.end", "restriction.period.end");
      if (due->EndMicrosecond() <= at_us) return {};
      return Error(ErrorKind::kUnprocessable, NameOf(step) + " on the pathway " + pathway.code + " may be taken once " + std::string(end->value()) +
          " is over, which is when the standard is missed.").At("restriction.period.end");
    }
    case Need::Kind::kInput:
      if (DetailsOf(after, "input", need.detail).empty()) return Missing(pathway, step, "a Task.input whose " + Typed(need.detail), "input");
      return {};
    case Need::Kind::kOutput:
      if (DetailsOf(after, "output", need.detail).empty()) return Missing(pathway, step, "a Task.output whose " + Typed(need.detail), "output");
      return {};
    case Need::Kind::kNewOutput: {
      const auto values = DetailsOf(after, "output", need.detail), known = before ? DetailsOf(*before, "output", need.detail) : std::vector<const Element*>();
      if (std::ranges::any_of(values, [&](const Element* value) { return !IsAmong(*value, known); })) return {};
      const std::string what = known.empty() ? "a Task.output whose " : "a further Task.output, not one that was there before, whose ";
      return Missing(pathway, step, what + Typed(need.detail), "output");
    }
    case Need::Kind::kChoice: {
      const auto chosen = DetailsOf(after, "output", need.detail), offered = DetailsOf(after, "input", need.among);
      if (chosen.empty()) return Missing(pathway, step, "a Task.output whose " + Typed(need.detail), "output");
      if (IsAmong(*chosen.back(), offered)) return {};
      std::string list;
      for (const Element* option : offered) list += (list.empty() ? "" : ", ") + std::string(option->ValueOf("reference"));
      return Error(ErrorKind::kUnprocessable, "'" + std::string(chosen.back()->ValueOf("reference")) + "' is not among what was offered: " + list +
          ". Choose one of them, or add it as an input of kind " + need.among + " first.").At("output");
    }
  }
  return {};
}

Result<void> CheckDetail(const Table& table, const Element& one, const std::string& path) {
  const std::string kind(KindOf(one));
  if (kind.empty()) return {};
  const Detail* detail = table.FindDetail(kind);
  if (!detail) return Error(ErrorKind::kUnprocessable, "No detail of a pathway is called '" + kind + "'.").At(path + ".type").WithIssueType("code-invalid");
  const Element* value = ValueOf(one);
  if (!value) return {};
  std::string found(value->name.substr(std::string_view("value").size()));
  if (found == "Reference") {
    found = TypeOf(value->ValueOf("reference"));
    if (found.empty()) found = value->ValueOf("type");
    if (found.empty()) return {};   // a display or an identifier alone
  } else if (found == "String" || found == "Boolean") {
    found[0] = static_cast<char>(found[0] - 'A' + 'a');
  }
  std::string list;
  for (const std::string& allowed : detail->kinds) {
    if (allowed == found) return {};
    list += (list.empty() ? "" : ", ") + allowed;
  }
  return Error(ErrorKind::kUnprocessable, "The detail " + kind + " is of type " + found + ". Allowed: " + list + ".").At(path).WithIssueType("value");
}

}  // namespace

Result<void> CheckNeeds(const Pathway& pathway, const Step& step, const Element* before, const Element& after, std::int64_t at_us) {
  for (const Need& need : step.needs) {
    TRY(CheckNeed(pathway, step, need, before, after, at_us));
  }
  return {};
}

Result<void> CheckDetails(const Table& table, const Element& task) {
  for (const char* list : {"input", "output"}) {
    std::size_t index = 0;
    for (const Element& one : Repeats(task, list)) {
      TRY(CheckDetail(table, one, std::string(list) + "[" + std::to_string(index++) + "]"));
    }
  }
  return {};
}

}  // namespace fhir::pathway
