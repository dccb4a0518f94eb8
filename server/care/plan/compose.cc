// The Composition of a plan: sections by the PRSB's headings.
#include <algorithm>

#include "adapters/base/sha256.h"
#include "fhir/model/lookup.h"
#include "fhir/schema/registry.h"
#include "server/care/plan/definitions.h"
#include "server/care/plan/document.h"
#include "server/care/plan/extract.h"
#include "server/care/plan/gather.h"
#include "server/care/plan/narrative.h"
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

constexpr std::string_view kPlanForm = "https://careloom.example/fhir/Questionnaire/personalised-care-plan";
constexpr std::string_view kAboutMe = "https://careloom.example/fhir/Questionnaire/about-me";

std::string Joined(const Element& owner, std::string_view name, const auto& words) {
  std::string text;
  for (const Element& one : Repeats(owner, name)) {
    const std::string next = words(one);
    if (!next.empty()) text += (text.empty() ? "" : "\n") + next;
  }
  return text;
}

std::string HumanName(const Element& name) {
  if (const Element* text = name.Find("text")) return std::string(text->value());
  std::string words;
  for (const std::string_view part : {"prefix", "given", "family", "suffix"}) {
    for (const Element& piece : Repeats(name, part)) words += (words.empty() ? "" : " ") + std::string(piece.value());
  }
  return words;
}

std::string HumanAddress(const Element& address) {
  if (const Element* text = address.Find("text")) return std::string(text->value());
  std::string words;
  for (const std::string_view part : {"line", "city", "district", "postalCode"}) {
    for (const Element& piece : Repeats(address, part)) words += (words.empty() ? "" : ", ") + std::string(piece.value());
  }
  return words;
}

std::string HumanPeriod(const Element* period) {
  if (!period) return {};
  const std::string start = HumanDate(period->ValueOf("start")), end = HumanDate(period->ValueOf("end"));
  return start.empty() ? (end.empty() ? "" : "until " + end) : end.empty() ? "from " + start : start + " to " + end;
}

class Composing {
 public:
  Composing(App& app, storage::Reader& reader) : app_(app), reader_(reader) {}

  Result<Document> Run(const std::string& plan_id) {
    TRY_ASSIGN(auto stored, Load(app_, reader_, "CarePlan", plan_id));
    if (!stored) return Error(ErrorKind::kNotFound, "There is no CarePlan/" + plan_id + " here.");
    const std::string subject(PatientOf(*stored->root));
    TRY_ASSIGN(patient_, LoadReferred(app_, reader_, subject));
    if (!patient_) return Error(ErrorKind::kUnprocessable, "The plan's subject is not stored here, so there is no document of it.").At("CarePlan.subject");
    TRY_ASSIGN(all_, Gather(app_, reader_, *std::move(stored)));
    TRY_ASSIGN(form_, FindDefinition(app_, reader_, "Questionnaire", kPlanForm));
    TRY_ASSIGN(answers_, Populate(app_, reader_, *form_.root, subject, "CarePlan/" + plan_id));
    Begin(subject);
    Person();
    TRY(Practice());
    TRY(AboutMe(subject));
    Contacts();
    FromForm("Formulation", " formulation ", all_.formulations);
    TRY(Plan());
    Others("Contingency and safety plans", " contingency ", true);
    Others("Additional support plans", " additional ", false);
    TRY(Budgets());
    document_.AddString(document_.root, "date", newest_);
    fhir::schema::Bind(*document_.root, *app_.registry);
    SortMembers(document_.root);
    return std::move(document_);
  }

 private:
  void Begin(const std::string& subject) {
    const Element& plan = *all_.plan;
    Element* root = document_.root = document_.NewResource("Composition");
    document_.AddString(root, "id", adapters::DerivedUuid("composition of CarePlan/" + std::string(plan.ValueOf("id"))));
    Author(plan, root);
    const std::string_view status = plan.ValueOf("status");
    document_.AddString(root, "status", status == "draft" ? "preliminary" : status == "entered-in-error" ? "entered-in-error" : "final");
    AddConcept(document_, root, "type", kSnomed, "2181441000000107", "Personalised Care and Support Plan");
    AddReference(document_, root, "subject", subject);
    const std::string_view title = plan.ValueOf("title");
    document_.AddString(root, "title", title.empty() ? "Personalised care and support plan" : title);
    for (const Document& part : all_.documents) Newer(*part.root);
    Newer(*patient_->root);
  }

