// The channel over a socket as it is. Poco's own calls throw where a caller merely left, so the system's are used.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include <Poco/Net/StreamSocket.h>

#include "server/http/channel.h"

namespace server::http {
namespace {

class PlainChannel : public Channel {
 public:
  explicit PlainChannel(const Poco::Net::StreamSocket& socket) : socket_(socket), descriptor_(socket.impl()->sockfd()) {
    ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
  }
  int descriptor() const override { return descriptor_; }
  Moved Handshake() override { return {Moved::State::kDone, 0}; }

  Moved Read(char* to, std::size_t room) override {
    ssize_t count;
    do count = ::recv(descriptor_, to, room, 0);
    while (count < 0 && errno == EINTR);
    if (count > 0) return {Moved::State::kDone, static_cast<std::size_t>(count)};
    if (count == 0) return {Moved::State::kClosed, 0};
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Moved::State::kWaitRead : Moved::State::kFailed, 0};
  }

  Moved Write(std::string_view first, std::string_view second) override {
    iovec parts[2] = {{const_cast<char*>(first.data()), first.size()}, {const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = first.empty() ? parts + 1 : parts;
    message.msg_iovlen = first.empty() || second.empty() ? 1 : 2;
    ssize_t count;
    do count = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    if (count >= 0) return {Moved::State::kDone, static_cast<std::size_t>(count)};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {Moved::State::kWaitWrite, 0};
    return {errno == EPIPE || errno == ECONNRESET ? Moved::State::kClosed : Moved::State::kFailed, 0};
  }

  bool HasUnread() const override { return false; }
  void EndWriting() override { ::shutdown(descriptor_, SHUT_WR); }

 private:
  Poco::Net::StreamSocket socket_;   // closes the descriptor with its last copy
  int descriptor_;
};

}  // namespace

std::unique_ptr<Channel> MakePlainChannel(const Poco::Net::StreamSocket& socket) { return std::make_unique<PlainChannel>(socket); }

}  // namespace server::http
