// Opening plans.
#include "server/care/plan/apply.h"

#include <algorithm>
#include <charconv>

#include "adapters/base/sha256.h"
#include "fhir/base/date_time.h"
#include "fhir/json/writer.h"
#include "server/care/plan/stored.h"
#include "server/http/target.h"
#include "server/http/versions.h"
#include "server/interactions/transaction.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;

namespace {

Result<void> Demand(const App& app, storage::Reader& reader, std::string_view name, const std::string& reference, std::string_view types) {
  if (reference.empty()) return {};
  const auto split = SplitReference(reference);
  if (!split || types.find(" " + split->type + " ") == std::string_view::npos) {
    return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' is '" + reference + "'. Write a reference Type/id; allowed here:" + std::string(types) + ".").At("Parameters.parameter:" + std::string(name));
  }
  TRY_ASSIGN(const auto found, LoadReferred(app, reader, reference));
  if (found) return {};
  return Error(ErrorKind::kUnprocessable, "'" + std::string(name) + "' is " + reference + ", which is not stored here. Store it first.").At("Parameters.parameter:" + std::string(name)).WithIssueType("not-found");
}

// What of R4's templates is not done must not be passed over in silence.
Result<void> CheckActions(const Element& owner) {
  for (const Element& action : Repeats(owner, "action")) {
    for (const std::string_view part : {"condition", "dynamicValue", "relatedAction", "selectionBehavior", "timingDateTime", "timingAge", "timingPeriod", "timingDuration", "timingRange", "timingTiming"}) {
      const Element* found = action.Find(part);
      if (!found) continue;
      return Error(ErrorKind::kUnsupported, "The template's action has '" + std::string(part) + "', which $apply does not evaluate. Take it out, or make the plan by hand.").At(fhir::PathOf(*found));
    }
    TRY(CheckActions(action));
  }
  return {};
}

const Element* Contained(const Element& resource, std::string_view reference) {
  if (!reference.starts_with('#')) return nullptr;
  for (const Element& contained : Repeats(resource, "contained")) {
    if (contained.ValueOf("id") == reference.substr(1)) return &contained;
  }
  return nullptr;
}

// The day that `duration` (a Duration in UCUM days, weeks, months or years) after `start` is; empty when it says something else.
std::string DayAfter(const std::string& start, const Element* duration) {
  const auto from = fhir::DateTime::Parse(start);
  if (!from || !duration) return {};
  int count = 0;
  const std::string_view value = duration->ValueOf("value"), code = duration->ValueOf("code");
  if (std::from_chars(value.data(), value.data() + value.size(), count).ptr != value.data() + value.size()) return {};
  if (code != "a" && code != "mo" && code != "wk" && code != "d") return {};
  const fhir::CalendarUnit unit = code == "a" ? fhir::CalendarUnit::kYear : code == "mo" ? fhir::CalendarUnit::kMonth : code == "wk" ? fhir::CalendarUnit::kWeek : fhir::CalendarUnit::kDay;
  const auto day = from->Plus(count, unit);
  return day ? day->ToString() : std::string();
}

class Opening {
 public:
  Opening(const Application& application, std::string id, std::string start) : application_(application), id_(std::move(id)), start_(std::move(start)) {}

  Document Make() {
    const Element& from = *application_.plan_definition.root;
    Document document;
    Element* plan = document.root = document.NewResource("CarePlan");
    document.AddString(plan, "id", id_);
    const std::string_view url = from.ValueOf("url"), version = from.ValueOf("version");
    if (!url.empty()) document.AddString(plan, "instantiatesCanonical", std::string(url) + (version.empty() ? "" : "|" + std::string(version)), true);
    document.AddString(plan, "status", application_.status);
    document.AddString(plan, "intent", "plan");
    for (const Element& topic : Repeats(from, "topic")) AddCopy(document, plan, "category", topic, true);
    if (const Element* title = from.Find("title")) document.AddString(plan, "title", title->text);
    AddReference(document, plan, "subject", application_.subject);
    AddReference(document, plan, "encounter", application_.encounter);
    document.AddString(document.Add(plan, "period"), "start", start_);
    document.AddString(plan, "created", start_);
    AddReference(document, plan, "author", !application_.practitioner.empty() ? application_.practitioner : application_.organization);
    for (const std::string& team : application_.care_teams) AddReference(document, plan, "careTeam", team, true);
    Actions(from, from, document, plan);
    return document;
  }
  std::vector<Document>& tasks() { return tasks_; }

