// A distribution that many threads add to: fixed bounds, a counter for each, no lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace server::metrics {

// `kBounds` is an array of integers, ascending; the values are of the same unit (microseconds, jobs).
template <const auto& kBounds>
class Tally {
 public:
  static constexpr std::size_t kCounts = kBounds.size() + 1;

  void Add(std::int64_t value) {
    std::size_t at = 0;
    while (at < kBounds.size() && value > kBounds[at]) ++at;
    counts_[at].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  std::array<std::uint64_t, kCounts> Counts() const {
    std::array<std::uint64_t, kCounts> counts;
    for (std::size_t i = 0; i < kCounts; ++i) counts[i] = counts_[i].load(std::memory_order_relaxed);
    return counts;
  }
  std::int64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, kCounts> counts_ = {};
  std::atomic<std::int64_t> sum_ = 0;
};

}  // namespace server::metrics
