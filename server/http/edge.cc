// The listener over Poco::Net::HTTPServer. Poco passes a truncated body on as a short one, takes the first
// of two lengths, and drops a handler's std::exception; what can be checked from outside is checked here.
#include "server/http/edge.h"

#include <semaphore.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <istream>
#include <random>
#include <typeinfo>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timestamp.h>

#include "server/http/admission.h"
#include "server/http/error_response.h"

namespace server::http {
namespace net = Poco::Net;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

// Shared by all connections.
struct Shared {
  EdgeOptions options;
  Handler handler;
  std::string id_prefix;                       // random, one per start
  std::atomic<std::uint64_t> next_id{1};
  std::atomic<std::uint64_t> requests{0};

  std::string NewRequestId() { return id_prefix + std::to_string(next_id.fetch_add(1)); }
};

std::string RandomPrefix() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device device;
  std::string prefix;
  for (int i = 0; i < 12; ++i) prefix += kHex[device() & 15];
  return prefix + "-";
}

// Reads the body as framed; a refusal when it is short or over the limit.
std::optional<Response> ReadBody(std::istream& in, const Framing& framing, std::size_t limit, std::string& body) {
  if (framing.chunked) {
    char block[16384];
    while (in.read(block, sizeof block), in.gcount() > 0) {
      body.append(block, static_cast<std::size_t>(in.gcount()));
      if (body.size() > limit) return LongBody(limit);
    }
    if (in.bad()) return Refuse(400, "incomplete", "The chunked body broke off. Nothing was done; send the request again.");
    return std::nullopt;
  }
  if (framing.length == 0) return std::nullopt;
  body.resize(framing.length);
  in.read(body.data(), static_cast<std::streamsize>(framing.length));
  const auto received = static_cast<std::size_t>(in.gcount());
  if (received != framing.length) return ShortBody(framing.length, received);
  return std::nullopt;
}

// As sent: "name: value" and a line's end.
std::size_t SizeOf(const Headers& headers) {
  std::size_t size = 0;
  for (const auto& [name, value] : headers) size += name.size() + value.size() + 4;
  return size;
}

void Send(const Response& answer, const Request& request, net::HTTPServerResponse& response) {
  response.setStatusAndReason(static_cast<net::HTTPResponse::HTTPStatus>(answer.status));
  for (const auto& [name, value] : answer.headers) response.set(name, value);
  response.set("X-Request-ID", request.id);
  response.set("X-Content-Type-Options", "nosniff");
  response.setDate(Poco::Timestamp());
  const bool bodiless = answer.status == 204 || answer.status == 304;
  if (!bodiless) response.setContentLength64(static_cast<Poco::Int64>(answer.body.size()));
  if (bodiless || request.method == "HEAD") {
    response.send();
    return;
  }
  // One call sends head and body in one write; its length is an int.
  constexpr std::size_t kOneWrite = std::size_t{1} << 30;
  if (answer.body.size() < kOneWrite) {
    response.sendBuffer(answer.body.data(), answer.body.size());
  } else {
    response.send().write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
  }
}

class Connection : public net::HTTPRequestHandler {
 public:
  explicit Connection(Shared& shared) : shared_(shared) {}

  void handleRequest(net::HTTPServerRequest& in, net::HTTPServerResponse& out) override {
    const auto begun = std::chrono::steady_clock::now();
    Request request;
    Response answer;
    try {
      answer = Answer(in, out, request);
    } catch (const Poco::Exception& failure) {
      answer = Fail(out, failure.name());
    } catch (const std::exception& failure) {
      answer = Fail(out, typeid(failure).name());
    }
    for (const auto& [name, value] : answer.headers) {
      if (!IsHeaderValue(value) || !IsHeaderValue(name)) {
        answer = Fail(out, "a header of the answer holds what may not be sent");
        break;
      }
    }
    Sent sent;
    try {
      Send(answer, request, out);
    } catch (const Poco::Exception&) {  // the caller has gone, or does not read
      sent.complete = false;
    } catch (const std::exception&) {
      sent.complete = false;
    }
    if (!sent.complete) out.setKeepAlive(false);
    if (!shared_.options.on_answered) return;
    sent.bytes_in = request.method.size() + request.target.size() + SizeOf(request.headers) + request.body.size();
    sent.bytes_out = SizeOf(answer.headers) + answer.body.size();
    sent.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count();
    shared_.options.on_answered(request, answer, sent);
  }

