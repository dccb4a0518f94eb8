// How often a peer may show credentials that are nobody's: a few at once, then so many a minute. Fixed memory, whoever
// knocks: peers share the table's slots by hash.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace server::http {

class FailureRate {
 public:
  FailureRate(int at_once, int a_minute) : at_once_(at_once), a_minute_(a_minute) {}
  // Counts one failure of the peer at that time (milliseconds of any clock that does not go back). Seconds that the peer
  // should wait when it was one too many; else 0. Thread-safe.
  int Count(std::string_view peer, std::int64_t now_ms);

 private:
  struct Slot {
    std::int64_t spent_ms = 0;   // up to when the failures counted so far are paid for
  };
  const std::int64_t at_once_, a_minute_;
  std::mutex mutex_;
  std::array<Slot, 4096> slots_;   // guarded by mutex_
};

}  // namespace server::http
