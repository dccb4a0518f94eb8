// careloom review: what is overdue or out of hand becomes Flags and Tasks, once; for a timer of the system's own.
#include "server/care/review/review.h"

#include "server/command/files.h"
#include "server/command/store_use.h"

namespace server::command {
namespace {

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const auto app = OpenStore(arguments);
  if (!app) return Fail(terminal, "review", app.error());
  const auto tallies = care::review::Review(**app);
  if (!tallies) return Fail(terminal, "review", tallies.error());
  bool failed = false;
  for (const care::review::Tally& tally : *tallies) {
    failed = failed || tally.failed > 0;
    Say(terminal.out, tally.watch + ": " + std::to_string(tally.found) + " found, " + std::to_string(tally.raised) + " raised, " + std::to_string(tally.cleared) + " cleared" +
                          (tally.failed > 0 ? ", " + std::to_string(tally.failed) + " could not be written and are tried again by the next review" : ""));
  }
  return failed ? Exit::kFindings : Exit::kDone;
}

}  // namespace

Command Review() {
  return {.name = "review",
          .summary = "Raise Flags and Tasks for overdue reviews and missed waiting times",
          .example = "careloom review --data build/data",
          .parameters = {DataParameter(), PostgresParameter()},
          .run = Run};
}

}  // namespace server::command