 private:
  Response Answer(net::HTTPServerRequest& in, net::HTTPServerResponse& out, Request& request) {
    request.method = in.getMethod();
    request.target = in.getURI();
    request.headers.reserve(in.size());
    for (const auto& [name, value] : in) request.headers.emplace_back(name, value);
    const std::string_view id = FindHeader(request.headers, "X-Request-ID");
    request.id = IsRequestId(id) ? std::string(id) : shared_.NewRequestId();
    Framing framing;
    request.peer = in.clientAddress().host().toString();
    if (shared_.options.refuse_head) {
      if (auto refusal = shared_.options.refuse_head(request)) {
        out.setKeepAlive(false);
        return *std::move(refusal);
      }
    }
    const std::size_t limit = shared_.options.body_bytes_of ? shared_.options.body_bytes_of(request) : shared_.options.body_bytes;
    auto refusal = CheckHead(request, in.getVersion(), limit, framing);
    if (!refusal) refusal = ReadBody(in.stream(), framing, limit, request.body);
    if (refusal) {
      out.setKeepAlive(false);
      return *std::move(refusal);
    }
    shared_.requests.fetch_add(1, std::memory_order_relaxed);
    return shared_.handler(request);
  }

  // `why` says nothing of the request: of an exception its type, for its text may hold what was sent.
  static Response Fail(net::HTTPServerResponse& out, std::string why) {
    out.setKeepAlive(false);
    return ErrorResponse(Error(ErrorKind::kInternal, "Failed.").WithDetail(std::move(why)));
  }

  Shared& shared_;
};

class Factory : public net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Shared& shared) : shared_(shared) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override { return new Connection(shared_); }

 private:
  Shared& shared_;
};

}  // namespace

struct Edge::Impl {
  explicit Impl(const EdgeOptions& options) : pool(4, options.workers ? options.workers : 128, 1) {}
  Shared shared;
  Poco::ThreadPool pool;  // idle threads leave after a second, so that stopping is quick
  std::unique_ptr<net::HTTPServer> server;
};

Edge::Edge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Edge>> Edge::Start(const EdgeOptions& options, Handler handler) {
  ::signal(SIGPIPE, SIG_IGN);  // a caller that left is an error of a write, not the end of the process
  auto impl = std::make_unique<Impl>(options);
  impl->shared.options = options;
  impl->shared.handler = std::move(handler);
  impl->shared.id_prefix = RandomPrefix();
  try {
    net::HTTPServerParams::Ptr params = new net::HTTPServerParams;
    params->setMaxThreads(options.workers ? options.workers : 128);
    params->setMaxQueued(options.queued_requests);
    params->setKeepAliveTimeout(Poco::Timespan(options.keep_alive.count() * 1000));
    params->setTimeout(Poco::Timespan(options.head_time.count() * 1000));
    params->setMaxKeepAliveRequests(0);
    params->setThreadIdleTime(Poco::Timespan(1, 0));
    net::ServerSocket socket;
    socket.bind(net::SocketAddress(options.address, options.port), true, false);  // never share the port
    socket.listen(1024);
    impl->server = std::make_unique<net::HTTPServer>(new Factory(impl->shared), impl->pool, socket, params);
    impl->server->start();
  } catch (const Poco::Exception& failure) {
    return Error(ErrorKind::kUnavailable, "Cannot listen on " + options.address + " port " + std::to_string(options.port) +
                                              ": " + failure.displayText() + ". Choose another port, or stop what holds it.");
  }
  return std::make_unique<Edge>(std::move(impl));
}

Edge::~Edge() {
  try {
    impl_->server->stopAll(false);
    impl_->pool.joinAll();
  } catch (const Poco::Exception&) {  // a destructor has nobody to tell
  }
}

std::uint16_t Edge::port() const { return impl_->server->port(); }

EdgeFigures Edge::figures() const {
  EdgeFigures figures;
  figures.requests = impl_->shared.requests.load(std::memory_order_relaxed);
  figures.connections_accepted = static_cast<std::uint64_t>(impl_->server->totalConnections());
  figures.connections_open = static_cast<std::uint64_t>(impl_->server->currentConnections());
  figures.connections_refused = static_cast<std::uint64_t>(impl_->server->refusedConnections());
  return figures;
}

namespace {
// A signal handler may touch nothing but a semaphore; there is one per process because signals are.
sem_t* StopSemaphore() {
  static sem_t semaphore;
  static const int made = ::sem_init(&semaphore, 0, 0);
  static_cast<void>(made);
  return &semaphore;
}
void OnSignal(int) { ::sem_post(StopSemaphore()); }
}  // namespace

void WaitForStop() {
  sem_t* semaphore = StopSemaphore();
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  while (::sem_wait(semaphore) != 0) {
  }
}

void StopServing() { ::sem_post(StopSemaphore()); }

}  // namespace server::http
