// The one place where an error or findings become an HTTP status and an OperationOutcome
// (https://hl7.org/fhir/R4/operationoutcome.html). The command line prints the same outcomes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fhir/base/error.h"
#include "fhir/base/issue.h"
#include "server/http/message.h"

namespace server::http {

inline constexpr std::string_view kFhirJson = "application/fhir+json; charset=utf-8";

int HttpStatus(fhir::ErrorKind kind);
// The kind's status; 507 when the store has no room.
int HttpStatus(const fhir::Error& error);

// An OperationOutcome as JSON. The error's detail is never in it; an internal error's text is replaced by
// one that says nothing of us.
std::string ToOperationOutcome(const fhir::Error& error);
std::string ToOperationOutcome(std::span<const fhir::Issue> issues);
// Findings up to the sink's limit, and how many more there were.
std::string ToOperationOutcome(const fhir::IssueSink& sink);

// The same as answers. `status` 0 takes the error kind's own.
Response ErrorResponse(const fhir::Error& error, int status = 0);
// What the error kinds have no word for: 405, 406, 411, 415 …
Response Refuse(int status, std::string_view issue_code, std::string text);

}  // namespace server::http
