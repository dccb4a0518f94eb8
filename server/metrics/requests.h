// Counts of requests by route, method and status class, and how long they took. Counting is a few additions to memory
// that is there from the start; a page is made of it only when somebody asks.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/metrics/page.h"
#include "server/metrics/tally.h"

namespace server::metrics {

// Upper bounds of the durations' buckets, microseconds.
inline constexpr std::array<std::int64_t, 14> kDurationBounds = {250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};

class Requests {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;

  // The labels: routes by number from 0; one more, "none", is for what no route answered.
  explicit Requests(std::vector<std::string> routes);

  // `route` over the last (kNone) is "none"; a method that HTTP does not have counts as "other". Thread-safe.
  void Count(std::size_t route, std::string_view method, int status, std::int64_t duration_us, std::uint64_t bytes_in, std::uint64_t bytes_out);
  // What was counted so far; what is still zero is left out.
  void AddTo(Page& page) const;

 private:
  static constexpr std::array<std::string_view, 8> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"};
  static constexpr std::size_t kClasses = 5;   // 1xx to 5xx

  struct OfRoute {
    std::array<std::array<std::atomic<std::uint64_t>, kClasses>, kMethods.size()> counts = {};
    Tally<kDurationBounds> durations;
  };

  const std::vector<std::string> names_;
  const std::unique_ptr<OfRoute[]> routes_;   // as many as names
  std::atomic<std::uint64_t> bytes_in_ = 0, bytes_out_ = 0;
};

}  // namespace server::metrics
