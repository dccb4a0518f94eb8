// IssueSink's counting.
#include "fhir/base/issue.h"

#include <utility>

namespace fhir {

std::string_view SeverityCode(Severity severity) {
  switch (severity) {
    case Severity::kFatal: return "fatal";
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kInformation: return "information";
  }
  return "error";
}

void IssueSink::Report(Issue issue) {
  if (issue.severity == Severity::kFatal || issue.severity == Severity::kError) ++errors_;
  if (issues_.size() < limit_) {
    issues_.push_back(std::move(issue));
  } else {
    ++more_;
  }
}

void IssueSink::Report(Severity severity, std::string_view code, std::string text, std::string expression) {
  Report(Issue{severity, std::string(code), std::move(text), std::move(expression)});
}

}  // namespace fhir
