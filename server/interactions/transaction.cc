// batch, transaction, and documents of other systems.
#include "server/interactions/transaction.h"

#include "server/http/bundle_writer.h"
#include "server/http/error_response.h"
#include "server/http/router.h"
#include "server/http/versions.h"
#include "server/interactions/check.h"
#include "server/interactions/document.h"
#include "server/interactions/handlers.h"
#include "server/interactions/links.h"
#include "server/interactions/parameters.h"

namespace server::interactions {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using http::BundleWriter;
using http::Response;

namespace {

// A GET entry as the request it stands for.
Response AnswerGet(App& app, const PlannedEntry& entry, const std::string& base, storage::Reader* reader) {
  http::Request request;
  request.method = "GET";
  std::string_view url = entry.url;
  if (!base.empty() && url.starts_with(base + "/")) url.remove_prefix(base.size() + 1);
  request.target = std::string(http::kFhirPath) + (url.starts_with("/") ? "" : "/") + std::string(url);
  const std::size_t host = base.find("://");
  if (host != std::string::npos) request.headers.emplace_back("Host", base.substr(host + 3, base.find('/', host + 3) - host - 3));
  if (!entry.if_none_match.empty()) request.headers.emplace_back("If-None-Match", entry.if_none_match);
  if (!entry.if_modified_since.empty()) request.headers.emplace_back("If-Modified-Since", entry.if_modified_since);
  return http::Router(app).Handle(request, reader);
}

BundleWriter::Answered Describe(const Done& done) {
  BundleWriter::Answered answered;
  answered.status = std::to_string(done.status);
  if (!done.answer.headers.empty()) {
    answered.etag = http::FindHeader(done.answer.headers, "ETag");
    if (const auto modified = http::ParseHttpDate(http::FindHeader(done.answer.headers, "Last-Modified"))) answered.last_modified = http::Instant(*modified);
    (done.status < 400 ? answered.resource : answered.outcome) = done.answer.body;
    return answered;
  }
  if (done.version.version == 0) return answered;
  if (done.status != 204) answered.location = http::VersionPath(done.version);
  answered.etag = http::ETag(done.version.version);
  answered.last_modified = http::Instant(done.version.last_updated_us);
  answered.resource = done.version.body;
  return answered;
}

Done Failed(Response answer) {
  Done done;
  done.status = answer.status;
  done.answer = std::move(answer);
  return done;
}

Response FailedResponse(const Error& error, const fhir::IssueSink& issues) {
  if (!issues.HasErrors()) return http::ErrorResponse(error, error.kind() == ErrorKind::kUnsupported ? 400 : 0);
  return {422, {{"Content-Type", std::string(http::kFhirJson)}}, http::ToOperationOutcome(issues)};
}

// One entry of a batch, by itself.
Done RunAlone(App& app, const Element& entry, std::size_t index, const TransactionOptions& options) {
  fhir::IssueSink issues;
  const auto run = [&]() -> Result<Done> {
    Plan plan;
    TRY_ASSIGN(PlannedEntry planned, PlanEntry(app, entry, index, issues));
    if (issues.HasErrors()) return Error(ErrorKind::kUnprocessable, "The resource is not valid.");
    if (planned.verb == Verb::kGet) return Failed(AnswerGet(app, planned, options.base, nullptr));
    plan.entries.push_back(std::move(planned));
    TRY(FindLinks(app, plan));
    ExecuteOptions execute;
    execute.keep_bodies = options.keep_bodies;
    TRY_ASSIGN(std::vector<Done> done, Execute(app, plan, execute));
    return std::move(done[0]);
  };
  auto done = run();
  return done ? *std::move(done) : Failed(FailedResponse(done.error(), issues));
}

Answer RunBatch(const http::Call& call, const fhir::Document& bundle, const TransactionOptions& options) {
  std::vector<Done> done;
  for (const Element& entry : fhir::Repeats(*bundle.root, "entry")) {
    if (done.size() == call.app.limits.bundle_entries) return Error(ErrorKind::kTooLarge, "The Bundle has more than " + std::to_string(done.size()) + " entries. Split it.").At("Bundle.entry");
    done.push_back(RunAlone(call.app, entry, done.size(), options));
  }
  return Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, WriteResponseBundle("batch-response", done)};
}

}  // namespace

Result<std::vector<Done>> ExecuteTransaction(App& app, fhir::Document bundle, fhir::IssueSink& issues, const TransactionOptions& options) {
  if (!bundle.root || bundle.root->resource_type() != "Bundle" || bundle.root->ValueOf("type") != "transaction") {
    return Error(ErrorKind::kInvalid, "A Bundle of type transaction is needed.");
  }
  TRY_ASSIGN(Plan plan, PlanTransaction(app, *bundle.root, issues));
  if (issues.HasErrors()) {
    return Error(ErrorKind::kUnprocessable, std::to_string(issues.error_count()) + " errors were found in the transaction's resources; nothing was stored.");
  }
  ExecuteOptions execute;
  execute.keep_bodies = options.keep_bodies;
  execute.from_source = options.from_source;
  execute.also = options.also;
  execute.get = [&](const PlannedEntry& entry, storage::Reader& reader) { return AnswerGet(app, entry, options.base, &reader); };
  return Execute(app, plan, execute);
}

std::string WriteResponseBundle(std::string_view type, const std::vector<Done>& done) {
  BundleWriter bundle(type);
  for (const Done& one : done) bundle.ResponseEntry(Describe(one));
  return std::move(bundle).Finish();
}

Answer Bundle(const http::Call& call) {
  if (auto refusal = http::CheckContentType(call.request, http::BodyType::kResource)) return *std::move(refusal);
  TRY(CheckParameters(call, {}));
  TRY_ASSIGN(fhir::Document bundle, ReadBody(call));
  const std::string type(bundle.root->ValueOf("type"));
  if (bundle.root->text != "Bundle" || (type != "transaction" && type != "batch" && type != "document")) {
    return Error(ErrorKind::kInvalid, "POST " + std::string(http::kFhirPath) + " takes a Bundle of type 'transaction', 'batch' or 'document', not a " + std::string(bundle.root->text) +
                                          (type.empty() ? "" : " of type '" + type + "'") + ". To store one resource POST it to " + std::string(http::kFhirPath) + "/[type].");
  }
  TransactionOptions options;
  options.base = call.base;
  options.keep_bodies = call.wishes.returned == http::Return::kRepresentation;
  if (type == "batch") return RunBatch(call, bundle, options);
  fhir::IssueSink issues;
  if (type == "document") {
    TRY_ASSIGN(const auto reader, call.app.store->OpenReader());
    auto transaction = ReadDocument(call.app, *reader, *bundle.root, call.base, issues);
    if (!transaction) return FailedResponse(transaction.error(), issues);
    bundle = *std::move(transaction);
    options.from_source = true;
    issues = fhir::IssueSink();
  }
  auto done = ExecuteTransaction(call.app, std::move(bundle), issues, options);
  if (!done) return FailedResponse(done.error(), issues);
  return Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, WriteResponseBundle("transaction-response", *done)};
}

}  // namespace server::interactions
