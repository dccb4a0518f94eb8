// See stalling_proxy.h.
#include "tests/support/stalling_proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string_view>
#include <utility>

namespace careloom_test {

namespace {

constexpr int kLookEveryMs = 20;   // whether to stop

}  // namespace

StallingProxy::StallingProxy(std::string unix_socket) : target_(std::move(unix_socket)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener_, 64);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

StallingProxy::~StallingProxy() {
  stopping_ = true;
  thread_.join();
  for (Pair& pair : pairs_) pair.thread.join();
  ::close(listener_);
}

void StallingProxy::SetOpen(Mode mode) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Pair& pair : pairs_) pair.mode = mode;
}

void StallingProxy::SetAll(Mode mode) {
  later_ = mode;
  SetOpen(mode);
}

void StallingProxy::SwallowAnswersAfter(std::string text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  trigger_ = std::move(text);
}

void StallingProxy::Accept() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, kLookEveryMs) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, target_.c_str(), sizeof address.sun_path - 1);
    if (client < 0 || ::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      continue;
    }
    ++connections_;
    const std::lock_guard<std::mutex> lock(mutex_);
    Pair& pair = pairs_.emplace_back(client, server, later_.load());
    pair.thread = std::thread([this, &pair] { Forward(pair); });
  }
}

// A side that closes closes the other; what is swallowed is read and forgotten.
void StallingProxy::Forward(Pair& pair) {
  char bytes[65536];
  while (!stopping_) {
    pollfd both[2] = {{pair.client, POLLIN, 0}, {pair.server, POLLIN, 0}};
    if (::poll(both, 2, kLookEveryMs) <= 0) continue;
    bool ended = false;
    for (const int from : {0, 1}) {
      if (both[from].revents == 0) continue;
      const ssize_t count = ::recv(both[from].fd, bytes, sizeof bytes, 0);
      ended = ended || count <= 0;
      if (count <= 0) continue;
      if (from == 0) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!trigger_.empty() && std::string_view(bytes, static_cast<std::size_t>(count)).find(trigger_) != std::string_view::npos) {
          trigger_.clear();
          pair.mode = Mode::kSwallowAnswers;
        }
      }
      const Mode mode = pair.mode;
      if (mode == Mode::kSwallowAll || (mode == Mode::kSwallowAnswers && from == 1)) continue;
      if (::send(both[1 - from].fd, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL) < 0) ended = true;
    }
    if (ended) break;
  }
  ::close(pair.client);
  ::close(pair.server);
}

}  // namespace careloom_test
