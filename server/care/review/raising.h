// Watches: Flags and Tasks for what they find, and away with those whose reason has gone.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/app.h"
#include "server/care/review/review.h"
#include "server/care/review/watch.h"

namespace server::care::review {

// What all parts of one review have in common.
struct Round {
  App& app;
  std::string today;                   // "2026-03-01", UTC
  std::string now;                     // instant
  std::function<fhir::Result<void>()> go_on;   // asked between pages; an error ends the review
};

inline constexpr int kPage = 100;      // resources looked at, and written, at a time

// Watches with the same criteria: first clears, then raises. One tally each.
fhir::Result<std::vector<Tally>> Run(const Round& round, std::span<const Watch> watches);

}  // namespace server::care::review
