// Tasks on a pathway (fhir/pathway): steps in their order, for one person throughout, the ServiceRequest in focus in step with them.
#include <algorithm>
#include <string>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/pathway/follow.h"
#include "fhir/pathway/task.h"
#include "fhir/schema/registry.h"
#include "server/rules/catalogue.h"
#include "server/rules/local.h"
#include "server/search/parse.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;
namespace pathway = fhir::pathway;

namespace {

// The same error, its path behind the Task's place.
Error Behind(std::string_view place, Error error) {
  std::string path(place);
  if (!error.path().empty()) path += "." + error.path();
  return std::move(error).At(std::move(path));
}

// The Patients that a resource is about, as it refers to them, in this store or another.
std::vector<std::string> PeopleOf(const Element& resource) {
  std::vector<std::string> people;
  const auto add = [&](const Element* reference) {
    const std::string_view text = reference ? reference->ValueOf("reference") : std::string_view();
    if (pathway::TypeOf(text) == "Patient") people.emplace_back(text);
  };
  for (const char* name : {"subject", "patient", "for"}) {
    for (const Element& reference : Repeats(resource, name)) add(&reference);
  }
  if (resource.text == "Appointment") {
    for (const Element& participant : Repeats(resource, "participant")) add(participant.Find("actor"));
  }
  return people;
}

bool Had(const Element* before, std::string_view output, std::string_view reference) {
  if (!before) return false;
  return std::ranges::any_of(pathway::DetailsOf(*before, "output", output), [&](const Element* value) { return value->ValueOf("reference") == reference; });
}

class PathwayRule : public Rule {
 public:
  explicit PathwayRule(Context& context) : context_(context) {}

  Result<void> Check(const Write& write) override {
    if (!write.after) return {};
    if (write.type == "ServiceRequest") {
      const std::string_view status = write.after->root->ValueOf("status");
      const bool is_changed = write.before && write.before->ValueOf("status") != status;
      if (is_changed && status != "entered-in-error") requests_.push_back({std::string(write.place), std::string(write.id)});
      return {};
    }
    auto progress = pathway::Follow(pathway::BuiltIn(), write.before, *write.after, context_.app().now_us());
    if (!progress) return Behind(write.place, std::move(progress).error());
    if (!progress->pathway || !progress->state) return {};
    fhir::schema::Bind(*write.after->root, *context_.app().registry);
    Taken taken{std::string(write.place), std::string(write.after->root->Walk("for", "reference")->value()), progress->state, {}, {}};
    const Element& task = *write.after->root;
    if (const Element* focus = task.Find("focus")) taken.references.push_back({"focus", std::string(focus->ValueOf("reference"))});
    for (const char* list : {"input", "output"}) {
      std::size_t index = 0;
      for (const Element& detail : Repeats(task, list)) {
        const std::string path = std::string(list) + "[" + std::to_string(index++) + "]";
        const Element* value = pathway::ValueOf(detail);
        if (!value || value->name != "valueReference") continue;
        const std::string reference(value->ValueOf("reference"));
        taken.references.push_back({path, reference});
        const pathway::Detail* kind = pathway::BuiltIn().FindDetail(pathway::KindOf(detail));
        if (!kind || kind->request_element.empty() || list != std::string_view("output") || reference.empty()) continue;
        if (Had(write.before, kind->name, reference)) continue;
        taken.for_request.push_back({kind->request_element, reference});
      }
    }
    taken_.push_back(std::move(taken));
    return {};
  }

  Result<void> Settle() override {
    for (const Taken& taken : taken_) {
      TRY_ASSIGN(const std::vector<std::string> person, PersonOf(taken));
      for (const Named& named : taken.references) {
        TRY(CheckReference(taken, person, named));
      }
      TRY(KeepRequest(taken));
    }
    for (const Changed& request : requests_) {
      TRY(CheckRequest(request));
    }
    return {};
  }

 private:
  // A ServiceRequest whose status a caller changed.
  struct Changed {
    std::string place, id;
  };
  struct Named {
    std::string name, reference;
  };
  struct Taken {
    std::string place, person;
    const pathway::State* state;
    std::vector<Named> references;       // of the Task, each with its path
    std::vector<Named> for_request;      // element of the ServiceRequest in focus, and what it gets
  };

  Result<std::vector<std::string>> PersonOf(const Taken& taken) {
    const Local local = LocalOf(taken.person);
    if (local.id.empty()) return std::vector<std::string>();   // in another store
    auto person = context_.transaction().PersonOf(local.id);
    if (!person && person.error().kind() == ErrorKind::kNotFound) {
      return Error(ErrorKind::kUnprocessable, taken.person + " is not stored here. Store the person first, or in the same transaction.")
          .At(taken.place + ".for.reference").WithIssueType("not-found");
    }
    return person;
  }

