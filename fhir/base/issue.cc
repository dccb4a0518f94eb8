// IssueSink's counting.
#include "fhir/base/issue.h"

#include <algorithm>
#include <iterator>
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
  const bool is_error = IsError(issue.severity), is_kept = Keeps(issue.severity);
  if (is_error) ++errors_;
  if (is_kept && is_error) ++kept_errors_;
  if (issues_.size() >= limit_) {
    ++more_;
    if (!is_kept) return;
    const auto last_warning = std::find_if(issues_.rbegin(), issues_.rend(), [](const Issue& kept) { return !IsError(kept.severity); });
    issues_.erase(std::next(last_warning).base());
  }
  issues_.push_back(std::move(issue));
}

void IssueSink::Report(Severity severity, std::string_view code, std::string text, std::string expression) {
  Report(Issue{severity, std::string(code), std::move(text), std::move(expression)});
}

}  // namespace fhir
