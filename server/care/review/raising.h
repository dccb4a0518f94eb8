// Watches: Flags and Tasks for what they find, and away with those whose reason has gone.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/app.h"
#include "server/care/review/pages.h"
#include "server/care/review/review.h"
#include "server/care/review/watch.h"

namespace server::care::review {

// Watches with the same criteria: first clears, then raises. One tally each.
fhir::Result<std::vector<Tally>> Run(const Round& round, std::span<const Watch> watches);

}  // namespace server::care::review
