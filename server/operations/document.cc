// Composition/$document (https://hl7.org/fhir/R4/composition-operation-document.html), of a stored Composition or of a plan.
#include "fhir/json/writer.h"
#include "server/care/plan/document.h"
#include "server/care/plan/stored.h"
#include "server/http/error_response.h"
#include "server/interactions/reading.h"
#include "server/interactions/transaction.h"
#include "server/operations/handlers.h"
#include "server/operations/input.h"

namespace server::operations {

using fhir::Document;
using fhir::Error;
using fhir::ErrorKind;

namespace {

// The Bundle, and the Composition where it was made of a plan, under ids that are the same for the same content.
fhir::Result<void> Persist(const http::Call& call, Document& bundle, bool made) {
  care::plan::Writes writes;
  const fhir::Element& composition = *bundle.root->Find("entry")->Find("resource");
  if (made) writes.Put(composition, composition.ValueOf("id"));
  const std::string identifier(bundle.root->Walk("identifier", "value")->value());
  care::plan::SetResourceId(bundle, bundle.root, identifier.substr(identifier.rfind(':') + 1));
  writes.Put(*bundle.root, bundle.root->ValueOf("id"));
  fhir::IssueSink issues;
  const auto done = interactions::ExecuteTransaction(call.app, std::move(writes).Take(), issues);
  if (!done && issues.HasErrors()) return Error(ErrorKind::kUnprocessable, issues.issues()[0].text).At(issues.issues()[0].expression);
  if (!done) return Error(done.error().kind(), done.error().text()).At(done.error().path());
  return {};
}

}  // namespace

Answer MakeDocument(const http::Call& call) {
  TRY_ASSIGN(const Input input, Input::Read(call, {"plan", "id", "persist"}));
  TRY_ASSIGN(const bool persist, input.Flag("persist", false));
  if (persist && call.request.method != "POST") return Error(ErrorKind::kInvalid, "persist=true stores the document, so it needs POST.").At("Parameters.parameter:persist");
  TRY_ASSIGN(std::string plan, input.One("plan"));
  TRY_ASSIGN(std::string id, input.One("id"));
  TRY(input.NotBeside(call, "id"));
  if (!call.id.empty()) id = call.id;
  if (plan.empty() == id.empty()) return Error(ErrorKind::kInvalid, "Say of what: Composition/[id]/$document, or the parameter 'plan' with CarePlan/id.").WithIssueType("required");
  if (plan.starts_with("CarePlan/")) plan = plan.substr(9);
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  storage::Reader& reader = *reading.operator->();
  Document composition;
  if (!plan.empty()) {
    TRY_ASSIGN(composition, care::plan::ComposePlan(call.app, reader, plan));
  } else {
    TRY_ASSIGN(auto stored, care::plan::Load(call.app, reader, "Composition", id));
    if (!stored) return Error(ErrorKind::kNotFound, "There is no Composition/" + id + " here.");
    composition = *std::move(stored);
  }
  TRY_ASSIGN(Document bundle, care::plan::MakeDocument(call.app, reader, *composition.root, call.base));
  if (persist) {
    TRY(Persist(call, bundle, !plan.empty()));
  }
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, fhir::json::Write(*bundle.root)};
}

}  // namespace server::operations
