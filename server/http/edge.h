// The listener: reads HTTP/1.1 requests from sockets, refuses what is not one, hands the rest to a handler and
// sends its answer. Every phase of a connection has a deadline, everything that grows has a limit.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fhir/base/result.h"
#include "server/http/message.h"

namespace Poco::Net {
class StreamSocket;
}

namespace server::http {

class Channel;

struct EdgeOptions {
  std::string address = "127.0.0.1";          // an IP address to listen on
  std::uint16_t port = 8080;                  // 0: any free one, see Edge::port()

  // How much at once. What is over is answered 503 with Retry-After.
  int workers = 0;                            // requests handled at once, at the most; 0: 64, or two for each core
  int queued_requests = 1024;                 // whole requests that wait for a worker
  int connections = 10'000;                   // open at once; fewer where the process may not open as many files
  int connections_per_ip = 64;                // of one address; loopback is not counted
  int requests_per_connection = 1000;         // then it is closed after the answer
  std::size_t held_bytes = 1u << 30;          // of all bodies, and of answers that callers are slow to take, in memory

  // How large. What is over is refused (414, 431, 413) before it is read.
  std::size_t request_line_bytes = 8u << 10;
  std::size_t head_bytes = 32u << 10;         // request line and fields together
  std::size_t field_bytes = 8u << 10;         // one header field
  int fields = 100;
  std::size_t body_bytes = 16u << 20;
  std::function<std::size_t(const Request& head)> body_bytes_of = {};   // the same for one request; empty: all alike

  // How long. A head or body that takes longer is answered 408, what is idle is closed without a word.
  std::chrono::milliseconds handshake_time{10'000};
  std::chrono::milliseconds head_time{10'000};     // from its first byte (of the first head: from the connection)
  std::chrono::milliseconds body_grace{10'000};    // after which a body must have come at the rate below, all in all
  std::size_t body_bytes_per_second = 1024;
  std::chrono::milliseconds body_time{120'000};    // the whole body; in proportion longer where body_bytes_of allows more than body_bytes
  std::chrono::milliseconds write_stall{30'000};   // without the caller taking a byte of the answer
  std::chrono::milliseconds keep_alive{5'000};     // between an answer and the next request
  std::chrono::milliseconds stop_time{20'000};     // that running requests get when the server stops

  // Asked when a head is read, before any byte of the body is taken; an answer is sent in place of the handler's. May
  // set head.client. Called on many threads at once; must not wait.
  std::function<std::optional<Response>(Request& head)> refuse_head = {};
  // Told of every answer when it has left, on the thread that sent it: also of refusals by the listener itself, with as
  // much of the request as was read. Must not throw, and be quick.
  std::function<void(const Request&, const Response&, const Sent&)> on_answered = {};
  // From an accepted socket, without reading from it. Empty: plain. Null: the connection is closed.
  std::function<std::unique_ptr<Channel>(const Poco::Net::StreamSocket& accepted)> make_channel = {};
};

// Since the start, or now where it says so.
struct EdgeFigures {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;      // 503: too many, in all or of one address
  std::uint64_t connections_open = 0;         // now
  std::uint64_t handshakes_failed = 0;
  std::uint64_t accept_failures = 0;          // no descriptor, no memory
  std::uint64_t requests = 0;                 // answered by the handler
  std::uint64_t requests_running = 0;         // now
  std::uint64_t requests_queued = 0;          // now, waiting for a worker
  std::uint64_t requests_shed = 0;            // 503: too many queued, or too many bytes of bodies
  std::uint64_t requests_refused = 0;         // by the edge: not HTTP, too long, too slow, not allowed, shed
  std::array<std::uint64_t, 6> answers{};     // by hundreds of the status: answers[4] counts 4xx
  std::uint64_t timeouts_handshake = 0, timeouts_head = 0, timeouts_body = 0, timeouts_write = 0, timeouts_idle = 0;
  std::uint64_t bytes_held = 0;               // now: of bodies that come, and of answers that callers are slow to take
  std::uint64_t bytes_read = 0, bytes_written = 0;
};

// Called on many threads at once. What it throws becomes a 500.
using Handler = std::function<Response(const Request&)>;

class Edge {
 public:
  // Listens and serves from then on. kUnavailable when the address cannot be had.
  static fhir::Result<std::unique_ptr<Edge>> Start(const EdgeOptions& options, Handler handler);
  // Stops, and waits for handlers that still run.
  ~Edge();
  // Accepts no more, closes what is idle, and lets running requests finish: at the longest EdgeOptions::stop_time. False when
  // something had to be cut off then; its handler may still run.
  bool Stop();
  std::uint16_t port() const;
  EdgeFigures figures() const;

  struct Impl;
  explicit Edge(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

// From now on the first SIGTERM or SIGINT is kept for WaitForStop, and the second ends the process.
void CatchStopSignals();
// Blocks until SIGTERM or SIGINT arrives, or StopServing is called. For one thread of the process.
void WaitForStop();
// Ends WaitForStop; callable from any thread.
void StopServing();

}  // namespace server::http
