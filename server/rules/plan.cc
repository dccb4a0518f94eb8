// Plans: all of a plan is of one person, scores are from 1 to 10, a contingency plan says what sets it in motion and what it is part of, a stage
// goal hangs off a goal that there is.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/model/lookup.h"
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

namespace {

std::vector<std::string> PatientsOf(const Element& resource) {
  std::vector<std::string> patients;
  for (const char* name : {"subject", "patient", "for"}) {
    for (const Element& reference : Repeats(resource, name)) {
      Local local = LocalOf(reference.ValueOf("reference"));
      if (local.type == "Patient") patients.push_back(std::move(local.id));
    }
  }
  return patients;
}

// The path of an element behind the place of its resource.
std::string Behind(std::string_view place, const Element& element) {
  const std::string path = fhir::PathOf(element);
  return std::string(place) + path.substr(std::min(path.find('.'), path.size()));
}

Error Refuse(std::string text, std::string place) { return Error(ErrorKind::kUnprocessable, "Rule plan: " + std::move(text)).At(std::move(place)); }

Result<void> CheckScore(const Element& owner, std::string_view name, std::string_view place) {
  for (const Element& extension : Repeats(owner, "extension")) {
    if (extension.ValueOf("url") != std::string(fhir::kOwnExtension) + std::string(name)) continue;
    const Element* value = nullptr;
    for (const Element& child : fhir::Children(extension)) {
      if (child.name.starts_with("value")) value = &child;
    }
    const auto number = value && value->kind == fhir::ValueKind::kNumber ? fhir::Decimal::Parse(value->value()) : std::nullopt;
    if (number && !(*number < fhir::Decimal(1)) && !(fhir::Decimal(10) < *number)) continue;
    return Refuse("the " + std::string(name) + " is " + (number ? std::string(value->value()) : "no number") + ". It is a number from 1 to 10.", Behind(place, value ? *value : extension));
  }
  return {};
}

bool IsContingency(const Element& plan) {
  for (const Element& category : Repeats(plan, "category")) {
    for (const Element& coding : Repeats(category, "coding")) {
      if (coding.ValueOf("code") == "325691000000100" && coding.ValueOf("system") == "http://snomed.info/sct") return true;
    }
  }
  return false;
}

class Plan final : public Rule {
 public:
  explicit Plan(Context& context) : context_(context) {}

  Result<void> Check(const Write& write) override {
    if (!write.after) return {};
    const Element& after = *write.after->root;
    if (write.type == "Goal") {
      TRY(CheckScore(after, "importance", write.place));
    }
    if (write.type == "CarePlan") {
      TRY(CheckPlan(after, write.place));
    }
    if (context_.from_source()) return {};   // what it refers to may come later
    if (write.type == "CarePlan") NoteParts(after, write.place);
    if (const Element* parent = FindOwnExtension(after, "stage-of-goal"); parent && write.type == "Goal") NoteParent(after, *parent, write.place);
    if (write.before && PatientsOf(*write.before) != PatientsOf(after)) moved_.push_back({{std::string(write.type), std::string(write.id)}, PatientsOf(after), std::string(write.place), false});
    return {};
  }

  Result<void> Settle() override {
    for (const Link& link : links_) {
      TRY(CheckLink(link));
    }
    for (const Link& part : moved_) {
      TRY(CheckPlansOf(part));
    }
    return {};
  }

 private:
  // Another resource that must be of these people.
  struct Link {
    Local to;
    std::vector<std::string> patients;
    std::string place;
    bool must_exist = false;
  };

  Result<void> CheckPlan(const Element& plan, std::string_view place) {
    for (const Element& activity : Repeats(plan, "activity")) {
      if (const Element* detail = activity.Find("detail")) {
        TRY(CheckScore(*detail, "confidence", place));
      }
    }
    if (!IsContingency(plan)) return {};
    if (!FindOwnExtension(plan, "trigger-factor")) {
      return Refuse("a contingency plan says what sets it in motion: one extension " + std::string(fhir::kOwnExtension) + "trigger-factor or more.", std::string(place) + ".extension");
    }
    if (!plan.Find("partOf")) return Refuse("a contingency plan is part of a plan: partOf is missing.", std::string(place) + ".partOf");
    return {};
  }

