// How many Tasks on a pathway reached each state in a period, and how long it took from state to state.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/pathway/table.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::pathway {

struct Question {
  const fhir::pathway::Pathway* pathway = nullptr;
  std::string from, to;                // days, both of the period; each may be empty: open
  std::string organization;            // the Task's owner or requester, "Organization/x"; empty: all
  // Inputs or outputs that a Task must have: name of the detail, and its value: "true", a reference, a code; empty: any.
  std::vector<std::pair<std::string, std::string>> details;
};

// A Parameters resource (README.md has its parts). Reads the Tasks page by page, in one state of the store: memory does not grow with them.
// Figures are not suppressed however small they are; that is for whoever publishes them.
fhir::Result<fhir::Document> Figures(const App& app, storage::Reader& reader, const Question& question);

}  // namespace server::care::pathway
