// Putting an edge together: the socket that listens, the table of connections, workers and watch.
#include "server/http/edge.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include "server/http/edge/watch.h"

namespace server::http {
namespace net = Poco::Net;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::size_t kReservedDescriptors = 32;   // for the store, logs, and whatever else opens files while it serves
constexpr std::size_t kSpareConnections = 8;       // of the reserve, for those that only get a 503
constexpr int kListenQueue = 1024;

std::size_t OpenDescriptors() {
  std::error_code failed;
  const std::filesystem::directory_iterator open("/proc/self/fd", failed);
  return failed ? 0 : static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

// As many as asked, or as the process may open files; what it may is raised first, as far as it may be.
std::size_t MostConnections(int asked) {
  const auto wanted = static_cast<std::size_t>(std::max(1, asked));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const std::size_t apart = OpenDescriptors() + kReservedDescriptors;
  if (limit.rlim_cur < wanted + apart && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted + apart);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return std::clamp<std::size_t>(limit.rlim_cur > apart ? limit.rlim_cur - apart : 1, 1, wanted);
}

}  // namespace

struct Edge::Impl {
  Impl(const EdgeOptions& options, Handler handler, const net::ServerSocket& listener)
      : shared(options, std::move(handler)),
        table(MostConnections(options.connections), kSpareConnections, options.connections_per_ip),
        workers(shared, table),
        watch(shared, table, workers, listener),
        port(listener.address().port()) {}

  edge::Shared shared;
  edge::ConnectionTable table;
  edge::Workers workers;
  edge::Watch watch;     // first to go
  std::uint16_t port;
};

Edge::Edge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Edge::~Edge() = default;

Result<std::unique_ptr<Edge>> Edge::Start(const EdgeOptions& options, Handler handler) {
  ::signal(SIGPIPE, SIG_IGN);  // a caller that left is an error of a write, not the end of the process
  std::unique_ptr<Impl> impl;
  try {
    net::ServerSocket listener;
    listener.bind(net::SocketAddress(options.address, options.port), true, false);  // never share the port
    listener.listen(kListenQueue);
    listener.setBlocking(false);
    impl = std::make_unique<Impl>(options, std::move(handler), listener);
  } catch (const Poco::Exception& failure) {
    return Error(ErrorKind::kUnavailable, "Cannot listen on " + options.address + " port " + std::to_string(options.port) +
                                              ": " + failure.displayText() + ". Choose another port, or stop what holds it.");
  }
  TRY(impl->workers.Start());
  TRY(impl->watch.Start());
  return std::make_unique<Edge>(std::move(impl));
}

bool Edge::Stop() { return impl_->watch.Stop(); }

std::uint16_t Edge::port() const { return impl_->port; }

EdgeFigures Edge::figures() const { return edge::ToFigures(impl_->shared.counters); }

}  // namespace server::http
