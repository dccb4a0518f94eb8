// How a budget stands, for the watches: by its statement as at today, and by the returns on what was paid out.
#pragma once

#include <optional>
#include <string>

#include "fhir/base/result.h"
#include "server/app.h"

namespace server::care::review {

struct Verdict {
  bool over = false, under = false;    // fhir/money/README.md says when
  bool unreturned = false;             // money was paid to somebody more than so many days ago, and no return covers that day
};

// Of an Account. Nothing: it is no budget that a statement can be made of, and nothing can be said. An error is the store's.
fhir::Result<std::optional<Verdict>> JudgeBudget(const App& app, const std::string& id, int unreturned_days);

}  // namespace server::care::review
