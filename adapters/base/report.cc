// Parameters and OperationOutcome are small enough to be built by hand.
#include "adapters/base/report.h"

#include <string>

namespace adapters {
namespace {

void AddIssue(fhir::Document& to, fhir::Element* outcome, const fhir::Issue& issue) {
  fhir::Element* element = to.Add(outcome, "issue", true);
  to.AddString(element, "severity", fhir::SeverityCode(issue.severity));
  to.AddString(element, "code", issue.code);
  if (!issue.text.empty()) to.AddString(element, "diagnostics", issue.text);
  if (!issue.expression.empty()) to.AddString(element, "expression", issue.expression, true);
}

void FillOutcome(fhir::Document& to, fhir::Element* outcome, const fhir::IssueSink& issues) {
  for (const fhir::Issue& issue : issues.issues()) AddIssue(to, outcome, issue);
  if (issues.More() > 0) {
    AddIssue(to, outcome, {fhir::Severity::kWarning, "incomplete", std::to_string(issues.More()) + " more findings are not listed.", ""});
  }
  if (issues.empty()) {
    AddIssue(to, outcome, {fhir::Severity::kInformation, "informational", "Nothing to report.", ""});
  }
}

}  // namespace

fhir::Document WriteOutcome(const fhir::IssueSink& issues) {
  fhir::Document document;
  document.root = document.NewResource("OperationOutcome");
  FillOutcome(document, document.root, issues);
  return document;
}

void AddCounts(const Report& from, Report& to) {
  to.entries_in += from.entries_in;
  to.entries_stored += from.entries_stored;
  to.entries_merged += from.entries_merged;
  to.entries_reported += from.entries_reported;
  to.elements_in += from.elements_in;
  to.elements_carried += from.elements_carried;
  to.elements_merged += from.elements_merged;
  to.elements_reported += from.elements_reported;
}

fhir::Document WriteReport(const Report& report) {
  fhir::Document document;
  document.root = document.NewResource("Parameters");
  const auto add = [&](std::string_view name, std::uint32_t value) {
    fhir::Element* parameter = document.Add(document.root, "parameter", true);
    document.AddString(parameter, "name", name);
    document.AddNumber(parameter, "valueInteger", std::to_string(value));
  };
  add("entriesIn", report.entries_in);
  add("entriesStored", report.entries_stored);
  add("entriesMerged", report.entries_merged);
  add("entriesReported", report.entries_reported);
  add("elementsIn", report.elements_in);
  add("elementsCarried", report.elements_carried);
  add("elementsMerged", report.elements_merged);
  add("elementsReported", report.elements_reported);
  fhir::Element* parameter = document.Add(document.root, "parameter", true);
  document.AddString(parameter, "name", "outcome");
  fhir::Element* outcome = document.Add(parameter, "resource");
  outcome->is_resource = true;
  document.SetValue(outcome, fhir::ValueKind::kNone, "OperationOutcome");
  FillOutcome(document, outcome, report.outcome);
  return document;
}

}  // namespace adapters
