// Resources to forms.
#include <algorithm>

#include "fhir/mapping/engine.h"
#include "fhir/model/lookup.h"
#include "fhir/schema/registry.h"
#include "server/care/plan/extract.h"
#include "server/care/plan/form.h"
#include "server/care/plan/gather.h"
#include "server/care/plan/maps.h"
#include "server/care/plan/stored.h"
#include "server/http/target.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;

namespace {

// A response to the form, without answers yet.
Document NewResponse(const Element& questionnaire, const std::string& subject, const std::string& plan) {
  Document response;
  response.root = response.NewResource("QuestionnaireResponse");
  AddReference(response, response.root, "basedOn", plan, true);
  const std::string_view version = questionnaire.ValueOf("version");
  response.AddString(response.root, "questionnaire", std::string(questionnaire.ValueOf("url")) + (version.empty() ? "" : "|" + std::string(version)));
  response.AddString(response.root, "status", "in-progress");
  AddReference(response, response.root, "subject", subject);
  return response;
}

std::string_view Without(std::string_view canonical) { return canonical.substr(0, canonical.find('|')); }

// The latest answers as they are.
Result<Document> Latest(const App& app, storage::Reader& reader, const Element& questionnaire, const std::string& subject) {
  Document response = NewResponse(questionnaire, subject, {});
  TRY_ASSIGN(const std::vector<Document> found, Search(app, reader, "QuestionnaireResponse", "patient=" + http::Encode(SplitReference(subject)->id) + "&status=completed,amended"));
  const Element* latest = nullptr;
  for (const Document& one : found) {
    if (Without(one.root->ValueOf("questionnaire")) != questionnaire.ValueOf("url")) continue;
    if (!latest || IsAuthoredBefore(*latest, *one.root)) latest = one.root;
  }
  if (latest) {
    for (const Element& item : Repeats(*latest, "item")) AddCopy(response, response.root, "item", item, true);
  }
  return response;
}

}  // namespace

Result<std::optional<Document>> OpenPlan(const App& app, storage::Reader& reader, const std::string& subject) {
  const auto patient = SplitReference(subject);
  if (!patient || patient->type != "Patient") return Error(ErrorKind::kInvalid, "'subject' is '" + subject + "'. Write Patient/id.").At("Parameters.parameter:subject");
  auto person = reader.PersonOf(patient->id);
  if (!person) return std::move(person).error();
  TRY_ASSIGN(std::vector<Document> found, Search(app, reader, "CarePlan",
                                                 "patient=" + http::Encode(patient->id) + "&category=" + std::string(kSnomed) + "|2181441000000107&status=draft,active,on-hold", 1));
  if (found.empty()) return std::optional<Document>();
  return std::optional<Document>(std::move(found[0]));
}

Result<Document> Populate(App& app, storage::Reader& reader, const Element& questionnaire, const std::string& subject, const std::string& plan) {
  const Element* source = FindExtension(questionnaire, kSourceMap);
  TRY_ASSIGN(std::optional<Document> stored, OpenPlan(app, reader, subject));
  if (!source) return Latest(app, reader, questionnaire, subject);
  if (!plan.empty()) {
    TRY_ASSIGN(stored, LoadReferred(app, reader, plan));
    if (!stored || stored->root->resource_type() != "CarePlan") return Error(ErrorKind::kNotFound, "'plan' is '" + plan + "', which is no stored CarePlan.").At("Parameters.parameter:plan");
    TRY_ASSIGN(const auto person, reader.PersonOf(SplitReference(subject)->id));
    const auto patient = SplitReference(PatientOf(*stored->root));
    if (!patient || std::ranges::find(person, patient->id) == person.end()) {
      return Error(ErrorKind::kUnprocessable, plan + " is a plan of somebody else than " + subject + ".").At("Parameters.parameter:plan");
    }
  }
  if (!stored) return Error(ErrorKind::kNotFound, subject + " has no open personalised care and support plan here. Open one with PlanDefinition/$apply, or name one with 'plan'.");
  Document response = NewResponse(questionnaire, std::string(PatientOf(*stored->root)), "CarePlan/" + std::string(stored->root->ValueOf("id")));
  TRY_ASSIGN(const Gathered gathered, Gather(app, reader, *std::move(stored)));
  const Document tree = ToSource(gathered);
  TRY_ASSIGN(const auto maps, app.plan_maps->Get());
  const auto group = maps->GetGroup(source->ValueOf("valueCanonical"));
  if (!group) return Error(ErrorKind::kUnprocessable, "The form's map is not here: " + group.error().text());
  fhir::IssueSink issues;
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  Document form;
  form.root = form.New("form");
  const Element* const sources[] = {tree.root};
  Element* const targets[] = {form.root};
  TRY(fhir::mapping::TransformInto(*maps, **group, sources, targets, form, context));
  WriteForm(questionnaire, *form.root, response);
  return response;
}

}  // namespace server::care::plan
