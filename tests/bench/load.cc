// A small HTTP load client.
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/corpus.h"

namespace careloom_bench {
namespace {

using Clock = std::chrono::steady_clock;

int Connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd);
    return -1;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// The size of the whole answer once its head is there; 0 before.
std::size_t AnswerSize(std::string_view received) {
  const std::size_t head = received.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::size_t at = received.find("Content-Length: ");
  if (at == std::string_view::npos) at = received.find("content-length: ");
  const std::size_t length = at < head ? std::strtoul(received.data() + at + 16, nullptr, 10) : 0;
  return head + 4 + length;
}

struct Connection {
  int fd = -1;
  std::string received;
  Clock::time_point sent;
};

// One thread's share of the connections.
class Worker {
 public:
  Worker(std::uint16_t port, int connections, Clock::time_point end, const NextRequest& next, std::atomic<std::uint64_t>& number)
      : port_(port), end_(end), next_(next), number_(number), connections_(static_cast<std::size_t>(connections)) {}

  void Run() {
    epoll_ = epoll_create1(0);
    for (Connection& connection : connections_) Open(connection);
    std::vector<epoll_event> events(connections_.size());
    while (open_ > 0) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 10000);
      if (ready <= 0) break;
      for (int i = 0; i < ready; ++i) Receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
    close(epoll_);
  }

  std::uint64_t answers = 0, failures = 0;
  std::vector<float> milliseconds;

 private:
  void Open(Connection& connection) {
    connection.fd = Connect(port_);
    connection.received.clear();
    if (connection.fd < 0) {
      ++failures;
      return;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    ++open_;
    SendNext(connection);
  }

  void Close(Connection& connection) {
    close(connection.fd);
    --open_;
  }

  void SendNext(Connection& connection) {
    connection.sent = Clock::now();
    const std::string request = connection.sent < end_ ? next_(number_.fetch_add(1)) : std::string();
    if (request.empty() || !SendAll(connection.fd, request)) Close(connection);
  }

  void Receive(Connection& connection) {
    char block[1 << 16];
    const ssize_t got = recv(connection.fd, block, sizeof block, 0);
    if (got <= 0) {
      // The server may end a connection between two answers; only a cut answer is a failure.
      if (!connection.received.empty()) ++failures;
      Close(connection);
      if (Clock::now() < end_) Open(connection);
      return;
    }
    connection.received.append(block, static_cast<std::size_t>(got));
    const std::size_t size = AnswerSize(connection.received);
    if (size == 0 || connection.received.size() < size) return;
    const bool is_good = connection.received.compare(9, 1, "2") == 0;
    (is_good ? answers : failures) += 1;
    milliseconds.push_back(std::chrono::duration<float, std::milli>(Clock::now() - connection.sent).count());
    const std::string_view head(connection.received.data(), connection.received.find("\r\n\r\n"));
    const bool closes = head.find("Connection: Close") != std::string_view::npos || head.find("Connection: close") != std::string_view::npos;
    connection.received.clear();
    if (closes) {
      Close(connection);
      if (Clock::now() < end_) Open(connection);
    } else {
      SendNext(connection);
    }
  }

  std::uint16_t port_;
  Clock::time_point end_;
  const NextRequest& next_;
  std::atomic<std::uint64_t>& number_;
  std::vector<Connection> connections_;
  int epoll_ = -1;
  int open_ = 0;
};

}  // namespace

LoadResult RunLoad(std::uint16_t port, int connections, double seconds, const NextRequest& next) {
  const auto start = Clock::now();
  const auto end = seconds > 0 ? start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)) : Clock::time_point::max();
  const int threads = std::min(2, connections);
  std::atomic<std::uint64_t> number{0};
  std::vector<Worker> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) workers.emplace_back(port, connections / threads, end, next, number);
  {
    std::vector<std::jthread> running;
    for (Worker& worker : workers) running.emplace_back([&worker] { worker.Run(); });
  }
  LoadResult result;
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<float> all;
  for (const Worker& worker : workers) {
    result.answers += worker.answers;
    result.failures += worker.failures;
    all.insert(all.end(), worker.milliseconds.begin(), worker.milliseconds.end());
  }
  if (!all.empty()) {
    std::ranges::sort(all);
    result.p50_ms = all[all.size() / 2];
    result.p99_ms = all[all.size() * 99 / 100];
  }
  return result;
}

LoadResult ReadById(int clients) {
  const auto next = [](std::uint64_t n) { return GetRequest("/fhir/Patient/id-" + std::to_string(n * 7919 % kPatients)); };
  RunLoad(kPort, clients, 1, next);   // warm
  return RunLoad(kPort, clients, 4, next);
}

double UntilAnswer(const std::string& target) {
  const auto start = Clock::now();
  while (Clock::now() - start < std::chrono::seconds(30)) {
    if (Ask(kPort, GetRequest(target)).starts_with("HTTP/1.1 200")) return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return -1;
}

std::string Ask(std::uint16_t port, const std::string& request) {
  const int fd = Connect(port);
  if (fd < 0) return {};
  std::string received;
  char block[1 << 14];
  if (SendAll(fd, request)) {
    for (std::size_t size = 0; size == 0 || received.size() < size; size = AnswerSize(received)) {
      const ssize_t got = recv(fd, block, sizeof block, 0);
      if (got <= 0) break;
      received.append(block, static_cast<std::size_t>(got));
    }
  }
  close(fd);
  return received;
}

std::string GetRequest(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/fhir+json\r\n\r\n"; }

std::string PostRequest(const std::string& target, const std::string& body) {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace careloom_bench
