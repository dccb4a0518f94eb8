// The step, as a transaction of one entry: the rule "pathway" decides.
#include "server/care/pathway/transition.h"

#include <set>

#include "fhir/json/reader.h"
#include "fhir/pathway/follow.h"
#include "fhir/pathway/task.h"
#include "server/http/versions.h"
#include "server/interactions/transaction.h"

namespace server::care::pathway {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;
namespace path = fhir::pathway;

namespace {

constexpr int kTries = 50;  // of a caller who named no version, against others who write the same Task

Error Wrong(std::string text, std::string where, std::string issue_type = "value") {
  return Error(ErrorKind::kUnprocessable, std::move(text)).At(std::move(where)).WithIssueType(std::move(issue_type));
}

// A copy of `value` under `parent` with that name.
void Place(Document& document, Element* parent, const Element& value, std::string_view name, bool in_array = false) {
  Element* copy = document.Copy(value);
  Element* target = document.Add(parent, name, in_array);
  target->kind = copy->kind;
  target->text = copy->text;
  while (Element* child = copy->first_child) {
    Document::Detach(child);
    document.Attach(target, child);
  }
}

class Asked {
 public:
  explicit Asked(const Element& parameters) : parameters_(parameters) {}

  Result<void> Write(Document& task) {
    Element* root = task.root;
    for (const char* old : {"statusReason", "lastModified"}) {
      if (Element* element = root->Find(old)) Document::Detach(element);
    }
    std::size_t index = 0;
    std::set<std::string> seen;
    for (const Element& parameter : Repeats(parameters_, "parameter")) {
      const std::string where = "Parameters.parameter[" + std::to_string(index++) + "]";
      const std::string name(parameter.ValueOf("name"));
      const Element* value = path::ValueOf(parameter);
      if (name == "input" || name == "output") {
        TRY(AddDetail(task, parameter, name, where));
        continue;
      }
      if (!value) return Wrong("The parameter '" + name + "' has no value. " + kKnown, where, "required");
      if (!seen.insert(name).second) return Wrong("The parameter '" + name + "' is there twice. Give it once.", where);
      if (name == "state") {
        state_ = value->name == "valueCodeableConcept" || value->name == "valueCoding" ? std::string() : std::string(value->value());
        if (state_.empty()) return Wrong("The parameter 'state' is a code of system " + std::string(path::kStateSystem) + ", as valueCode.", where);
      } else if (name == "at") {
        at_ = value->value();
        if (at_.empty()) return Wrong("The parameter 'at' is the time of the step, as valueDateTime.", where);
      } else if (name == "by") {
        by_ = value;
      } else if (name == "owner") {
        if (Element* old = root->Find("owner")) Document::Detach(old);
        Place(task, root, *value, "owner");
      } else if (name == "reason") {
        if (value->name == "valueString") {
          task.AddString(task.Add(root, "statusReason"), "text", value->value());
        } else {
          Place(task, root, *value, "statusReason");
        }
      } else {
        return Wrong("There is no parameter '" + name + "'. " + kKnown, where, "not-supported");
      }
    }
    if (state_.empty()) return Wrong("The parameter 'state' is missing. " + kKnown, "Parameters", "required");
    return {};
  }

  const std::string& state() const { return state_; }
  const std::string& at() const { return at_; }
  const Element* by() const { return by_; }

 private:
  Result<void> AddDetail(Document& task, const Element& parameter, const std::string& name, const std::string& where) {
    std::string kind;
    const Element* value = nullptr;
    for (const Element& part : Repeats(parameter, "part")) {
      if (part.ValueOf("name") == "type") kind = path::ValueOf(part) ? path::ValueOf(part)->value() : std::string_view();
      if (part.ValueOf("name") == "value") value = path::ValueOf(part);
    }
    if (kind.empty() || !value) {
      const std::string system(path::kDetailSystem);
      return Wrong("The parameter '" + name + "' has a part 'type' (a code of system " + system + ") and a part 'value'.", where, "required");
    }
    Element* detail = task.Add(task.root, name, true);
    path::SetCoding(task, detail, "type", path::kDetailSystem, kind);
    Place(task, detail, *value, value->name);
    return {};
  }

