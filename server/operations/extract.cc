// QuestionnaireResponse/$extract and Questionnaire/$populate (server/care/plan/extract.h).
#include "fhir/json/writer.h"
#include "fhir/schema/registry.h"
#include "server/care/plan/definitions.h"
#include "server/care/plan/extract.h"
#include "server/care/plan/stored.h"
#include "server/http/error_response.h"
#include "server/http/versions.h"
#include "server/interactions/reading.h"
#include "server/interactions/transaction.h"
#include "server/operations/handlers.h"
#include "server/operations/input.h"

namespace server::operations {

using fhir::Document;
using fhir::Error;
using fhir::ErrorKind;

namespace {

http::Response Findings(const fhir::IssueSink& issues) { return {422, {{"Content-Type", std::string(http::kFhirJson)}}, http::ToOperationOutcome(issues)}; }

http::Response Json(const Document& document) { return {200, {{"Content-Type", std::string(http::kFhirJson)}}, fhir::json::Write(*document.root)}; }

// The plan that the answers go into, where the response itself names none.
fhir::Result<void> BaseOn(const std::string& plan, bool is_stored, Document& response) {
  if (plan.empty()) return {};
  const auto named = care::plan::SplitReference(plan);
  if (!named || named->type != "CarePlan") {
    return Error(ErrorKind::kInvalid, "'plan' is '" + plan + "'. Write CarePlan/id, of a plan that is stored here.").At("Parameters.parameter:plan").WithIssueType("value");
  }
  for (const fhir::Element& based_on : fhir::Repeats(*response.root, "basedOn")) {
    const std::string_view reference = based_on.ValueOf("reference");
    if (reference == plan) return {};
    if (reference.starts_with("CarePlan/")) {
      return Error(ErrorKind::kUnprocessable, "'plan' is " + plan + ", but the response is based on " + std::string(reference) + ". Leave one out.").At("Parameters.parameter:plan");
    }
  }
  if (is_stored) return Error(ErrorKind::kUnprocessable, "A stored response says itself which plan it is based on. Leave 'plan' out, or update the response's basedOn.").At("Parameters.parameter:plan");
  care::plan::AddReference(response, response.root, "basedOn", plan, true);
  return {};
}

}  // namespace

Answer Extract(const http::Call& call) {
  TRY_ASSIGN(const Input input, Input::Read(call, {"questionnaire-response", "store", "plan"}, "QuestionnaireResponse", "questionnaire-response"));
  TRY(input.NotBeside(call, "questionnaire-response"));
  TRY_ASSIGN(const bool store, input.Flag("store", false));
  if (store && call.request.method != "POST") return Error(ErrorKind::kInvalid, "store=true stores the resources, so it needs POST.").At("Parameters.parameter:store");
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  Document response;
  if (!call.id.empty()) {
    TRY_ASSIGN(auto stored, care::plan::Load(call.app, *reading.operator->(), "QuestionnaireResponse", call.id));
    if (!stored) return Error(ErrorKind::kNotFound, "There is no QuestionnaireResponse/" + call.id + ".");
    response = *std::move(stored);
  } else {
    const fhir::Element* given = input.Resource("questionnaire-response");
    if (!given || given->resource_type() != "QuestionnaireResponse") {
      return Error(ErrorKind::kInvalid, "Send the QuestionnaireResponse as the body, or as the parameter 'questionnaire-response'.").WithIssueType("required");
    }
    response.root = response.Copy(*given);
    response.root->name = {};
    fhir::schema::Bind(*response.root, *call.app.registry);
    fhir::IssueSink issues;
    TRY(call.app.validator->Validate(*response.root, {}, issues));
    if (issues.HasErrors()) return Findings(issues);
  }
  TRY_ASSIGN(const std::string plan, input.One("plan"));
  TRY(BaseOn(plan, !call.id.empty(), response));
  fhir::IssueSink issues;
  auto bundle = care::plan::Extract(call.app, *reading.operator->(), *response.root, !call.id.empty(), issues);
  if (!bundle && issues.HasErrors()) return Findings(issues);
  if (!bundle) return std::move(bundle).error();
  if (!store) return Json(*bundle);
  interactions::TransactionOptions options;
  options.base = call.base;
  fhir::IssueSink found;
  auto done = interactions::ExecuteTransaction(call.app, *std::move(bundle), found, options);
  if (!done && found.HasErrors()) return Findings(found);
  if (!done) return std::move(done).error();
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, interactions::WriteResponseBundle("transaction-response", *done)};
}

Answer Populate(const http::Call& call) {
  TRY_ASSIGN(const Input input, Input::Read(call, {"subject", "plan", "questionnaire"}));
  TRY_ASSIGN(const std::string subject, input.One("subject"));
  TRY_ASSIGN(const std::string plan, input.One("plan"));
  TRY(input.NotBeside(call, "questionnaire"));
  const std::string wanted = call.id.empty() ? input.Text("questionnaire") : call.id;
  if (wanted.empty()) return Error(ErrorKind::kInvalid, "Say which form: Questionnaire/[id]/$populate, or the parameter 'questionnaire' with its url.").WithIssueType("required");
  if (subject.empty()) return Error(ErrorKind::kInvalid, "'subject' is missing: whose form it is, as Patient/id.").At("Parameters.parameter:subject").WithIssueType("required");
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  TRY_ASSIGN(const Document questionnaire, care::plan::FindDefinition(call.app, *reading.operator->(), "Questionnaire", wanted));
  TRY_ASSIGN(const Document response, care::plan::Populate(call.app, *reading.operator->(), *questionnaire.root, subject, plan));
  return Json(response);
}

}  // namespace server::operations
