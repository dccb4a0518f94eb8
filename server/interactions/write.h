// The one way of create, update and delete: a plan of one entry, executed, answered.
#pragma once

#include "server/http/route.h"
#include "server/interactions/handlers.h"
#include "server/interactions/plan.h"

namespace server::interactions {

// Type and id from the URL, If-Match, and criteria from the query or If-None-Exist.
fhir::Result<PlannedEntry> PlanRequest(const http::Call& call, Verb verb);

// Reads and checks the body into `planned`, runs it, answers as Prefer asks.
Answer WriteBody(const http::Call& call, PlannedEntry planned);

}  // namespace server::interactions