  inline static const std::string kKnown = "Send state (compulsory), at, by, reason, owner, input and output.";
  const Element& parameters_;
  std::string state_, at_;
  const Element* by_ = nullptr;
};

Result<void> TakeStep(const App& app, Document& task, const Element& parameters) {
  TRY_ASSIGN(const path::Pathway* pathway, path::PathwayOf(path::BuiltIn(), *task.root));
  if (!pathway) {
    return Wrong("The Task is on no pathway: no coding of Task.code is of system " + std::string(path::kPathwaySystem) + ".", "Task.code", "business-rule");
  }
  Asked asked(parameters);
  TRY(asked.Write(task));
  if (Element* old = task.root->Find("businessStatus")) Document::Detach(old);
  path::SetCoding(task, task.root, "businessStatus", path::kStateSystem, asked.state());
  const path::State* state = pathway->FindState(asked.state());
  if (state) path::SetText(task, task.root, "status", state->statuses[0]);
  Element* step = path::AddStep(task, asked.state(), asked.at());
  if (asked.by()) {
    Element* part = task.Add(step, "extension", true);
    task.AddString(part, "url", "by");
    Place(task, part, *asked.by(), "valueReference");
  }
  task.AddString(task.root, "lastModified", path::InstantOf(app.now_us()));
  return {};
}

Document TransactionOf(const Document& task, const std::string& id, std::int64_t version) {
  Document bundle;
  bundle.root = bundle.NewResource("Bundle");
  bundle.AddString(bundle.root, "type", "transaction");
  Element* entry = bundle.Add(bundle.root, "entry", true);
  Element* resource = bundle.Copy(*task.root);
  resource->name = "resource";
  bundle.Attach(entry, resource);
  Element* request = bundle.Add(entry, "request");
  bundle.AddString(request, "method", "PUT");
  bundle.AddString(request, "url", "Task/" + id);
  bundle.AddString(request, "ifMatch", http::ETag(version));
  return bundle;
}

// What is wrong with the Bundle's entry is wrong with the Task.
Error OfTask(Error error) {
  constexpr std::string_view kPlace = "Bundle.entry[0].resource";
  if (!error.path().starts_with(kPlace)) return error;
  std::string where = "Task" + error.path().substr(kPlace.size());
  return std::move(error).At(std::move(where));
}

}  // namespace

Result<storage::Version> Transition(App& app, const std::string& id, const Element& asked, std::optional<std::int64_t> expected) {
  for (int tries = 1;; ++tries) {
    storage::Version version;
    {
      TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app.store->OpenReader(storage::Snapshot::kNone));
      TRY_ASSIGN(version, reader->Read("Task", id));
    }
    if (version.deleted()) return Error(ErrorKind::kGone, "Task/" + id + " was deleted.");
    if (expected && *expected != version.version) {
      return Error(ErrorKind::kPrecondition, "Task/" + id + " is at version " + std::to_string(version.version) + ", not " + std::to_string(*expected) +
          ". Read it again, and decide anew.").WithIssueType("conflict");
    }
    TRY_ASSIGN(Document task, fhir::json::Read(version.body));
    TRY(TakeStep(app, task, asked));
    fhir::IssueSink issues;
    interactions::TransactionOptions options;
    options.keep_bodies = true;
    auto done = interactions::ExecuteTransaction(app, TransactionOf(task, id, version.version), issues, options);
    if (done) return std::move((*done)[0].version);
    if (done.error().kind() == ErrorKind::kPrecondition && !expected && tries < kTries) continue;
    if (done.error().kind() == ErrorKind::kUnprocessable && issues.HasErrors()) {
      const fhir::Issue& first = issues.issues().front();
      return OfTask(Error(ErrorKind::kUnprocessable, first.text).At(first.expression).WithIssueType(first.code));
    }
    return OfTask(std::move(done).error());
  }
}

}  // namespace server::care::pathway
