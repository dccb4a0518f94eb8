// Counters into figures, and the ids of requests.
#include "server/http/edge/shared.h"

#include <algorithm>
#include <random>

namespace server::http::edge {
namespace {

std::string RandomPrefix() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device device;
  std::string prefix;
  for (int i = 0; i < 12; ++i) prefix += kHex[device() & 15];
  return prefix + "-";
}

}  // namespace

Shared::Shared(const EdgeOptions& from, Handler to_handler)
    : options(from),
      limits{from.request_line_bytes, from.head_bytes, from.field_bytes, from.fields},
      handler(std::move(to_handler)),
      id_prefix_(RandomPrefix()) {}

bool IsRequestId(std::string_view text) {
  return text.size() >= 8 && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

EdgeFigures ToFigures(const Counters& counters) {
  const auto read = [](const Counters::Count& count) { return count.load(std::memory_order_relaxed); };
  EdgeFigures figures;
  figures.connections_accepted = read(counters.connections_accepted);
  figures.connections_refused = read(counters.connections_refused);
  figures.connections_open = read(counters.connections_open);
  figures.handshakes_failed = read(counters.handshakes_failed);
  figures.accept_failures = read(counters.accept_failures);
  figures.requests = read(counters.requests);
  figures.requests_running = read(counters.requests_running);
  figures.requests_queued = read(counters.requests_queued);
  figures.requests_shed = read(counters.requests_shed);
  figures.requests_refused = read(counters.requests_refused);
  for (std::size_t i = 0; i < figures.answers.size(); ++i) figures.answers[i] = read(counters.answers[i]);
  figures.timeouts_handshake = read(counters.timeouts_handshake);
  figures.timeouts_head = read(counters.timeouts_head);
  figures.timeouts_body = read(counters.timeouts_body);
  figures.timeouts_write = read(counters.timeouts_write);
  figures.timeouts_idle = read(counters.timeouts_idle);
  figures.bytes_held = read(counters.bytes_held);
  figures.bytes_read = read(counters.bytes_read);
  figures.bytes_written = read(counters.bytes_written);
  return figures;
}

}  // namespace server::http::edge
