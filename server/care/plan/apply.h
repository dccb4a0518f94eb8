// PlanDefinition/$apply (https://hl7.org/fhir/R4/plandefinition-operation-apply.html): a plan is opened for a person from a template, and
// stored.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::plan {

struct Application {
  fhir::Document plan_definition;
  std::string subject;                    // "Patient/id"
  std::string encounter, practitioner, organization;   // references, may be empty
  std::vector<std::string> care_teams;    // "CareTeam/id"
  std::string start;                      // date; empty: today (UTC)
  std::string status = "draft";           // of the plan: draft or active
  bool store = true;                      // false: only what would be opened
};

struct Applied {
  storage::Version plan;                  // the CarePlan as it stands, with its body
  bool opened = false;                    // false: it was open already
  fhir::Document preview;                 // with `store` false and none open: the plan without an id, its Tasks contained; `plan` is empty
};

// Opens the plan: a CarePlan (intent plan, the template's topics as categories) with one activity for each action in order, its id the action's. An
// action whose definition is a contained ActivityDefinition of kind Task becomes a Task of its own, due `timing` after the start,
// owned by the practitioner, else the organization.
//
// One person has one open plan (draft, active, on hold) of a template in an encounter: asked again, that plan comes back as it stands. Ended plans do not
// count. Errors: kUnprocessable for a subject or another reference that is not there, kUnsupported for what of a template is not done
// (conditions, dynamic values, times of actions, goals, other subjects than a Patient).
fhir::Result<Applied> Apply(App& app, const Application& application);

}  // namespace server::care::plan
