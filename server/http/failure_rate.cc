// One time a slot does: each failure moves it on by a minute's share, and it may be ahead of the clock by what is allowed at once.
#include "server/http/failure_rate.h"

#include <algorithm>
#include <functional>

namespace server::http {

int FailureRate::Count(std::string_view peer, std::int64_t now_ms) {
  const std::int64_t share_ms = 60'000 / a_minute_;
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[std::hash<std::string_view>{}(peer) % slots_.size()];
  const std::int64_t spent_ms = std::max(slot.spent_ms, now_ms) + share_ms;
  const std::int64_t over_ms = spent_ms - now_ms - at_once_ * share_ms;
  if (over_ms > 0) return static_cast<int>((over_ms + 999) / 1000);
  slot.spent_ms = spent_ms;
  return 0;
}

}  // namespace server::http
