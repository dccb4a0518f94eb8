// A plain HTTP/1.1 client for tests: sends exactly the bytes it is told to, on a connection of its own.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/message.h"

namespace careloom_test {

// Sends `bytes`, then (when asked) closes its sending side, and answers all that comes back until the
// server closes or 5 s pass without a byte.
inline std::string Exchange(std::uint16_t port, std::string_view bytes, bool half_close = false) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{5, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t count = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<std::size_t>(count);
    }
    if (half_close) ::shutdown(fd, SHUT_WR);
    char block[16384];
    for (ssize_t count; (count = ::recv(fd, block, sizeof block, 0)) > 0;) answer.append(block, static_cast<std::size_t>(count));
  }
  ::close(fd);
  return answer;
}

// The first answer in the bytes received; status 0 when there is none.
inline server::http::Response ParseAnswer(std::string_view bytes) {
  server::http::Response answer;
  answer.status = 0;
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || !bytes.starts_with("HTTP/1.")) return answer;
  answer.status = std::atoi(std::string(bytes.substr(9, 3)).c_str());
  std::size_t at = bytes.find("\r\n") + 2;
  while (at < end) {
    const std::size_t line_end = bytes.find("\r\n", at);
    const std::string_view line = bytes.substr(at, line_end - at);
    const std::size_t colon = line.find(':');
    answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at = line_end + 2;
  }
  answer.body = bytes.substr(end + 4);
  return answer;
}

// One request, one connection. Content-Length and Host are added.
inline server::http::Response Fetch(std::uint16_t port, const std::string& method, const std::string& target,
                                    const server::http::Headers& headers = {}, const std::string& body = {}) {
  std::string bytes = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT") bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return ParseAnswer(Exchange(port, bytes + "\r\n" + body));
}

}  // namespace careloom_test
