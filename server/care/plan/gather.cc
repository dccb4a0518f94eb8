// Putting plans together.
#include "server/care/plan/gather.h"

#include <algorithm>

#include "fhir/model/lookup.h"
#include "server/care/plan/stored.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Repeats;
using fhir::Result;

namespace {

constexpr std::size_t kMostParts = 5000;

bool HasCode(const Element& owner, std::string_view name, std::string_view system, std::string_view code) {
  for (const Element& given : Repeats(owner, name)) {
    for (const Element& coding : Repeats(given, "coding")) {
      if (coding.ValueOf("system") == system && (code.empty() || coding.ValueOf("code") == code)) return true;
    }
  }
  return false;
}

class Gathering {
 public:
  Gathering(const App& app, storage::Reader& reader) : app_(app), reader_(reader) {}

  Result<Gathered> Run(Document plan) {
    const Element& root = *plan.root;
    all_.plan = &root;
    all_.documents.push_back(std::move(plan));
    TRY(Needs(root));
    TRY(Actions(root));
    TRY_ASSIGN(all_.review, Review(root));
    for (const Element& reference : Repeats(root, "careTeam")) {
      TRY_ASSIGN(all_.team, Referred(reference));
      if (all_.team) break;
    }
    if (all_.team) {
      for (const Element& participant : Repeats(*all_.team, "participant")) {
        const Element* member = participant.Find("member");
        if (!member || !member->ValueOf("reference").starts_with("RelatedPerson/")) continue;
        TRY_ASSIGN(const Element* contact, Referred(*member));
        if (contact) all_.contacts.push_back(contact);
      }
    }
    for (const Element& reference : Repeats(root, "supportingInfo")) {
      const std::string_view text = reference.ValueOf("reference");
      if (!text.starts_with("ClinicalImpression/") && !text.starts_with("Account/")) continue;
      TRY_ASSIGN(const Element* found, Referred(reference));
      if (found) (text.starts_with("Account/") ? all_.accounts : all_.formulations).push_back(found);
    }
    TRY(Others(root));
    return std::move(all_);
  }

 private:
  Result<const Element*> Referred(const Element& reference) {
    if (all_.documents.size() == kMostParts) return fhir::Error(fhir::ErrorKind::kTooLarge, "The plan has more than " + std::to_string(kMostParts) + " parts.");
    TRY_ASSIGN(auto found, LoadReferred(app_, reader_, reference.ValueOf("reference")));
    if (!found) return static_cast<const Element*>(nullptr);
    all_.documents.push_back(*std::move(found));
    return static_cast<const Element*>(all_.documents.back().root);
  }

  NeedPart& NeedOf(const Element& goal) {
    for (const Element& reference : Repeats(goal, "addresses")) {
      for (NeedPart& need : all_.needs) {
        if (need.condition && reference.ValueOf("reference") == "Condition/" + std::string(need.condition->ValueOf("id"))) return need;
      }
    }
    return Nameless();
  }

  NeedPart& Nameless() {
    const auto found = std::ranges::find(all_.needs, nullptr, &NeedPart::condition);
    return found != all_.needs.end() ? *found : all_.needs.emplace_back();
  }

  Result<void> Needs(const Element& plan) {
    for (const Element& reference : Repeats(plan, "addresses")) {
      TRY_ASSIGN(const Element* condition, Referred(reference));
      if (condition) all_.needs.push_back({condition, {}});
    }
    for (const Element& reference : Repeats(plan, "goal")) {
      TRY_ASSIGN(const Element* goal, Referred(reference));
      if (!goal) continue;
      const Element* hangs_off = FindOwnExtension(*goal, "stage-of-activity");
      if (hangs_off && HasActivity(plan, hangs_off->ValueOf("valueString"))) {
        stages_.push_back(goal);
      } else {
        NeedOf(*goal).goals.push_back({goal, {}});
      }
    }
    return {};
  }

  static bool HasActivity(const Element& plan, std::string_view id) {
    for (const Element& activity : Repeats(plan, "activity")) {
      if (!id.empty() && activity.ValueOf("id") == id) return true;
    }
    return false;
  }

  GoalPart& GoalOf(const Element& activity) {
    for (const Element& reference : Repeats(*activity.Find("detail"), "goal")) {
      for (NeedPart& need : all_.needs) {
        for (GoalPart& goal : need.goals) {
          if (goal.goal && reference.ValueOf("reference") == "Goal/" + std::string(goal.goal->ValueOf("id"))) return goal;
        }
      }
    }
    NeedPart& need = Nameless();
    const auto found = std::ranges::find(need.goals, nullptr, &GoalPart::goal);
    return found != need.goals.end() ? *found : need.goals.emplace_back();
  }

  Result<void> Actions(const Element& plan) {
    for (const Element& activity : Repeats(plan, "activity")) {
      if (!activity.Find("detail") || IsStage(activity)) continue;
      Action action{&activity, {}};
      for (const Element* stage : stages_) {
        if (FindOwnExtension(*stage, "stage-of-activity")->ValueOf("valueString") == activity.ValueOf("id")) action.stages.push_back(stage);
      }
      GoalOf(activity).actions.push_back(std::move(action));
    }
    return {};
  }