  void Note(const Element& reference, const std::vector<std::string>& patients, std::string_view place) {
    Local to = LocalOf(reference.ValueOf("reference"));
    if (!to.type.empty()) links_.push_back({std::move(to), patients, Behind(place, reference), false});
  }

  void NoteParts(const Element& plan, std::string_view place) {
    const std::vector<std::string> patients = PatientsOf(plan);
    for (const char* name : {"goal", "addresses", "supportingInfo", "partOf", "basedOn", "careTeam"}) {
      for (const Element& reference : Repeats(plan, name)) Note(reference, patients, place);
    }
    for (const Element& activity : Repeats(plan, "activity")) {
      if (const Element* reference = activity.Find("reference")) Note(*reference, patients, place);
      const Element* detail = activity.Find("detail");
      if (!detail) continue;
      for (const Element& goal : Repeats(*detail, "goal")) Note(goal, patients, place);
    }
  }

  void NoteParent(const Element& goal, const Element& extension, std::string_view place) {
    const Element* reference = extension.Find("valueReference");
    Local to = reference ? LocalOf(reference->ValueOf("reference")) : Local();
    if (!to.type.empty()) links_.push_back({std::move(to), PatientsOf(goal), Behind(place, *reference), true});
  }

  // Patients of one person, joined ones among them, in common.
  Result<bool> AreOnePerson(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    for (const std::string& patient : a) {
      if (std::ranges::find(b, patient) != b.end()) return true;
      auto person = context_.transaction().PersonOf(patient);
      if (!person && person.error().kind() == ErrorKind::kNotFound) continue;
      if (!person) return std::move(person).error();
      if (std::ranges::any_of(*person, [&](const std::string& one) { return std::ranges::find(b, one) != b.end(); })) return true;
    }
    return false;
  }

  Result<void> CheckLink(const Link& link) {
    TRY_ASSIGN(const std::optional<Document> found, context_.Load(link.to.type, link.to.id));
    if (!found) {
      if (!link.must_exist) return {};
      return Refuse("the goal that this is a stage of, " + link.to.text() + ", is not there. Store it first, or in the same transaction.", link.place);
    }
    const std::vector<std::string> patients = PatientsOf(*found->root);
    if (patients.empty() || link.patients.empty()) return {};
    TRY_ASSIGN(const bool same, AreOnePerson(link.patients, patients));
    if (same) return {};
    return Refuse(link.to.text() + " is of another person than this " + (link.must_exist ? "goal" : "plan") + ". All of a plan is of one person: refer to that person's own, or leave it out.", link.place);
  }

  // A part of a plan became another person's.
  Result<void> CheckPlansOf(const Link& part) {
    for (const char* parameter : {"goal", "condition", "activity-reference", "supporting-info", "part-of"}) {
      const bool fits = std::string_view(parameter) == "goal" ? part.to.type == "Goal" : std::string_view(parameter) == "condition" ? part.to.type == "Condition" :
                        std::string_view(parameter) == "part-of" ? part.to.type == "CarePlan" : std::string_view(parameter) == "activity-reference" ? part.to.type == "Task" || part.to.type == "ServiceRequest" : true;
      if (!fits) continue;
      TRY_ASSIGN(search::Query query, search::ParseQuery("CarePlan", std::string(parameter) + "=" + part.to.text(), *context_.app().registry, *context_.app().extractor));
      TRY_ASSIGN(const std::vector<std::string> plans, context_.transaction().Match(query, 100));
      for (const std::string& plan : plans) {
        TRY_ASSIGN(const std::optional<Document> found, context_.Load("CarePlan", plan));
        if (!found || PatientsOf(*found->root).empty()) continue;
        TRY_ASSIGN(const bool same, AreOnePerson(part.patients, PatientsOf(*found->root)));
        if (!same) return Refuse("CarePlan/" + plan + " has this " + part.to.type + ", and all of a plan is of one person. Take it out of the plan first.", part.place);
      }
    }
    return {};
  }

  Context& context_;
  std::vector<Link> links_, moved_;
};

}  // namespace

std::unique_ptr<Rule> OpenPlan(Context& context) { return std::make_unique<Plan>(context); }

}  // namespace server::rules
