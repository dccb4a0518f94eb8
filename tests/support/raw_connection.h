// One TCP connection to a server, held open: for tests of what happens between and in the midst of requests.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/http_client.h"

namespace careloom_test {

class RawConnection {
 public:
  // `receive_buffer`: bytes the kernel may keep for us; 0: as it likes.
  explicit RawConnection(std::uint16_t port, int receive_buffer = 0) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawConnection() { ::close(descriptor_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool connected() const { return connected_; }
  // False when the server has gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // The next whole answer; status 0 when the server closes, or sends nothing for so long.
  server::http::Response Receive(int patience_ms = 20'000) {
    for (;;) {
      const std::size_t head = received_.find("\r\n\r\n");
      if (head != std::string::npos) {
        auto answer = ParseAnswer(received_);
        const std::string length(server::http::FindHeader(answer.headers, "Content-Length"));
        const std::size_t size = head + 4 + static_cast<std::size_t>(std::atoll(length.c_str()));
        if (received_.size() >= size) {
          answer.body.resize(size - head - 4);
          received_.erase(0, size);
          return answer;
        }
      }
      if (!More(patience_ms)) return ParseAnswer({});
    }
  }
  // True when the server has closed and nothing more comes.
  bool IsClosed(int patience_ms = 20'000) {
    while (More(patience_ms)) received_.clear();
    return closed_;
  }
  std::string_view unread() const { return received_; }

 private:
  bool More(int patience_ms) {
    pollfd ready{descriptor_, POLLIN, 0};
    if (::poll(&ready, 1, patience_ms) != 1) return false;
    char block[16384];
    const ssize_t count = ::recv(descriptor_, block, sizeof block, 0);
    closed_ = count <= 0;
    if (count > 0) received_.append(block, static_cast<std::size_t>(count));
    return count > 0;
  }

  int descriptor_;
  bool connected_ = false, closed_ = false;
  std::string received_;
};

}  // namespace careloom_test
