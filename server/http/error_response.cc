// Errors and findings as OperationOutcome.
#include "server/http/error_response.h"

#include "fhir/json/writer.h"

namespace server::http {
namespace {

using fhir::ErrorKind;
using fhir::Issue;
using fhir::Severity;

void AppendIssue(const Issue& issue, std::string& out) {
  out += R"({"severity":")";
  out += fhir::SeverityCode(issue.severity);
  out += R"(","code":")";
  out += issue.code;
  out += '"';
  if (!issue.text.empty()) {
    out += R"(,"diagnostics":)";
    fhir::json::WriteString(issue.text, out);
  }
  if (!issue.expression.empty()) {
    out += R"(,"expression":[)";
    fhir::json::WriteString(issue.expression, out);
    out += ']';
  }
  out += '}';
}

}  // namespace

int HttpStatus(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return 400;
    case ErrorKind::kUnprocessable: return 422;
    case ErrorKind::kNotFound: return 404;
    case ErrorKind::kGone: return 410;
    case ErrorKind::kConflict: return 409;
    case ErrorKind::kPrecondition: return 412;
    case ErrorKind::kUnauthenticated: return 401;
    case ErrorKind::kForbidden: return 403;
    case ErrorKind::kUnsupported: return 501;
    case ErrorKind::kTooLarge: return 413;
    case ErrorKind::kThrottled: return 429;
    case ErrorKind::kUnavailable: return 503;
    case ErrorKind::kInternal: return 500;
  }
  return 500;
}

int HttpStatus(const fhir::Error& error) {
  return error.kind() == ErrorKind::kUnavailable && error.issue_type() == "no-store" ? 507 : HttpStatus(error.kind());
}

std::string ToOperationOutcome(std::span<const Issue> issues) {
  std::string out = R"({"resourceType":"OperationOutcome","issue":[)";
  bool first = true;
  for (const Issue& issue : issues) {
    if (!first) out += ',';
    first = false;
    AppendIssue(issue, out);
  }
  if (first) AppendIssue({Severity::kInformation, "informational", "No issues were found.", {}}, out);
  out += "]}";
  return out;
}

std::string ToOperationOutcome(const fhir::IssueSink& sink) {
  if (sink.More() == 0) return ToOperationOutcome(sink.issues());
  std::vector<Issue> issues = sink.issues();
  issues.push_back({Severity::kInformation, "too-costly",
                    std::to_string(sink.More()) + " further issues are not listed. Correct these first.", {}});
  return ToOperationOutcome(issues);
}

std::string ToOperationOutcome(const fhir::Error& error) {
  const bool internal = error.kind() == ErrorKind::kInternal;
  const Issue issue{internal ? Severity::kFatal : Severity::kError, std::string(error.issue_type()),
                    internal ? "The server failed on this request; whether it had effect is not known. Repeat it, "
                               "and give the operator the X-Request-ID of this answer if it fails again."
                             : error.text(),
                    internal ? std::string() : error.path()};
  return ToOperationOutcome(std::span(&issue, 1));
}

Response ErrorResponse(const fhir::Error& error, int status) {
  Response response;
  response.status = status ? status : HttpStatus(error);
  response.headers = {{"Content-Type", std::string(kFhirJson)}};
  if (response.status == 503 || response.status == 429) response.headers.emplace_back("Retry-After", "1");
  response.body = ToOperationOutcome(error);
  response.note.error = error.issue_type();
  if (error.kind() == ErrorKind::kInternal) response.note.detail = error.detail();
  return response;
}

Response Refuse(int status, std::string_view issue_code, std::string text) {
  const Issue issue{Severity::kError, std::string(issue_code), std::move(text), {}};
  Response response{status, {{"Content-Type", std::string(kFhirJson)}}, ToOperationOutcome(std::span(&issue, 1))};
  response.note.error = issue_code;
  return response;
}

}  // namespace server::http