  Result<const Element*> Review(const Element& plan) {
    for (const Element& activity : Repeats(plan, "activity")) {
      const Element* reference = activity.Find("reference");
      if (!reference || !reference->ValueOf("reference").starts_with("Task/")) continue;
      TRY_ASSIGN(const Element* task, Referred(*reference));
      if (task && IsReview(*task)) return task;
    }
    return static_cast<const Element*>(nullptr);
  }

  // In the plan's own order, then those that only say that they are part of it, by id.
  Result<void> Others(const Element& plan) {
    const std::string self = "CarePlan/" + std::string(plan.ValueOf("id"));
    TRY_ASSIGN(std::vector<Document> found, Search(app_, reader_, "CarePlan", "part-of=" + self));
    std::vector<std::string> order;
    for (const Element& reference : Repeats(plan, "supportingInfo")) order.emplace_back(reference.ValueOf("reference"));
    const auto rank = [&](const Document& document) {
      const std::string id(document.root->ValueOf("id"));
      return std::pair(std::ranges::find(order, "CarePlan/" + id) - order.begin(), id);
    };
    std::ranges::sort(found, {}, rank);
    for (Document& document : found) {
      OtherPlan other;
      other.plan = document.root;
      other.is_contingency = IsContingency(*document.root);
      all_.documents.push_back(std::move(document));
      TRY_ASSIGN(other.review, Review(*other.plan));
      for (const Element& reference : Repeats(*other.plan, "supportingInfo")) {
        if (other.advance || !reference.ValueOf("reference").starts_with("Observation/")) continue;
        TRY_ASSIGN(other.advance, Referred(reference));
      }
      all_.others.push_back(other);
    }
    return {};
  }

  const App& app_;
  storage::Reader& reader_;
  Gathered all_;
  std::vector<const Element*> stages_;
};

// The source tree, with what references point to in their place.
class Source {
 public:
  explicit Source(const Gathered& all) : all_(all) { document_.root = document_.New("source"); }

  Document Make() {
    Element* root = document_.root;
    Put(root, all_.plan, "plan");
    Put(root, all_.review, "review");
    Put(root, all_.team, "team");
    for (const Element* formulation : all_.formulations) Put(root, formulation, "formulation");
    for (const NeedPart& need : all_.needs) {
      Element* made = document_.Add(root, "need", true);
      Put(made, need.condition, "condition");
      for (const GoalPart& goal : need.goals) {
        Element* inner = document_.Add(made, "goal", true);
        Put(inner, goal.goal, "goal");
        for (const Action& action : goal.actions) {
          Element* act = document_.Add(inner, "action", true);
          Element* activity = AddCopy(document_, act, "activity", *action.activity);
          Fill(activity, *all_.plan);
          for (const Element* stage : action.stages) Put(act, stage, "stage");
        }
      }
    }
    for (const OtherPlan& other : all_.others) {
      Element* made = document_.Add(root, other.is_contingency ? "contingency" : "additional", true);
      Put(made, other.plan, "plan");
      Put(made, other.review, "review");
      Put(made, other.advance, "advance");
    }
    return std::move(document_);
  }

 private:
  void Put(Element* parent, const Element* resource, std::string_view name) {
    if (resource) Fill(AddCopy(document_, parent, name, *resource, name == "formulation" || name == "stage"), *resource);
  }

  void Fill(Element* element, const Element& resource) {
    for (Element* child = element->first_child; child; child = child->next) {
      if (child->name != "target") Fill(child, resource);
    }
    const std::string_view reference = element->ValueOf("reference");
    if (reference.empty()) return;
    const Element* target = nullptr;
    for (const Element& contained : Repeats(resource, "contained")) {
      if (reference == "#" + std::string(contained.ValueOf("id"))) target = &contained;
    }
    for (const Element* contact : all_.contacts) {
      if (reference == "RelatedPerson/" + std::string(contact->ValueOf("id"))) target = contact;
    }
    if (target) AddCopy(document_, element, "target", *target);
  }

  const Gathered& all_;
  Document document_;
};

}  // namespace

bool IsReview(const Element& task) { return HasCode(task, "code", kSnomed, kReviewCode); }
bool IsContingency(const Element& plan) { return HasCode(plan, "category", kSnomed, kContingencyCode); }

bool IsStage(const Element& activity) {
  const Element* detail = activity.Find("detail");
  return detail && HasCode(*detail, "code", std::string(kBase) + "CodeSystem/planning-stage", {});
}

Result<Gathered> Gather(const App& app, storage::Reader& reader, Document plan) { return Gathering(app, reader).Run(std::move(plan)); }

Document ToSource(const Gathered& gathered) { return Source(gathered).Make(); }

}  // namespace server::care::plan
