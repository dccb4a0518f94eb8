// The listener: reads HTTP requests from sockets, refuses what is not one, hands the rest to a handler and
// sends its answer. Stands on Poco's HTTP server; nothing outside edge.cc knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "fhir/base/result.h"
#include "server/http/message.h"

namespace server::http {

struct EdgeOptions {
  std::string address = "127.0.0.1";          // an IP address to listen on
  std::uint16_t port = 8080;                  // 0: any free one, see Edge::port()
  int threads = 128;                          // connections served at once; an idle one holds a thread until keep_alive_seconds
  int queued_connections = 1024;              // accepted and waiting for a thread; more are closed
  int keep_alive_seconds = 3;
  int timeout_seconds = 20;                   // without a byte from the caller inside a request
  std::size_t body_bytes = 16u << 20;         // a longer body is refused (413) before it is read
  std::function<std::size_t(const Request& head)> body_bytes_of = {};   // the same for one request; empty: all alike
  // Told of every answer when it has left, on the thread that sent it: also of refusals by the listener itself, with as
  // much of the request as was read. Must not throw, and be quick.
  std::function<void(const Request&, const Response&, const Sent&)> on_answered = {};
};

// Called on many threads at once. What it throws becomes a 500.
using Handler = std::function<Response(const Request&)>;

class Edge {
 public:
  // Listens and serves from then on. kUnavailable when the address cannot be had.
  static fhir::Result<std::unique_ptr<Edge>> Start(const EdgeOptions& options, Handler handler);
  // Stops accepting, lets running requests finish, closes.
  ~Edge();
  std::uint16_t port() const;

  struct Impl;
  explicit Edge(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

// Blocks until SIGTERM or SIGINT arrives, or StopServing is called. For one thread of the process.
void WaitForStop();
// Ends WaitForStop; callable from any thread.
void StopServing();

}  // namespace server::http
