// What every resource passes before it is stored, whichever way it comes.
#pragma once

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "server/app.h"
#include "server/http/route.h"
#include "server/interactions/plan.h"

namespace server::interactions {

// The request's body as a tree. kInvalid with line and column, or a path, when it is not FHIR JSON.
fhir::Result<fhir::Document> ReadBody(const http::Call& call);

// Checks a planned resource: its type is the target's, its id fits, the validator's findings go to `issues`
// under the entry's place. Binds the tree to its definitions. Takes the id of a POST away.
fhir::Result<void> CheckResource(const App& app, PlannedEntry& planned, fhir::IssueSink& issues);

}  // namespace server::interactions
