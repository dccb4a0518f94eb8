// Forms to resources.
#include "server/care/plan/extract.h"

#include <algorithm>

#include "adapters/base/canonical.h"
#include "adapters/base/sha256.h"
#include "fhir/base/uuid.h"
#include "fhir/mapping/engine.h"
#include "fhir/model/lookup.h"
#include "fhir/schema/registry.h"
#include "server/care/plan/definitions.h"
#include "server/care/plan/form.h"
#include "server/care/plan/gather.h"
#include "server/care/plan/maps.h"
#include "server/care/plan/merge.h"
#include "server/care/plan/stored.h"
#include "server/http/versions.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;

namespace {

class Extraction {
 public:
  Extraction(App& app, storage::Reader& reader, const Element& response, bool is_stored, fhir::IssueSink& issues)
      : app_(app), reader_(reader), response_(response), is_stored_(is_stored), issues_(issues) {}

  Result<Document> Run() {
    TRY(Prepare());
    TRY(Identity());
    TRY(FindPlan());
    TRY(ReadAnswers());
    TRY(Map());
    TRY(WriteAll());
    return std::move(writes_).Take();
  }

 private:
  static Error Refuse(std::string text, std::string path) { return Error(ErrorKind::kUnprocessable, std::move(text)).At("QuestionnaireResponse." + std::move(path)); }

  Result<void> Prepare() {
    const std::string_view status = response_.ValueOf("status"), form = response_.ValueOf("questionnaire");
    if (status != "completed" && status != "amended") {
      return Refuse("The response is '" + std::string(status) + "'. Only what is completed or amended becomes resources.", "status");
    }
    if (form.empty()) return Refuse("The response does not say which form it answers. Give the Questionnaire's url.", "questionnaire");
    auto found = FindDefinition(app_, reader_, "Questionnaire", form);
    if (!found) return Refuse(found.error().text(), "questionnaire");
    questionnaire_ = *std::move(found);
    const Element* target = FindExtension(*questionnaire_.root, kTargetMap);
    if (!target) return Refuse("The form '" + std::string(form) + "' names no map (extension " + std::string(kTargetMap) + "), so nothing becomes of its answers.", "questionnaire");
    map_url_ = target->ValueOf("valueCanonical");
    const Element* subject = response_.Walk("subject", "reference");
    const auto patient = SplitReference(subject ? subject->value() : std::string_view());
    if (!patient || patient->type != "Patient") return Refuse("The response must say whose it is: subject, a reference Patient/id.", "subject");
    auto person = reader_.PersonOf(patient->id);
    if (!person && person.error().kind() == ErrorKind::kNotFound) return Refuse("Patient/" + patient->id + " is not stored here. Store the Patient first.", "subject.reference");
    if (!person) return std::move(person).error();
    person_ = *std::move(person);
    return {};
  }

  bool IsOfPerson(const Element& resource) const {
    const auto patient = SplitReference(PatientOf(resource));
    return patient && std::ranges::find(person_, patient->id) != person_.end();
  }

  Result<void> Identity() {
    const std::string own(response_.ValueOf("id"));
    id_ = own;
    if (is_stored_ || fhir::IsUuid(own)) return {};
    if (!own.empty()) {
      TRY_ASSIGN(const auto stored, Load(app_, reader_, "QuestionnaireResponse", own));
      if (stored && IsOfPerson(*stored->root) && stored->root->ValueOf("questionnaire") == response_.ValueOf("questionnaire")) return {};
    }
    const Element* identifier = response_.Find("identifier");
    if (identifier && !identifier->ValueOf("value").empty()) {
      const std::string system(identifier->ValueOf("system")), value(identifier->ValueOf("value"));
      TRY_ASSIGN(const std::vector<Document> found, Search(app_, reader_, "QuestionnaireResponse", "identifier=" + QueryValue(system) + "|" + QueryValue(value)));
      if (found.size() > 1) return Refuse("More than one stored response has the identifier " + system + "|" + value + ". Say its id.", "identifier");
      id_ = found.empty() ? adapters::DerivedUuid("response " + system + "|" + value) : std::string(found[0].root->ValueOf("id"));
      return {};
    }
    Document content;
    content.root = content.Copy(response_);
    for (const std::string_view name : {"id", "meta", "text"}) {
      if (Element* child = content.root->Find(name)) Document::Detach(child);
    }
    id_ = adapters::DerivedUuid("response " + adapters::Canonical(*content.root));
    return {};
  }

