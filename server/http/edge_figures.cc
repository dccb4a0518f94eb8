// Names and labels.
#include "server/http/edge_figures.h"

#include <string>
#include <utility>

namespace server::http {

void AddTo(metrics::Page& page, const EdgeFigures& figures) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  page.Counter("careloom_edge_connections_total", "Connections accepted", number(figures.connections_accepted));
  page.Gauge("careloom_edge_connections_open", "Connections open, parked ones included", number(figures.connections_open));
  page.Gauge("careloom_edge_requests_running", "Requests that a worker is at", number(figures.requests_running));
  page.Gauge("careloom_edge_requests_queued", "Whole requests that wait for a worker", number(figures.requests_queued));
  page.Gauge("careloom_edge_held_bytes", "Bodies that come, and answers that callers are slow to take, in memory", number(figures.bytes_held));
  const std::pair<const char*, std::uint64_t> refusals[] = {{"connections", figures.connections_refused}, {"handshake", figures.handshakes_failed},
                                                            {"accept", figures.accept_failures},          {"busy", figures.requests_shed},
                                                            {"request", figures.requests_refused}};
  for (const auto& [reason, count] : refusals) {
    page.Counter("careloom_edge_refused_total", "What the listener refused: connections over a limit, TLS handshakes, accepts, requests when busy, requests in all", number(count), {{"reason", reason}});
  }
  const std::pair<const char*, std::uint64_t> timeouts[] = {{"handshake", figures.timeouts_handshake}, {"head", figures.timeouts_head}, {"body", figures.timeouts_body},
                                                            {"write", figures.timeouts_write},         {"idle", figures.timeouts_idle}};
  for (const auto& [phase, count] : timeouts) page.Counter("careloom_edge_timeouts_total", "Connections that took longer than a phase may", number(count), {{"phase", phase}});
  page.Counter("careloom_edge_read_bytes_total", "Bytes read from sockets", number(figures.bytes_read));
  page.Counter("careloom_edge_written_bytes_total", "Bytes written to sockets", number(figures.bytes_written));
}

}  // namespace server::http
