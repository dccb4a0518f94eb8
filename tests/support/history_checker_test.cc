// The checker's teeth: made-up histories, each wrong in one way, and what it must find in each (hardening: S14).
#include "tests/support/history_checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace careloom_test {
namespace {

using enum AnomalyKind;
using Outcome = Operation::Outcome;
using Shows = Operation::Shows;

struct Case {
  const char* name;
  std::vector<Operation> operations;
  FinalHistory final_history;
  std::set<AnomalyKind> found;
};

Operation Wrote(std::int64_t start, std::int64_t end, std::vector<HistoryWrite> writes, Outcome outcome = Outcome::kDone, std::string condition = {}) {
  return {.start = start, .end = end, .outcome = outcome, .condition = std::move(condition), .writes = std::move(writes)};
}
Operation Saw(std::int64_t start, std::int64_t end, std::vector<Sight> sights, Shows shows = Shows::kCurrent, std::string condition = {}) {
  return {.start = start, .end = end, .shows = shows, .condition = std::move(condition), .sights = std::move(sights)};
}

const std::vector<Case>& Cases() {
  // Two writes of a, one after the other; one transaction over a and b.
  static const Operation first = Wrote(1, 2, {{"a", 11, 1}}), second = Wrote(3, 4, {{"a", 12, 2, 1}}), both = Wrote(1, 2, {{"a", 11, 1}, {"b", 21, 1}}), later = Wrote(5, 6, {{"a", 12, 2}, {"b", 22, 2}});
  static const FinalHistory two = {{"a", {{11, 1}, {12, 2}}}}, pair = {{"a", {{11, 1}, {12, 2}}}, {"b", {{21, 1}, {22, 2}}}};
  static const Operation created = Wrote(1, 2, {{"x", 31, 1}}, Outcome::kDone, "c");
  static const std::vector<Case> cases = {
      {"all is well", {first, second, Saw(5, 6, {{"a", 2, 12}}), Saw(2, 3, {{"a", 1, 11}}), Saw(5, 6, {{"a", 2, 12}, {"a", 1, 11}}, Shows::kHistory), Saw(0, 2, {{"a", 0, 0}})}, two, {}},
      {"an unknown write that stands", {first, Wrote(3, 4, {{"a", 12, 0}}, Outcome::kUnknown)}, two, {}},
      {"an unknown write that does not", {first, second, Wrote(3, 4, {{"a", 13, 0}}, Outcome::kUnknown)}, two, {}},
      {"an acknowledged write is gone", {first, second, Wrote(5, 6, {{"a", 13, 3}})}, two, {kLostWrite}},
      {"two writes were given one version", {first, second, Wrote(3, 4, {{"a", 13, 2}})}, two, {kLostWrite}},
      {"one write stands twice", {first}, {{"a", {{11, 1}, {11, 2}}}}, {kWrittenTwice}},
      {"a version of nobody", {first}, {{"a", {{11, 1}, {99, 2}}}}, {kNeverWritten}},
      {"a write landed at another resource", {first, Wrote(3, 4, {{"b", 12, 0}}, Outcome::kUnknown)}, two, {kNeverWritten}},
      {"a deletion that nobody asked for", {first}, {{"a", {{11, 1}, {0, 2}}}}, {kNeverWritten}},
      {"a refused write stands", {first, Wrote(3, 4, {{"a", 12, 0}}, Outcome::kRefused)}, two, {kRefusedButStored}},
      {"If-Match replaced another version", {first, second, Wrote(5, 6, {{"a", 13, 3, 1}})}, {{"a", {{11, 1}, {12, 2}, {13, 3}}}}, {kIfMatchIgnored}},
      {"If-Match of the current version was refused", {first, second, Wrote(5, 6, {{"a", 13, 0, 2}}, Outcome::kRefused)}, two, {kRefusedInVain}},
      {"If-Match of a version that was being replaced was refused", {first, second, Wrote(2, 4, {{"a", 13, 0, 1}}, Outcome::kRefused)}, two, {}},
      {"If-Match of a deletion was refused", {first, Wrote(3, 4, {{"a", 0, 2}}), Wrote(5, 6, {{"a", 13, 0, 2}}, Outcome::kRefused)}, {{"a", {{11, 1}, {0, 2}}}}, {}},
      {"a deletion with If-Match of what somebody had deleted", {first, second, Wrote(5, 6, {{"a", 0, 3}}), Wrote(7, 8, {{"a", 0, 3, 1}})}, {{"a", {{11, 1}, {12, 2}, {0, 3}}}}, {}},
      {"a deletion deleted another version than its If-Match", {first, second, Wrote(7, 8, {{"a", 0, 3, 1}})}, {{"a", {{11, 1}, {12, 2}, {0, 3}}}}, {kIfMatchIgnored}},
      {"versions in another order than time", {Wrote(1, 2, {{"a", 12, 2}}), Wrote(3, 4, {{"a", 11, 1}})}, two, {kOutOfOrder, kStaleRead}},
      {"lastUpdated goes back", {first, second}, {{"a", {{11, 2}, {12, 1}}}}, {kOutOfOrder}},
      {"shown what was never stored", {first, second, Saw(5, 6, {{"a", 2, 77}})}, two, {kDirtyRead}},
      {"shown a refused write", {first, Wrote(3, 4, {{"a", 12, 0}}, Outcome::kRefused), Saw(5, 6, {{"a", 2, 12}})}, {{"a", {{11, 1}}}}, {kDirtyRead}},
      {"shown before it was asked for", {first, Saw(2, 2, {{"a", 2, 12}}), second}, two, {kReadOfFuture}},
      {"own write not read", {first, second, Saw(5, 6, {{"a", 1, 11}})}, two, {kStaleRead}},
      {"a resource gone that was acknowledged", {first, second, Saw(5, 6, {{"a", 0, 0}})}, two, {kStaleRead}},
      {"two readers see time go back", {first, Wrote(3, 99, {{"a", 12, 0}}, Outcome::kUnknown), Saw(5, 6, {{"a", 2, 12}}), Saw(7, 8, {{"a", 1, 11}})}, two, {kStaleRead}},
      {"a deleted resource is shown again", {first, Wrote(3, 4, {{"a", 0, 2}}), Saw(5, 6, {{"a", 1, 11}})}, {{"a", {{11, 1}, {0, 2}}}}, {kStaleRead}},
      {"a search shows what was deleted", {first, Wrote(3, 4, {{"a", 0, 2}}), Saw(5, 6, {{"a", 1, 11}}, Shows::kCurrent, "g")}, {{"a", {{11, 1}, {0, 2}}}}, {kStaleRead}},
      {"a search leaves out what stands", {first, second, Saw(5, 6, {{"a", kNotShown, 0}})}, two, {kStaleRead}},
      {"a deletion again is no version", {first, Wrote(3, 4, {{"a", 0, 2}}), Wrote(5, 6, {{"a", 0, 2}})}, {{"a", {{11, 1}, {0, 2}}}}, {}},
      {"an acknowledged deletion is gone", {first, Wrote(3, 4, {{"a", 0, 2}})}, {{"a", {{11, 1}}}}, {kLostWrite}},
      {"a history with a hole", {first, second, Wrote(5, 6, {{"a", 13, 3}}), Saw(7, 8, {{"a", 3, 13}, {"a", 1, 11}}, Shows::kHistory)}, {{"a", {{11, 1}, {12, 2}, {13, 3}}}}, {kTornHistory}},
      {"a history that doubles", {first, second, Saw(7, 8, {{"a", 2, 12}, {"a", 2, 12}}, Shows::kHistory)}, two, {kTornHistory}},
      {"an old history", {first, second, Saw(7, 8, {{"a", 1, 11}}, Shows::kHistory)}, two, {kStaleRead}},
      {"an older version read by its number", {first, second, Saw(7, 8, {{"a", 1, 11}}, Shows::kVersion)}, two, {}},
      {"half an unknown transaction", {Wrote(1, 2, {{"a", 11, 0}, {"b", 21, 0}}, Outcome::kUnknown)}, {{"a", {{11, 1}}}}, {kHalfTransaction}},
      {"a transaction seen whole", {both, later, Saw(5, 6, {{"a", 1, 11}, {"b", 1, 21}}), Saw(5, 6, {{"a", 2, 12}, {"b", 2, 22}})}, pair, {}},
      {"a transaction seen half", {both, later, Saw(5, 6, {{"a", 2, 12}, {"b", 1, 21}})}, pair, {kTornRead}},
      {"a transaction seen half: the other not there", {both, Saw(1, 2, {{"a", 1, 11}, {"b", kNotShown, 0}})}, {{"a", {{11, 1}}}, {"b", {{21, 1}}}}, {kTornRead}},
      {"a transaction's deletion seen without its write", {both, Wrote(5, 6, {{"a", 12, 2}, {"b", 0, 2}}), Saw(5, 6, {{"a", 2, 12}, {"b", 1, 21}})}, {{"a", {{11, 1}, {12, 2}}}, {"b", {{21, 1}, {0, 2}}}}, {kTornRead}},
      {"two creates for one condition", {created, Wrote(3, 4, {{"y", 32, 1}}, Outcome::kDone, "c")}, {{"x", {{31, 1}}}, {"y", {{32, 1}}}}, {kDuplicateCreate}},
      {"two creates at once", {created, Wrote(1, 2, {{"y", 32, 1}}, Outcome::kDone, "c")}, {{"x", {{31, 1}}}, {"y", {{32, 1}}}}, {kDuplicateCreate}},
      {"the second create is of an answer that was lost", {created, Wrote(3, 4, {{"", 32, 0}}, Outcome::kUnknown, "c")}, {{"x", {{31, 1}}}, {"y", {{32, 1}}}}, {kDuplicateCreate}},
      {"a create after the deletion", {created, Wrote(3, 4, {{"", 0, 2}}, Outcome::kDone, "c"), Wrote(5, 6, {{"y", 32, 1}}, Outcome::kDone, "c")}, {{"x", {{31, 1}, {0, 2}}}, {"y", {{32, 1}}}}, {}},
      {"a create before the deletion", {created, Wrote(3, 4, {{"y", 32, 1}}, Outcome::kDone, "c"), Wrote(5, 6, {{"", 0, 2}}, Outcome::kDone, "c")}, {{"x", {{31, 1}, {0, 2}}}, {"y", {{32, 1}}}}, {kDuplicateCreate}},
      {"two shown for one condition", {created, Saw(3, 4, {{"x", 1, 31}, {"y", 1, 32}}, Shows::kCurrent, "c")}, {{"x", {{31, 1}}}}, {kDuplicateCreate, kDirtyRead}},
      {"a condition finds nothing of what stands", {created, Saw(3, 4, {}, Shows::kCurrent, "c")}, {{"x", {{31, 1}}}}, {kMissedMatch}},
      {"a conditional deletion comes to nothing", {created, Wrote(3, 4, {{"", 0, 2}}, Outcome::kDone, "c")}, {{"x", {{31, 1}}}}, {kLostWrite}},
  };
  return cases;
}

TEST(HistoryChecker, S14_FindsEachAnomalyAndNothingElse) {
  std::set<AnomalyKind> tried;
  for (const Case& one : Cases()) {
    const std::vector<Anomaly> anomalies = CheckHistory(one.operations, one.final_history);
    std::set<AnomalyKind> found;
    for (const Anomaly& anomaly : anomalies) found.insert(anomaly.kind);
    EXPECT_EQ(found, one.found) << one.name << ":\n" << ToText(anomalies);
    tried.insert(one.found.begin(), one.found.end());
  }
  EXPECT_EQ(tried.size(), static_cast<std::size_t>(kMissedMatch) + 1) << "a kind of anomaly without a case";
}

}  // namespace
}  // namespace careloom_test