  // The plan that the form is an answer within.
  Result<void> FindPlan() {
    for (const Element& based_on : Repeats(response_, "basedOn")) {
      const std::string reference(based_on.ValueOf("reference"));
      if (!reference.starts_with("CarePlan/")) continue;
      TRY_ASSIGN(plan_, LoadReferred(app_, reader_, reference));
      if (!plan_) return Refuse(reference + " is not stored here. Store the plan first, or leave basedOn out: then a plan is made.", "basedOn.reference");
      if (!IsOfPerson(*plan_->root)) return Refuse(reference + " is a plan of somebody else than the response's subject.", "basedOn.reference");
      break;
    }
    return {};
  }

  // The nearest CarePlan above a group as it is stored; nothing when it is new.
  Result<std::optional<Document>> StoredPlanOf(const Element& group) {
    for (const Element* at = &group; at; at = at->parent) {
      const std::string_view ref = at->ValueOf("ref");
      if (ref.starts_with("CarePlan/")) return LoadReferred(app_, reader_, ref);
    }
    return std::optional<Document>();
  }

  // What stands once in a plan is the one that the plan has.
  Result<std::string> PartOfPlan(std::string_view type, const Element& parent) {
    if (type != "Task" && type != "CareTeam" && type != "Observation") return std::string();
    TRY_ASSIGN(const auto plan, StoredPlanOf(parent));
    if (!plan) return std::string();
    std::vector<std::string_view> references;
    if (type == "Task") {
      for (const Element& activity : Repeats(*plan->root, "activity")) {
        if (const Element* reference = activity.Walk("reference", "reference")) references.push_back(reference->value());
      }
    } else {
      for (const Element& reference : Repeats(*plan->root, type == "CareTeam" ? "careTeam" : "supportingInfo")) references.push_back(reference.ValueOf("reference"));
    }
    for (const std::string_view reference : references) {
      if (!reference.starts_with(std::string(type) + "/")) continue;
      TRY_ASSIGN(const auto found, LoadReferred(app_, reader_, reference));
      // One that several people's plans share does not become this person's.
      if (found && IsOfPerson(*found->root) && (type != "Task" || IsReview(*found->root))) return std::string(found->root->ValueOf("id"));
    }
    return std::string();
  }

  Result<std::string> Identify(const FormGroup& group) {
    const std::string key = id_ + "#" + std::string(group.own_id.empty() ? group.key : group.own_id);
    if (group.becomes.empty() && !group.own_id.empty()) return std::string(group.own_id);
    if (group.becomes.empty()) return "form." + adapters::Sha256Hex(std::string(group.parent->ValueOf("id")) + "/" + std::string(group.key.substr(group.key.rfind('/') + 1))).substr(0, 16);
    if (!group.own_id.empty()) {
      TRY_ASSIGN(const auto stored, Load(app_, reader_, group.becomes, group.own_id));
      if (stored && IsOfPerson(*stored->root)) return std::string(group.own_id);
    }
    TRY_ASSIGN(const std::string part, PartOfPlan(group.becomes, *group.parent));
    return part.empty() ? adapters::DerivedUuid(key) : part;
  }

