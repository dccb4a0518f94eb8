// Who changed what of a plan, from which system, when: over the versions of the plan and of all that it consists of or consisted of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::plan {

struct ChangesAsked {
  std::string plan;                        // CarePlan id
  std::optional<std::int64_t> since_us;    // stored at or after
  std::optional<std::int64_t> until_us;    // stored before
  int count = 20;                          // changes a page
  std::string cursor;                      // of the page before; empty: the first
};

struct Changes {
  // Parameters: `total` (integer), then one `change` for each version, newest first, with parts `resource` (Reference), `version` (string), `when` (instant), `action`
  // (code: create, update, delete), `by` (Reference, several), `source` (string, several), `provenance` (Reference), and for each value that differs
  // `element` with parts `path`, `before`, `after` (strings; a missing one was not there). No `by`: nobody said who.
  fhir::Document parameters;
  std::string next;                        // cursor of the next page; empty on the last
};

// What a plan consists of: what any version of it in this store refers to as goal, need, activity, supporting information, team or whole, the plans that are part of
// it, and what these refer to likewise. A Provenance speaks of a version when it names the resource and was stored with it: within five seconds
// after, and before the next version. Errors: kNotFound, kTooLarge for more than 20,000 versions, kInvalid for a cursor that is none.
fhir::Result<Changes> FindChanges(const App& app, storage::Reader& reader, const ChangesAsked& asked);

}  // namespace server::care::plan
