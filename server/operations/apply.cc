// PlanDefinition/$apply: POST opens a plan for a person, GET shows what would be opened (server/care/plan/apply.h).
#include "fhir/json/writer.h"
#include "fhir/schema/registry.h"
#include "server/care/plan/apply.h"
#include "server/care/plan/definitions.h"
#include "server/care/plan/stored.h"
#include "server/http/error_response.h"
#include "server/http/versions.h"
#include "server/interactions/reading.h"
#include "server/operations/handlers.h"
#include "server/operations/input.h"

namespace server::operations {

using fhir::Error;
using fhir::ErrorKind;

Answer Apply(const http::Call& call) {
  TRY_ASSIGN(const Input input, Input::Read(call, {"planDefinition", "subject", "encounter", "practitioner", "organization", "careTeam", "start", "status"}, "PlanDefinition", "planDefinition"));
  TRY(input.NotBeside(call, "planDefinition"));
  care::plan::Application application;
  const fhir::Element* given = input.Resource("planDefinition");
  if (given) {
    if (given->resource_type() != "PlanDefinition") return Error(ErrorKind::kInvalid, "'planDefinition' is a " + std::string(given->resource_type()) + ", not a PlanDefinition.").At("Parameters.parameter:planDefinition");
    application.plan_definition.root = application.plan_definition.Copy(*given);
    application.plan_definition.root->name = {};
    fhir::schema::Bind(*application.plan_definition.root, *call.app.registry);
    fhir::IssueSink issues;
    TRY(call.app.validator->Validate(*application.plan_definition.root, {}, issues));
    if (issues.HasErrors()) return http::Response{422, {{"Content-Type", std::string(http::kFhirJson)}}, http::ToOperationOutcome(issues)};
  } else {
    const std::string wanted = call.id.empty() ? input.Text("planDefinition") : call.id;
    if (wanted.empty()) return Error(ErrorKind::kInvalid, "Say which template: POST PlanDefinition/[id]/$apply, or the parameter 'planDefinition' with the resource or its url.");
    TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
    TRY_ASSIGN(application.plan_definition, care::plan::FindDefinition(call.app, *reading.operator->(), "PlanDefinition", wanted));
  }
  TRY_ASSIGN(application.subject, input.One("subject"));
  if (application.subject.empty()) return Error(ErrorKind::kInvalid, "'subject' is missing: the Patient that the plan is for, as Patient/id.").At("Parameters.parameter:subject").WithIssueType("required");
  TRY_ASSIGN(application.encounter, input.One("encounter"));
  TRY_ASSIGN(application.practitioner, input.One("practitioner"));
  TRY_ASSIGN(application.organization, input.One("organization"));
  application.care_teams = input.Texts("careTeam");
  TRY_ASSIGN(application.start, input.One("start"));
  TRY_ASSIGN(const std::string status, input.One("status"));
  if (!status.empty()) application.status = status;
  application.store = call.request.method == "POST";
  TRY_ASSIGN(care::plan::Applied applied, care::plan::Apply(call.app, application));
  if (applied.preview.root) {
    fhir::schema::Bind(*applied.preview.root, *call.app.registry);
    care::plan::SortMembers(applied.preview.root);
    return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, fhir::json::Write(*applied.preview.root)};
  }
  const std::string location = call.base + "/" + http::VersionPath(applied.plan);
  http::Response answer = http::VersionResponse(std::move(applied.plan), applied.opened ? 201 : 200);
  answer.headers.emplace_back("Location", location);
  return answer;
}

}  // namespace server::operations