  Result<void> ReadAnswers() {
    form_.root = form_.New("form");
    const Element* becomes = FindExtension(*questionnaire_.root, kContext);
    root_type_ = becomes ? becomes->ValueOf("valueCode") : std::string_view();
    const std::string id = plan_ && root_type_ == "CarePlan" ? std::string(plan_->root->ValueOf("id")) : adapters::DerivedUuid(id_ + "#");
    form_.AddString(form_.root, "id", id);
    form_.AddString(form_.root, "ref", root_type_ + "/" + id);
    form_.AddString(form_.root, "response", "QuestionnaireResponse/" + id_);
    AddCopy(form_, form_.root, "subject", *response_.Find("subject"));
    TRY(ReadForm(*questionnaire_.root, response_, [this](const FormGroup& group) { return Identify(group); }, form_, issues_));
    if (issues_.HasErrors()) return Error(ErrorKind::kUnprocessable, "The answers do not fit the form.");
    return {};
  }

  Result<void> Map() {
    TRY_ASSIGN(const auto maps, app_.plan_maps->Get());
    const auto group = maps->GetGroup(map_url_);
    if (!group) return Refuse("The form's map is not here: " + group.error().text(), "questionnaire");
    fhir::IssueSink found;
    fhir::mapping::TransformContext context;
    context.issues = &found;
    const Element* const sources[] = {form_.root};
    TRY_ASSIGN(main_, fhir::mapping::Transform(*maps, **group, sources, made_, context));
    produced_ = std::move(context.produced);
    // A finding has the path of the tree; the answer is what the caller knows.
    for (const fhir::Issue& issue : found.issues()) {
      if (issue.severity == fhir::Severity::kInformation) continue;
      issues_.Report(issue.severity, issue.code, issue.text, "QuestionnaireResponse.item." + issue.expression);
    }
    if (issues_.HasErrors()) return Error(ErrorKind::kUnprocessable, "The answers do not become resources.");
    return {};
  }

  // What an earlier response under this identity made for one person, a response of another does not write over.
  Result<void> CheckTheirs(const std::optional<Document>& stored, const std::string& what) const {
    if (!stored || PatientOf(*stored->root).empty() || IsOfPerson(*stored->root)) return {};
    return Refuse("The response has the identity of one that made " + what + " for somebody else than its subject. Give it an id or identifier of its own.", "subject");
  }

  // The made resource, over what is stored under its id.
  Result<void> Write(Element* made) {
    const std::string type(made->resource_type()), id(made->ValueOf("id"));
    TRY_ASSIGN(const auto stored, Load(app_, reader_, type, id));
    TRY(CheckTheirs(stored, type + "/" + id));
    // A new one over itself: then it has the order that it will have the next time.
    Document merged = MergeForm(stored ? *stored->root : *made, *made);
    fhir::schema::Bind(*merged.root, *app_.registry);
    SortMembers(merged.root);
    std::int64_t version = 0;
    if (stored) {
      const Element* number = stored->root->Walk("meta", "versionId");
      version = number ? http::ParseETag(number->value()).value_or(0) : 0;
    }
    if (!stored || !fhir::Equal(*stored->root, *merged.root)) Target(type + "/" + id, version);
    writes_.Put(*merged.root, id, version);
    return {};
  }

  Result<void> WriteAll() {
    if (!is_stored_) {
      TRY(WriteResponse());
    }
    const bool is_provenance = main_->resource_type() == "Provenance";
    if (!is_provenance) {
      TRY(Write(main_));
    }
    for (Element* made : produced_) {
      TRY(Write(made));
    }
    if (plan_ && root_type_ != "CarePlan") {
      TRY(Support(*plan_->root));
    }
    if (!targets_.empty()) AddProvenance(is_provenance ? main_ : nullptr);
    return {};
  }

  void Target(const std::string& reference, std::int64_t version) {
    targets_.push_back(reference);
    event_ += reference + "@" + std::to_string(version) + " ";
  }