 private:
  void Actions(const Element& definition, const Element& owner, Document& document, Element* plan) {
    for (const Element& action : Repeats(owner, "action")) {
      Element* activity = document.Add(plan, "activity", true);
      if (const Element* id = action.Find("id")) document.AddString(activity, "id", id->text);
      const Element* made = Contained(definition, action.ValueOf("definitionCanonical"));
      if (made && made->resource_type() == "ActivityDefinition" && made->ValueOf("kind") == "Task") {
        AddReference(document, activity, "reference", "Task/" + AddTask(action, *made));
      } else {
        Element* detail = document.Add(activity, "detail");
        if (const Element* definition_url = action.Find("definitionCanonical"); definition_url && !made) document.AddString(detail, "instantiatesCanonical", definition_url->text, true);
        if (const Element* code = action.Find("code")) AddCopy(document, detail, "code", *code);
        document.AddString(detail, "status", "not-started");
        const Element* words = action.Find("description");
        if (!words) words = action.Find("title");
        if (words) document.AddString(detail, "description", words->text);
      }
      Actions(definition, action, document, plan);
    }
  }

  std::string AddTask(const Element& action, const Element& made) {
    const std::string id = adapters::DerivedUuid(id_ + "/" + std::to_string(tasks_.size()));
    Document& document = tasks_.emplace_back();
    Element* task = document.root = document.NewResource("Task");
    document.AddString(task, "id", id);
    AddReference(document, task, "basedOn", "CarePlan/" + id_, true);
    document.AddString(task, "status", "requested");
    document.AddString(task, "intent", "plan");
    if (const Element* code = made.Find("code")) AddCopy(document, task, "code", *code);
    if (const Element* title = action.Find("title")) document.AddString(task, "description", title->text);
    AddReference(document, task, "focus", "CarePlan/" + id_);
    AddReference(document, task, "for", application_.subject);
    document.AddString(task, "authoredOn", start_);
    AddReference(document, task, "owner", !application_.practitioner.empty() ? application_.practitioner : application_.organization);
    const std::string due = DayAfter(start_, made.Find("timingDuration"));
    if (!due.empty()) {
      Element* period = document.Add(document.Add(task, "restriction"), "period");
      document.AddString(period, "start", start_);
      document.AddString(period, "end", due);
    }
    return id;
  }

  const Application& application_;
  std::string id_, start_;
  std::vector<Document> tasks_;
};

bool IsOpen(const Element& plan) {
  const std::string_view status = plan.ValueOf("status");
  return status == "draft" || status == "active" || status == "on-hold";
}

// What would be opened: nobody can refer to it yet, so it has no id, and what would be Tasks of their own stands in it.
Applied Preview(Opening& opening) {
  Applied applied;
  Document& document = applied.preview;
  document = opening.Make();
  Document::Detach(document.root->Find("id"));
  for (std::size_t i = 0; i < opening.tasks().size(); ++i) {
    const Element& task = *opening.tasks()[i].root;
    const std::string before = "Task/" + std::string(task.ValueOf("id")), within = "task-" + std::to_string(i + 1);
    Element* contained = AddCopy(document, document.root, "contained", task, true);
    SetResourceId(document, contained, within);
    for (const std::string_view name : {"basedOn", "focus"}) {
      if (Element* child = contained->Find(name)) Document::Detach(child);
    }
    for (Element* activity = document.root->first_child; activity; activity = activity->next) {
      Element* reference = activity->name == "activity" ? activity->Find("reference") : nullptr;
      if (reference && reference->ValueOf("reference") == before) document.SetValue(reference->Find("reference"), fhir::ValueKind::kString, "#" + within);
    }
  }
  return applied;
}

// The person's plans of that template, of that encounter when one is given.
Result<std::vector<Document>> PlansOf(const App& app, storage::Reader& reader, const Application& application) {
  const std::string url(application.plan_definition.root->ValueOf("url"));
  TRY_ASSIGN(std::vector<Document> plans, Search(app, reader, "CarePlan", "patient=" + http::Encode(SplitReference(application.subject)->id)));
  std::erase_if(plans, [&](const Document& plan) {
    const Element* encounter = plan.root->Walk("encounter", "reference");
    if ((encounter ? encounter->value() : std::string_view()) != application.encounter) return true;
    for (const Element& canonical : Repeats(*plan.root, "instantiatesCanonical")) {
      if (canonical.text.substr(0, canonical.text.find('|')) == url) return false;
    }
    return true;
  });
  return plans;
}

// The same for all who ask at once (from the state of the store in which no plan was open); never one that a plan has or
// had: a deleted plan's Tasks may still be there.
Result<std::string> NextId(storage::Reader& reader, const Application& application, std::size_t ended) {
  for (;; ++ended) {
    const std::string url(application.plan_definition.root->ValueOf("url"));
    std::string id = adapters::DerivedUuid("apply " + url + " " + application.subject + " " + application.encounter + " " + std::to_string(ended));
    auto known = reader.Read("CarePlan", id);
    if (!known && known.error().kind() == ErrorKind::kNotFound) return id;
    if (!known) return std::move(known).error();
  }
}

}  // namespace

