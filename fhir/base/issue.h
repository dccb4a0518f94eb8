// Findings about data: what is wrong, where, what was found and what is allowed. A validator or mapper
// answers Result (could it run?) and fills an IssueSink (what did it find?).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fhir {

// fatal: the output must not be used. error: invalid, the rest of the output can be trusted.
// warning: still valid. information: a fact worth saying.
enum class Severity { kFatal, kError, kWarning, kInformation };

std::string_view SeverityCode(Severity severity);  // "fatal", "error", …

struct Issue {
  Severity severity = Severity::kError;
  std::string code;         // FHIR issue type: "structure", "required", "value", "invariant", "not-supported" …
  std::string text;         // what was found, what is allowed, what to do; never personal data beyond what the caller sent
  std::string expression;   // FHIRPath of the element ("Patient.name[0].given[1]"), or file:row:column; may be empty
};

// Collects issues up to a limit; past it they are counted, not kept, and More() says how many. Errors are
// kept before warnings: an error that comes late takes the place of the last warning.
class IssueSink {
 public:
  explicit IssueSink(std::size_t limit = 1000) : limit_(limit) {}
  void Report(Issue issue);
  void Report(Severity severity, std::string_view code, std::string text, std::string expression = {});
  const std::vector<Issue>& issues() const { return issues_; }
  bool HasErrors() const { return errors_ > 0; }       // fatal or error
  std::size_t error_count() const { return errors_; }
  std::size_t More() const { return more_; }           // issues over the limit
  // Would an issue of that severity be kept? When not, its text and path are not worth making.
  bool Keeps(Severity severity) const { return issues_.size() < limit_ || (IsError(severity) && kept_errors_ < limit_); }
  bool empty() const { return issues_.empty() && more_ == 0; }

 private:
  static bool IsError(Severity severity) { return severity == Severity::kFatal || severity == Severity::kError; }

  std::size_t limit_;
  std::vector<Issue> issues_;
  std::size_t errors_ = 0, more_ = 0, kept_errors_ = 0;
};

}  // namespace fhir
