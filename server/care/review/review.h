// The review: what is overdue or out of hand becomes a Flag for the person and a Task for who is responsible, once; when the reason has gone
// the Flag goes inactive. Missed waiting-time standards are stepped and raise what the pathway says. README.md has the whole.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"

namespace server::care::review {

// What one watch came to.
struct Tally {
  std::string watch;
  std::int64_t found = 0;     // that have the reason now
  std::int64_t raised = 0;    // Flags, or Tasks, that are new or active again
  std::int64_t cleared = 0;   // whose reason has gone
  std::int64_t failed = 0;    // that could not be written now; the next review tries again
};

using Stopping = std::function<bool()>;

// Works through everything that is due, page by page; writes in small transactions. May be broken off anywhere (`stopping`, an error): what was
// written stands, and the next one goes on. kThrottled: another process is at it. kUnavailable and others: the store's.
fhir::Result<std::vector<Tally>> Review(App& app, const Stopping& stopping = {});

// A Parameters resource: for each watch {`watch`, `found`, `raised`, `cleared`, `failed`}.
fhir::Document Write(const std::vector<Tally>& tallies);

}  // namespace server::care::review