  Result<void> WriteResponse() {
    TRY_ASSIGN(const auto stored, Load(app_, reader_, "QuestionnaireResponse", id_));
    TRY(CheckTheirs(stored, "QuestionnaireResponse/" + id_));
    Document given;
    given.root = given.Copy(response_);
    SetResourceId(given, given.root, id_);
    std::int64_t version = 0;
    bool is_same = false;
    if (stored) {
      const Element* number = stored->root->Walk("meta", "versionId");
      version = number ? http::ParseETag(number->value()).value_or(0) : 0;
      Document bare;
      bare.root = bare.Copy(*stored->root);
      for (Document* one : {&bare, &given}) {
        if (Element* meta = one->root->Find("meta")) Document::Detach(meta);
        SortMembers(one->root);
      }
      is_same = fhir::Equal(*bare.root, *given.root);
    }
    if (!is_same) Target("QuestionnaireResponse/" + id_, version);
    writes_.Put(response_, id_);
    return {};
  }

  // What matters to the person stands beside the plan.
  Result<void> Support(const Element& plan) {
    for (const Element& reference : Repeats(plan, "supportingInfo")) {
      if (reference.ValueOf("reference") == "QuestionnaireResponse/" + id_) return {};
    }
    Document changed;
    changed.root = changed.Copy(plan);
    AddReference(changed, changed.root, "supportingInfo", "QuestionnaireResponse/" + id_, true);
    const Element* number = plan.Walk("meta", "versionId");
    writes_.Put(*changed.root, plan.ValueOf("id"), number ? http::ParseETag(number->value()).value_or(0) : 0);
    Target("CarePlan/" + std::string(plan.ValueOf("id")), number ? http::ParseETag(number->value()).value_or(0) : 0);
    return {};
  }

  // When it was answered; the response says so, or nothing does.
  std::string Recorded() const {
    std::string authored(response_.ValueOf("authored"));
    if (authored.empty()) {
      const Element* updated = response_.Walk("meta", "lastUpdated");
      return updated ? std::string(updated->value()) : http::Instant(app_.now_us()).substr(0, 10) + "T00:00:00Z";
    }
    while (authored.size() < 10) authored += "-01";
    return authored.size() > 10 ? authored : authored + "T00:00:00Z";
  }

  void AddProvenance(const Element* made) {
    Document document;
    document.root = made ? document.Copy(*made) : document.NewResource("Provenance");
    Element* root = document.root;
    for (const std::string& target : targets_) AddReference(document, root, "target", target, true);
    document.AddString(root, "recorded", Recorded());
    // One who is contained in the response cannot be referred to from here.
    const Element* who = nullptr;
    for (const std::string_view name : {"author", "source", "subject"}) {
      const Element* given = response_.Find(name);
      if (!who && given && !given->ValueOf("reference").starts_with('#')) who = given;
    }
    Element* agent = document.Add(root, "agent", true);
    AddConcept(document, agent, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author", "Author");
    AddCopy(document, agent, "who", *who);
    Element* entity = document.Add(root, "entity", true);
    document.AddString(entity, "role", "source");
    AddReference(document, entity, "what", "QuestionnaireResponse/" + id_);
    fhir::schema::Bind(*root, *app_.registry);
    SortMembers(root);
    writes_.Put(*root, adapters::DerivedUuid(id_ + "#provenance " + event_));
  }

  App& app_;
  storage::Reader& reader_;
  const Element& response_;
  const bool is_stored_;
  fhir::IssueSink& issues_;
  Document questionnaire_, form_, made_;
  std::optional<Document> plan_;
  std::string map_url_, id_, root_type_, event_;
  std::vector<std::string> person_, targets_;
  Element* main_ = nullptr;
  std::vector<Element*> produced_;
  Writes writes_;
};

}  // namespace

Result<Document> Extract(App& app, storage::Reader& reader, const Element& response, bool is_stored, fhir::IssueSink& issues) {
  return Extraction(app, reader, response, is_stored, issues).Run();
}

}  // namespace server::care::plan