  Result<void> CheckReference(const Taken& taken, const std::vector<std::string>& person, const Named& named) {
    const Local local = LocalOf(named.reference);
    if (local.type.empty()) return {};
    TRY_ASSIGN(const std::optional<Document> found, context_.Load(local.type, local.id));
    if (!found) {
      return Error(ErrorKind::kUnprocessable, named.reference + " is not stored here. Store it first, or in the same transaction.")
          .At(taken.place + "." + named.name).WithIssueType("not-found");
    }
    const std::vector<std::string> people = PeopleOf(*found->root);
    const bool is_theirs = people.empty() || std::ranges::any_of(people, [&](const std::string& one) {
      return one == taken.person || std::ranges::find(person, LocalOf(one).id) != person.end();
    });
    if (is_theirs) return {};
    return Error(ErrorKind::kUnprocessable, named.reference + " is about somebody else than " + taken.person + ". Name what is about the same person.")
        .At(taken.place + "." + named.name).WithIssueType("business-rule");
  }

  // The ServiceRequest in focus says what the state means for it.
  Result<void> KeepRequest(const Taken& taken) {
    if (taken.references.empty() || taken.references[0].name != "focus" || (taken.state->request_statuses.empty() && taken.for_request.empty())) return {};
    const Local local = LocalOf(taken.references[0].reference);
    if (local.type != "ServiceRequest") return {};
    TRY_ASSIGN(std::optional<Document> request, context_.LoadToChange(local.type, local.id));
    if (!request) return {};
    bool is_changed = false;
    const auto& statuses = taken.state->request_statuses;
    if (!statuses.empty() && std::ranges::find(statuses, request->root->ValueOf("status")) == statuses.end()) {
      pathway::SetText(*request, request->root, "status", statuses[0]);
      is_changed = true;
    }
    for (const Named& kept : taken.for_request) {
      bool is_there = false;
      for (const Element& one : Repeats(*request->root, kept.name)) is_there = is_there || one.ValueOf("reference") == kept.reference;
      if (is_there) continue;
      while (Element* old = request->root->Find(kept.name)) Document::Detach(old);
      request->AddString(request->Add(request->root, kept.name, true), "reference", kept.reference);
      is_changed = true;
    }
    if (!is_changed) return {};
    fhir::schema::Bind(*request->root, *context_.app().registry);
    return context_.Put(local.type, local.id, *request);
  }

  // A request in the focus of a Task on a pathway says what the Task's state means, also when it is written by itself.
  Result<void> CheckRequest(const Changed& changed) {
    TRY_ASSIGN(const std::optional<Document> request, context_.Load("ServiceRequest", changed.id));
    if (!request) return {};
    const std::string status(request->root->ValueOf("status"));
    const std::string raw = "focus=ServiceRequest/" + changed.id + "&_count=" + std::to_string(kMostTasks);
    TRY_ASSIGN(const search::Query query, search::ParseQuery("Task", raw, *context_.app().registry, *context_.app().extractor));
    TRY_ASSIGN(const storage::SearchPage tasks, context_.transaction().Search(query));
    for (const storage::SearchEntry& entry : tasks.entries) {
      TRY_ASSIGN(const Document task, fhir::json::Read(entry.version.body));
      if (task.root->ValueOf("status") == "entered-in-error") continue;
      const auto on = pathway::PathwayOf(pathway::BuiltIn(), *task.root);
      if (!on || !*on) continue;
      const auto state = pathway::StateOf(**on, *task.root);
      if (!state || (*state)->request_statuses.empty() || std::ranges::find((*state)->request_statuses, status) != (*state)->request_statuses.end()) continue;
      std::string allowed;
      for (const std::string& one : (*state)->request_statuses) allowed += (allowed.empty() ? "" : " or ") + one;
      return Error(ErrorKind::kConflict, "The request's status is '" + status + "', but Task/" + entry.version.id + " is in state '" + (*state)->name +
                                             "' on the pathway " + (*on)->code + ", which means " + allowed +
                                             ". Take the step on the Task: the request's status goes with it.")
          .At(changed.place + ".status").WithIssueType("conflict");
    }
    return {};
  }

  static constexpr int kMostTasks = 100;   // that are looked at for one request

  Context& context_;
  std::vector<Taken> taken_;
  std::vector<Changed> requests_;
};

}  // namespace

std::unique_ptr<Rule> OpenPathway(Context& context) { return std::make_unique<PathwayRule>(context); }

}  // namespace server::rules