  // A professional that the plan contains is contained here too.
  void Author(const Element& plan, Element* root) {
    const Element* author = plan.Find("author");
    if (!author) {
      document_.AddString(document_.Add(root, "author", true), "display", "Not stated");
      return;
    }
    for (const Element& contained : Repeats(plan, "contained")) {
      if (author->ValueOf("reference") == "#" + std::string(contained.ValueOf("id"))) AddCopy(document_, root, "contained", contained, true);
    }
    AddCopy(document_, root, "author", *author, true);
  }

  void Newer(const Element& resource) {
    const Element* updated = resource.Walk("meta", "lastUpdated");
    if (updated && updated->value() > std::string_view(newest_)) newest_ = updated->value();
  }

  Element* Section(std::string_view title, const Narrative& narrative, const std::vector<const Element*>& entries, std::string_view snomed = {}) {
    if (narrative.empty() && entries.empty()) return nullptr;
    Element* section = document_.Add(document_.root, "section", true);
    document_.AddString(section, "title", title);
    if (!snomed.empty()) AddConcept(document_, section, "code", kSnomed, snomed, {});
    if (!narrative.empty()) {
      Element* text = document_.Add(section, "text");
      document_.AddString(text, "status", "generated");
      document_.AddString(text, "div", narrative.Take());
    }
    for (const Element* entry : entries) AddReference(document_, section, "entry", std::string(entry->resource_type()) + "/" + std::string(entry->ValueOf("id")), true);
    return section;
  }

  void Person() {
    const Element& patient = *patient_->root;
    Narrative text;
    text.OpenList();
    text.Line("Name", Joined(patient, "name", HumanName));
    text.Line("Date of birth", HumanDate(patient.ValueOf("birthDate")));
    text.Line("Gender", patient.ValueOf("gender"));
    text.Line("NHS number", Joined(patient, "identifier", [](const Element& identifier) {
      return identifier.ValueOf("system") == "https://fhir.nhs.uk/Id/nhs-number" ? std::string(identifier.ValueOf("value")) : std::string();
    }));
    text.Line("Address", Joined(patient, "address", HumanAddress));
    text.Line("Contact details", Joined(patient, "telecom", [](const Element& telecom) { return std::string(telecom.ValueOf("value")); }));
    text.CloseList();
    Section("Person demographics", text, {&patient});
  }

  Result<void> Practice() {
    Narrative text;
    std::vector<const Element*> entries;
    text.OpenList();
    bool any = false;
    for (const Element& reference : Repeats(*patient_->root, "generalPractitioner")) {
      TRY_ASSIGN(auto found, LoadReferred(app_, reader_, reference.ValueOf("reference")));
      std::string words(reference.ValueOf("display"));
      if (found) {
        const Element* name = found->root->Find("name");
        if (words.empty() && name) words = name->has_value() ? std::string(name->value()) : HumanName(*name);
        practice_.push_back(*std::move(found));
      }
      const Element* code = reference.Walk("identifier", "value");
      if (words.empty() && code) words = code->value();
      text.Line("GP practice", words);
      any = any || !words.empty();
    }
    text.CloseList();
    for (const Document& one : practice_) entries.push_back(one.root);
    Section("GP practice", any ? text : Narrative(), entries);
    return {};
  }

  Result<void> AboutMe(const std::string& subject) {
    TRY_ASSIGN(const Document form, FindDefinition(app_, reader_, "Questionnaire", kAboutMe));
    TRY_ASSIGN(std::vector<Document> found, Search(app_, reader_, "QuestionnaireResponse", "patient=" + http::Encode(SplitReference(subject)->id) + "&status=completed,amended"));
    Document* latest = nullptr;
    for (Document& one : found) {
      const std::string_view canonical = one.root->ValueOf("questionnaire");
      if (canonical.substr(0, canonical.find('|')) != kAboutMe) continue;
      if (!latest || IsAuthoredBefore(*latest->root, *one.root)) latest = &one;
    }
    if (!latest) return {};
    Newer(*latest->root);
    Narrative text;
    AddAnswers(*form.root, *latest->root, {}, text);
    Section("About me", text, {latest->root});
    return {};
  }

  void Contacts() {
    std::vector<const Element*> entries = all_.contacts;
    if (all_.team) entries.insert(entries.begin(), all_.team);
    FromForm("Professional and personal contacts", " contacts ", entries);
  }

  void FromForm(std::string_view title, std::string_view parts, const std::vector<const Element*>& entries) {
    Narrative text;
    AddAnswers(*form_.root, *answers_.root, parts, text);
    Section(title, text, entries);
  }

