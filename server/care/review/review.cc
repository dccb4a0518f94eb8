// All watches and standards, one after the other.
#include "server/care/review/review.h"

#include <utility>

#include "fhir/pathway/follow.h"
#include "server/care/review/raising.h"
#include "server/care/review/standards.h"

namespace server::care::review {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

Result<std::vector<Tally>> Review(App& app, const Stopping& stopping) {
  TRY_ASSIGN(const std::unique_ptr<storage::Lease> lease, app.store->Lead("review"));
  const auto another = [] { return Error(ErrorKind::kThrottled, "Another process is at the review. What it finds is raised by it."); };
  if (!lease) return another();
  const std::string now = fhir::pathway::InstantOf(app.now_us());
  const Round round{app, now.substr(0, 10), now, [&]() -> Result<void> {
                      if (stopping && stopping()) return Error(ErrorKind::kUnavailable, "The review was broken off. The next one goes on.");
                      if (!lease->Holds()) return another();
                      return {};
                    }};
  TRY_ASSIGN(const std::vector<Watch> watches, ReadWatches(WatchTable()));
  TRY_ASSIGN(std::vector<Tally> tallies, RunStandards(round));
  for (const Watch& watch : watches) {
    TRY_ASSIGN(Tally tally, Run(round, watch));
    tallies.push_back(std::move(tally));
  }
  return tallies;
}

Document Write(const std::vector<Tally>& tallies) {
  Document answer;
  answer.root = answer.NewResource("Parameters");
  for (const Tally& tally : tallies) {
    Element* one = answer.Add(answer.root, "parameter", true);
    answer.AddString(one, "name", "watch");
    const auto part = [&](std::string_view name) {
      Element* added = answer.Add(one, "part", true);
      answer.AddString(added, "name", name);
      return added;
    };
    answer.AddString(part("name"), "valueString", tally.watch);
    for (const auto& [name, count] : {std::pair{"found", tally.found}, {"raised", tally.raised}, {"cleared", tally.cleared}, {"failed", tally.failed}}) {
      answer.AddNumber(part(name), "valueInteger", std::to_string(count));
    }
  }
  return answer;
}

}  // namespace server::care::review