Result<Applied> Apply(App& app, const Application& application) {
  const Element& definition = *application.plan_definition.root;
  if (definition.ValueOf("url").empty()) return Error(ErrorKind::kUnprocessable, "The template has no url, by which a plan says what it was made of. Give it one.").At("PlanDefinition.url");
  if (!application.start.empty() && !fhir::DateTime::Parse(application.start)) {
    return Error(ErrorKind::kInvalid, "'start' is '" + application.start + "', which is no date. Write it as 2026-11-22.").At("Parameters.parameter:start");
  }
  if (application.status != "draft" && application.status != "active") {
    return Error(ErrorKind::kInvalid, "'status' is '" + application.status + "'. A plan is opened as draft or active.").At("Parameters.parameter:status");
  }
  if (const Element* goal = definition.Find("goal")) {
    return Error(ErrorKind::kUnsupported, "The template has 'goal', of which $apply makes no Goals. Take it out, or make the plan by hand.").At(fhir::PathOf(*goal));
  }
  TRY(CheckActions(definition));
  const std::string start = application.start.empty() ? http::Instant(app.now_us()).substr(0, 10) : application.start;
  // A plan that another caller opened meanwhile is the one that comes back.
  for (int attempt = 0;; ++attempt) {
    std::string id;
    {
      TRY_ASSIGN(const auto reader, app.store->OpenReader());
      TRY(Demand(app, *reader, "subject", application.subject, " Patient "));
      TRY(Demand(app, *reader, "encounter", application.encounter, " Encounter "));
      TRY(Demand(app, *reader, "practitioner", application.practitioner, " Practitioner PractitionerRole "));
      TRY(Demand(app, *reader, "organization", application.organization, " Organization "));
      for (const std::string& team : application.care_teams) {
        TRY(Demand(app, *reader, "careTeam", team, " CareTeam "));
      }
      TRY_ASSIGN(const std::vector<Document> plans, PlansOf(app, *reader, application));
      for (const Document& plan : plans) {
        if (!IsOpen(*plan.root)) continue;
        TRY_ASSIGN(storage::Version version, reader->Read("CarePlan", plan.root->ValueOf("id")));
        return Applied{std::move(version), false, {}};
      }
      TRY_ASSIGN(id, NextId(*reader, application, plans.size()));
    }
    Opening opening(application, id, start);
    if (!application.store) return Preview(opening);
    Writes writes;
    writes.Put(*opening.Make().root, id);
    for (const Document& task : opening.tasks()) writes.Put(*task.root, task.root->ValueOf("id"));
    interactions::TransactionOptions options;
    options.keep_bodies = true;
    options.also = [](storage::WriteTransaction&, const std::vector<interactions::Done>& done) -> Result<void> {
      if (done[0].status == 201) return {};
      return Error(ErrorKind::kConflict, "This plan was opened, or deleted, meanwhile. Ask again.");
    };
    fhir::IssueSink issues;
    auto done = interactions::ExecuteTransaction(app, std::move(writes).Take(), issues, options);
    if (done) return Applied{std::move((*done)[0].version), true, {}};
    if (issues.HasErrors()) return Error(ErrorKind::kUnprocessable, "The template makes no valid plan: " + issues.issues()[0].text).At(issues.issues()[0].expression);
    if (done.error().kind() != ErrorKind::kConflict || attempt == 2) return std::move(done).error();
  }
}

}  // namespace server::care::plan
