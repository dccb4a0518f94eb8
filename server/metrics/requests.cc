// Counting and telling.
#include "server/metrics/requests.h"

#include <algorithm>

namespace server::metrics {
namespace {

std::vector<std::string> WithNone(std::vector<std::string> routes) {
  routes.emplace_back("none");
  return routes;
}

constexpr auto kDurationSeconds = [] {
  std::array<double, kDurationBounds.size()> seconds{};
  for (std::size_t i = 0; i < seconds.size(); ++i) seconds[i] = static_cast<double>(kDurationBounds[i]) / 1e6;
  return seconds;
}();

}  // namespace

Requests::Requests(std::vector<std::string> routes) : names_(WithNone(std::move(routes))), routes_(std::make_unique<OfRoute[]>(names_.size())) {}

void Requests::Count(std::size_t route, std::string_view method, int status, std::int64_t duration_us, std::uint64_t bytes_in, std::uint64_t bytes_out) {
  OfRoute& counted = routes_[std::min(route, names_.size() - 1)];
  std::size_t at = 0;
  while (at + 1 < kMethods.size() && kMethods[at] != method) ++at;
  counted.counts[at][static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)].fetch_add(1, std::memory_order_relaxed);
  counted.durations.Add(duration_us);
  bytes_in_.fetch_add(bytes_in, std::memory_order_relaxed);
  bytes_out_.fetch_add(bytes_out, std::memory_order_relaxed);
}

void Requests::AddTo(Page& page) const {
  for (std::size_t route = 0; route < names_.size(); ++route) {
    for (std::size_t method = 0; method < kMethods.size(); ++method) {
      for (std::size_t status = 0; status < kClasses; ++status) {
        const std::uint64_t count = routes_[route].counts[method][status].load(std::memory_order_relaxed);
        if (count == 0) continue;
        page.Counter("careloom_http_requests_total", "Requests answered", static_cast<double>(count),
                     {{"route", names_[route]}, {"method", std::string(kMethods[method])}, {"status", std::to_string(status + 1) + "xx"}});
      }
    }
  }
  for (std::size_t route = 0; route < names_.size(); ++route) {
    const auto counts = routes_[route].durations.Counts();
    if (std::ranges::all_of(counts, [](std::uint64_t count) { return count == 0; })) continue;
    page.Histogram("careloom_http_request_duration_seconds", "From a request's first byte to the last of its answer",
                   {kDurationSeconds, counts, static_cast<double>(routes_[route].durations.sum()) / 1e6}, {{"route", names_[route]}});
  }
  page.Counter("careloom_http_received_bytes_total", "Bytes of requests, head and body", static_cast<double>(bytes_in_.load()));
  page.Counter("careloom_http_sent_bytes_total", "Bytes of answers, head and body", static_cast<double>(bytes_out_.load()));
}

}  // namespace server::metrics
