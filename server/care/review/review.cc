// All watches and standards, one after the other.
#include "server/care/review/review.h"

#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include "fhir/pathway/follow.h"
#include "server/care/parts.h"
#include "server/care/review/raising.h"
#include "server/care/review/standards.h"

namespace server::care::review {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr auto kPatience = std::chrono::seconds(2);         // a lease that was let go of is free a moment later
constexpr auto kLookAgain = std::chrono::milliseconds(50);

// Null: another process is at it, and was for some time.
Result<std::unique_ptr<storage::Lease>> Lead(App& app) {
  for (const auto end = std::chrono::steady_clock::now() + kPatience;;) {
    TRY_ASSIGN(std::unique_ptr<storage::Lease> lease, app.store->Lead("review"));
    if (lease || std::chrono::steady_clock::now() >= end) return lease;
    std::this_thread::sleep_for(kLookAgain);
  }
}

}  // namespace

Result<std::vector<Tally>> Review(App& app, const Stopping& stopping) {
  TRY_ASSIGN(const std::unique_ptr<storage::Lease> lease, Lead(app));
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
  for (std::span<const Watch> rest = watches; !rest.empty();) {
    std::size_t same = 1;
    while (same < rest.size() && rest[same].type == rest[0].type && rest[same].criteria == rest[0].criteria) ++same;
    TRY_ASSIGN(const std::vector<Tally> some, Run(round, rest.first(same)));
    tallies.insert(tallies.end(), some.begin(), some.end());
    rest = rest.subspan(same);
  }
  return tallies;
}

Document Write(const std::vector<Tally>& tallies) {
  Document answer;
  answer.root = answer.NewResource("Parameters");
  for (const Tally& tally : tallies) {
    Element* one = AddParameter(answer, answer.root, "watch");
    answer.AddString(AddParameter(answer, one, "name"), "valueString", tally.watch);
    for (const auto& [name, count] : {std::pair{"found", tally.found}, {"raised", tally.raised}, {"cleared", tally.cleared}, {"failed", tally.failed}}) {
      answer.AddNumber(AddParameter(answer, one, name), "valueInteger", std::to_string(count));
    }
  }
  return answer;
}

}  // namespace server::care::review
