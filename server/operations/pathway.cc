// Task/[id]/$transition and Task/$pathway-figures: steps on the pathways of personalised care, and what they come to.
#include "fhir/base/date_time.h"
#include "fhir/json/writer.h"
#include "server/app.h"
#include "server/care/pathway/figures.h"
#include "server/care/pathway/transition.h"
#include "server/http/error_response.h"
#include "server/http/versions.h"
#include "server/interactions/check.h"
#include "server/interactions/parameters.h"
#include "server/interactions/reading.h"
#include "server/operations/handlers.h"

namespace server::operations {

using fhir::Error;
using fhir::ErrorKind;

namespace {

// A day of the query, or nothing when it is not given.
fhir::Result<std::string> Day(const http::Call& call, std::string_view name) {
  const std::string* given = call.target.Find(name);
  if (!given) return std::string();
  const auto day = fhir::DateTime::Parse(*given);
  if (day && day->precision == fhir::DatePrecision::kDay) return *given;
  return Error(ErrorKind::kInvalid, "'" + *given + "' is no day. Write " + std::string(name) + " as 2026-04-01.").At(std::string(name)).WithIssueType("value");
}

}  // namespace

Answer TaskTransition(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {}));
  if (auto refusal = http::CheckContentType(call.request, http::BodyType::kResource)) return *std::move(refusal);
  std::optional<std::int64_t> expected;
  if (const std::string_view match = http::FindHeader(call.request.headers, "If-Match"); !match.empty()) {
    expected = http::ParseETag(match);
    if (!expected) {
      return Error(ErrorKind::kInvalid, "If-Match is '" + std::string(match) + "'. Write it as the ETag was given: W/\"3\".").WithIssueType("value");
    }
  }
  TRY_ASSIGN(const fhir::Document asked, interactions::ReadBody(call));
  if (asked.root->text != "Parameters") {
    return Error(ErrorKind::kInvalid, "The body is a " + std::string(asked.root->text) + ". Send Parameters, with the new state as 'state'.");
  }
  TRY_ASSIGN(storage::Version version, care::pathway::Transition(call.app, call.id, *asked.root, expected));
  return http::VersionResponse(std::move(version), 200);
}

Answer PathwayFigures(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {"pathway", "from", "to", "organization", "detail"}));
  care::pathway::Question question;
  const fhir::pathway::Table& table = fhir::pathway::BuiltIn();
  const std::string* code = call.target.Find("pathway");
  if (!code) return Error(ErrorKind::kInvalid, "Say which pathway: ?pathway= one of " + table.Codes() + ".").At("pathway").WithIssueType("required");
  question.pathway = table.Find(*code);
  if (!question.pathway) {
    const std::string text = "No pathway is called '" + *code + "'. There are: " + table.Codes() + ".";
    return Error(ErrorKind::kInvalid, text).At("pathway").WithIssueType("code-invalid");
  }
  TRY_ASSIGN(question.from, Day(call, "from"));
  TRY_ASSIGN(question.to, Day(call, "to"));
  if (!question.from.empty() && !question.to.empty() && question.from > question.to) {
    return Error(ErrorKind::kInvalid, "The period ends before it begins: from " + question.from + " to " + question.to + ".").At("to").WithIssueType("value");
  }
  if (const std::string* organization = call.target.Find("organization")) {
    question.organization = (organization->find('/') == std::string::npos ? "Organization/" : "") + *organization;
  }
  for (const http::Parameter& parameter : call.target.parameters) {
    if (parameter.name != "detail") continue;
    const std::size_t bar = std::min(parameter.value.find('|'), parameter.value.size());
    const std::string name = parameter.value.substr(0, bar);
    if (!table.FindDetail(name)) {
      std::string all;
      for (const fhir::pathway::Detail& detail : table.details()) all += (all.empty() ? "" : ", ") + detail.name;
      return Error(ErrorKind::kInvalid, "No detail is called '" + name + "'. There are: " + all + ".").At("detail").WithIssueType("code-invalid");
    }
    question.details.emplace_back(name, bar < parameter.value.size() ? parameter.value.substr(bar + 1) : std::string());
  }
  // One state of the store for all pages.
  TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, call.app.store->OpenReader());
  TRY_ASSIGN(const fhir::Document figures, care::pathway::Figures(call.app, *reader, question));
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, fhir::json::Write(*figures.root)};
}

}  // namespace server::operations
