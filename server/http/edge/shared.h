// What all connections of one edge share: options, handler, counters, the names given to requests.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "server/http/edge.h"
#include "server/http/request_parser.h"

namespace server::http::edge {

using Clock = std::chrono::steady_clock;

// EdgeFigures as they are counted.
struct Counters {
  using Count = std::atomic<std::uint64_t>;
  Count connections_accepted{0}, connections_refused{0}, connections_open{0}, handshakes_failed{0}, accept_failures{0};
  Count requests{0}, requests_running{0}, requests_queued{0}, requests_shed{0}, requests_refused{0};
  std::array<Count, 6> answers{};
  Count timeouts_handshake{0}, timeouts_head{0}, timeouts_body{0}, timeouts_write{0}, timeouts_idle{0};
  Count bytes_held{0}, bytes_read{0}, bytes_written{0};
};

inline void Add(Counters::Count& count, std::uint64_t amount = 1) { count.fetch_add(amount, std::memory_order_relaxed); }
inline void Subtract(Counters::Count& count, std::uint64_t amount = 1) { count.fetch_sub(amount, std::memory_order_relaxed); }

EdgeFigures ToFigures(const Counters& counters);

struct Shared {
  Shared(const EdgeOptions& from, Handler to_handler);

  const EdgeOptions options;
  const HeadLimits limits;
  const Handler handler;
  Counters counters;
  std::atomic<bool> stopping = false;          // answers say Connection: close, nothing new is accepted

  std::string NewRequestId() { return id_prefix_ + std::to_string(next_id_.fetch_add(1, std::memory_order_relaxed)); }

 private:
  std::string id_prefix_;                      // random, one per start
  std::atomic<std::uint64_t> next_id_{1};
};

// The caller's X-Request-ID when it is 8 to 64 letters, digits or '-'.
bool IsRequestId(std::string_view text);

}  // namespace server::http::edge
