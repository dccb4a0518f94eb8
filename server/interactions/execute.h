// Runs a plan in the store, all of it or none: ids settled, references written, then DELETE, POST, PUT, GET.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/http/message.h"
#include "server/interactions/plan.h"

namespace server::interactions {

// What came of one entry.
struct Done {
  int status = 200;                 // 201 created, 200, 204 deleted
  bool changed = false;             // false: what was stored says the same already
  storage::Version version;         // as it stands; body only when asked for
  http::Response answer;            // of a GET
};

// What else belongs to the same commit; runs after the entries, and an error undoes them too. It may run
// again, so it keeps nothing outside of the store but what it overwrites.
using Also = std::function<fhir::Result<void>(storage::WriteTransaction&, const std::vector<Done>&)>;

struct ExecuteOptions {
  bool keep_bodies = false;         // answers show the resources
  bool from_source = false;         // see TransactionOptions
  Also also = {};
  // Answers a GET entry from the transaction's state.
  std::function<http::Response(const PlannedEntry&, storage::Reader&)> get;
};

// One Done for each entry, in the plan's order. An error has the place of its entry.
fhir::Result<std::vector<Done>> Execute(App& app, Plan& plan, const ExecuteOptions& options);

}  // namespace server::interactions
