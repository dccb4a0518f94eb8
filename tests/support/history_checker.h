// Was a history of concurrent callers one that a correct store can give? Callers record what they asked, when, and what
// they were told; at the end every resource's versions are read; the checker finds what cannot be (hardening: S14).
//
// What it rests on: every write carries a value of its own, so that a version names who wrote it; all times are of one clock.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace careloom_test {

inline constexpr std::int64_t kDeletion = 0;    // as a value: the version is a deletion
inline constexpr std::int64_t kNotThere = 0;    // as a version: the resource never was
inline constexpr std::int64_t kNotShown = -1;   // as a version: absent from a search's answer, so never stored or deleted

// One version of one resource as somebody was shown it.
struct Sight {
  std::string key;
  std::int64_t version = kNotThere;
  std::int64_t value = kDeletion;
};

struct HistoryWrite {
  std::string key = {};                           // empty: the server chose it and the answer was lost
  std::int64_t value = kDeletion;                 // unique, but for deletions
  std::int64_t version = 0;                       // as acknowledged; 0: not told
  std::optional<std::int64_t> expected = {};      // If-Match
};

// One request. Its writes happen all or not at all; its sights are of one state.
struct Operation {
  enum class Outcome : std::uint8_t { kDone, kRefused, kUnknown };
  // What the sights are: the current versions; one older version; a resource's versions, newest first.
  enum class Shows : std::uint8_t { kCurrent, kVersion, kHistory };
  std::int64_t start = 0, end = 0;                // of one clock for all callers
  Outcome outcome = Outcome::kDone;
  Shows shows = Shows::kCurrent;
  std::string condition = {};                     // the criteria of a conditional write, or of a search for what they find
  std::vector<HistoryWrite> writes = {};
  std::vector<Sight> sights = {};
};

// What stands at the end: version n of a resource at index n - 1.
struct FinalVersion {
  std::int64_t value = kDeletion;
  std::int64_t last_updated_us = 0;
};
using FinalHistory = std::map<std::string, std::vector<FinalVersion>>;

enum class AnomalyKind : std::uint8_t {
  kLostWrite,         // acknowledged as a version that does not hold it
  kWrittenTwice,      // one write stands as two versions
  kNeverWritten,      // a version that nobody wrote, or that was written to another resource
  kRefusedButStored,  // refused, and yet it stands
  kIfMatchIgnored,    // an If-Match succeeded and did not replace the version that it named
  kRefusedInVain,     // an If-Match was refused although its version stood throughout
  kOutOfOrder,        // a later version was acknowledged before an earlier one was asked for, or time goes back
  kDirtyRead,         // shown what never was a version
  kReadOfFuture,      // shown a version that nobody had asked for yet
  kStaleRead,         // shown an older version than somebody had been shown, or acknowledged, before
  kTornHistory,       // versions missing from or doubled in a history
  kHalfTransaction,   // some of a transaction's writes stand and others do not
  kTornRead,          // one state shows some of a transaction's writes and not the others
  kDuplicateCreate,   // two resources stood at once for one condition
  kMissedMatch,       // a condition found nothing although its resource stood throughout
};

struct Anomaly {
  AnomalyKind kind;
  std::string text;
};

// All that is wrong, at most 20 of each kind. Deletions that came to nothing (it was deleted already) are given as done with the
// deletion's version; a conditional write that found nothing to do as done without writes and sights.
std::vector<Anomaly> CheckHistory(const std::vector<Operation>& operations, const FinalHistory& final_history);

// One a line, for a test's message.
std::string ToText(const std::vector<Anomaly>& anomalies);

}  // namespace careloom_test
