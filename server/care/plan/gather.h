// A stored plan with all that it consists of, put together in its order: need, goal, action, stage goal; contacts, reviews, contingency
// and additional plans.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::plan {

struct Action {
  const fhir::Element* activity = nullptr;     // within the plan
  std::vector<const fhir::Element*> stages;    // Goals
};

struct GoalPart {
  const fhir::Element* goal = nullptr;         // null: actions that name no goal
  std::vector<Action> actions;
};

struct NeedPart {
  const fhir::Element* condition = nullptr;    // null: goals that address no need of the plan
  std::vector<GoalPart> goals;
};

struct OtherPlan {
  const fhir::Element* plan = nullptr;
  const fhir::Element* review = nullptr;       // Task
  const fhir::Element* advance = nullptr;      // Observation
  bool is_contingency = false;
};

struct Gathered {
  std::vector<fhir::Document> documents;       // what the pointers point into
  const fhir::Element* plan = nullptr;
  const fhir::Element* review = nullptr;
  const fhir::Element* team = nullptr;
  std::vector<NeedPart> needs;
  std::vector<const fhir::Element*> formulations;
  std::vector<OtherPlan> others;
  std::vector<const fhir::Element*> accounts;
  std::vector<const fhir::Element*> contacts;  // RelatedPersons of the team
};

// `plan` is a CarePlan as it stands. What it refers to and is not here is left out.
// kTooLarge for a plan of more than 5,000 parts.
fhir::Result<Gathered> Gather(const App& app, storage::Reader& reader, fhir::Document plan);

// The same as one tree for the populating maps: { plan, team, need: [{condition, goal: [{goal, action: [{activity, stage: []}]}]}], formulation: [],
// contingency: [{plan, review, advance}], additional: [{plan, review}] }. A contained or referred resource stands in the reference as `target`.
fhir::Document ToSource(const Gathered& gathered);

bool IsReview(const fhir::Element& task);
bool IsContingency(const fhir::Element& plan);
// An activity that is a stage of planning, not an action of the plan.
bool IsStage(const fhir::Element& activity);

}  // namespace server::care::plan