  // Activities that are resources of their own: referrals, tasks.
  Result<void> Services(Narrative& text) {
    bool open = false;
    for (const Element& activity : Repeats(*all_.plan, "activity")) {
      const Element* reference = activity.Find("reference");
      if (!reference) continue;
      TRY_ASSIGN(const auto found, LoadReferred(app_, reader_, reference->ValueOf("reference")));
      if (found && IsReview(*found->root)) continue;   // the form's own
      std::string words = found ? HumanConcept(found->root->Find("code")) : std::string();
      if (words.empty()) words = reference->ValueOf("display");
      if (words.empty()) continue;
      if (!open) {
        text.Heading("Services, referrals and tasks", 3);
        text.OpenList();
      }
      open = true;
      text.Line(words, found ? found->root->ValueOf("status") : "planned");
    }
    if (open) text.CloseList();
    return {};
  }

  Result<void> Plan() {
    Narrative text;
    AddAnswers(*form_.root, *answers_.root, " strength need agreed funding updated document review location performer completedBy ", text);
    bool open = false;
    for (const Element& activity : Repeats(*all_.plan, "activity")) {
      const Element* detail = activity.Find("detail");
      if (!detail || !IsStage(activity)) continue;
      if (!open) {
        text.Heading("Stages of planning", 3);
        text.OpenList();
      }
      open = true;
      text.Line(HumanConcept(detail->Find("code")), detail->ValueOf("status"));
    }
    if (open) text.CloseList();
    TRY(Services(text));
    std::vector<const Element*> entries = {all_.plan};
    for (const NeedPart& need : all_.needs) {
      if (need.condition) entries.push_back(need.condition);
      for (const GoalPart& goal : need.goals) {
        if (goal.goal) entries.push_back(goal.goal);
        for (const Action& action : goal.actions) entries.insert(entries.end(), action.stages.begin(), action.stages.end());
      }
    }
    if (all_.review) entries.push_back(all_.review);
    Section("Care and support plan", text, entries, "734163000");
    return {};
  }

  void Others(std::string_view title, std::string_view part, bool contingency) {
    std::vector<const Element*> entries;
    for (const OtherPlan& other : all_.others) {
      if (other.is_contingency != contingency) continue;
      for (const Element* one : {other.plan, other.review, other.advance}) {
        if (one) entries.push_back(one);
      }
    }
    Narrative text;
    AddAnswers(*form_.root, *answers_.root, part, text);
    Element* section = Section(title, text, entries);
    if (section && contingency) AddConcept(document_, section, "code", kSnomed, kContingencyCode, "Contingency plan");
  }

  // Of an organisation that is referred to.
  Result<std::string> NameOf(const Element* reference) {
    if (!reference) return std::string();
    if (reference->Find("display")) return std::string(reference->ValueOf("display"));
    TRY_ASSIGN(const auto found, LoadReferred(app_, reader_, reference->ValueOf("reference")));
    return found ? std::string(found->root->ValueOf("name")) : std::string();
  }

  Result<void> Budgets() {
    Narrative text;
    text.OpenList();
    for (const Element* account : all_.accounts) {
      const std::string name(account->ValueOf("name"));
      const std::string type = HumanConcept(account->Find("type"));
      text.OpenItem(!name.empty() ? name : !type.empty() ? type : "Personal budget");
      text.OpenList();
      if (!name.empty()) text.Line("Kind", type);
      for (const auto& [extension, label] : {std::pair("indicative-amount", "Indicative amount"), std::pair("agreed-amount", "Agreed amount"), std::pair("budget-stage", "Stage"), std::pair("delivery-mechanism", "How the money is held"), std::pair("review-due", "To be reviewed")}) {
        const Element* found = FindOwnExtension(*account, extension);
        if (!found) continue;
        for (const Element& value : fhir::Children(*found)) {
          if (value.name.starts_with("value")) text.Line(label, value.name == "valueCodeableConcept" ? HumanConcept(&value) : HumanValue(value));
        }
      }
      text.Line("For", HumanPeriod(account->Find("servicePeriod")));
      TRY_ASSIGN(const std::string funder, NameOf(account->Find("owner")));
      text.Line("Paid by", funder);
      text.Line("Status", account->ValueOf("status"));
      text.CloseList();
      text.CloseItem();
    }
    text.CloseList();
    Section("Personal budget", all_.accounts.empty() ? Narrative() : text, all_.accounts);
    return {};
  }

  App& app_;
  storage::Reader& reader_;
  std::optional<Document> patient_;
  std::vector<Document> practice_;
  Gathered all_;
  Document form_, answers_, document_;
  std::string newest_;
};

}  // namespace

Result<Document> ComposePlan(App& app, storage::Reader& reader, const std::string& plan_id) { return Composing(app, reader).Run(plan_id); }

}  // namespace server::care::plan
