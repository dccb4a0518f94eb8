// Single writes.
#include "server/interactions/write.h"

#include "server/http/error_response.h"
#include "server/http/versions.h"
#include "server/interactions/check.h"
#include "server/interactions/execute.h"
#include "server/interactions/links.h"
#include "server/interactions/parameters.h"

namespace server::interactions {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

// The version's headers, and the body that Prefer asks for.
http::Response Describe(const http::Call& call, Done done, const fhir::IssueSink& issues) {
  http::Response answer = http::VersionResponse(std::move(done.version), done.status);
  switch (call.wishes.returned) {
    case http::Return::kMinimal: answer.body.clear(); break;
    case http::Return::kOperationOutcome: answer.body = http::ToOperationOutcome(issues); break;
    case http::Return::kDefault:
    case http::Return::kRepresentation: break;
  }
  return answer;
}

}  // namespace

Result<PlannedEntry> PlanRequest(const http::Call& call, Verb verb) {
  PlannedEntry planned;
  planned.verb = verb;
  planned.type = call.type;
  planned.id = call.id;
  const std::string_view match = http::FindHeader(call.request.headers, "If-Match");
  if (!match.empty()) {
    planned.expected_version = http::ParseETag(match);
    if (!planned.expected_version) return Error(ErrorKind::kInvalid, "If-Match is '" + std::string(match) + "'. Write it as the ETag was given: W/\"3\".").WithIssueType("value");
  }
  if (!http::FindHeader(call.request.headers, "If-None-Match").empty()) {
    return Error(ErrorKind::kUnsupported, "If-None-Match is not supported on writes. Use POST with If-None-Exist, or PUT with If-Match.");
  }
  std::string_view criteria = call.target.query;
  if (verb == Verb::kPost) {
    TRY(CheckParameters(call, {}));
    criteria = http::FindHeader(call.request.headers, "If-None-Exist");
    if (const std::size_t question = criteria.find('?'); question != std::string_view::npos) criteria.remove_prefix(question + 1);
    if (criteria.empty()) return planned;
  } else if (!planned.id.empty()) {
    TRY(CheckParameters(call, {}));
    return planned;
  }
  TRY_ASSIGN(planned.criteria, ParseCriteria(call.app, call.type, criteria));
  return planned;
}

Answer WriteBody(const http::Call& call, PlannedEntry planned) {
  if (auto refusal = http::CheckContentType(call.request, http::BodyType::kResource)) return *std::move(refusal);
  TRY_ASSIGN(planned.document, ReadBody(call));
  fhir::IssueSink issues;
  TRY(CheckResource(call.app, planned, issues));
  if (issues.HasErrors()) return http::Response{422, {{"Content-Type", std::string(http::kFhirJson)}}, http::ToOperationOutcome(issues)};
  Plan plan;
  plan.entries.push_back(std::move(planned));
  TRY(FindLinks(call.app, plan));
  ExecuteOptions options;
  options.keep_bodies = true;
  TRY_ASSIGN(std::vector<Done> done, Execute(call.app, plan, options));
  const std::string path = http::VersionPath(done[0].version);
  http::Response answer = Describe(call, std::move(done[0]), issues);
  answer.headers.emplace_back("Location", call.base + "/" + path);
  return answer;
}

}  // namespace server::interactions
