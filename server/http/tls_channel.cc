// OpenSSL over a non-blocking descriptor.
#include "server/http/tls_channel.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <climits>

#include <Poco/Net/StreamSocket.h>

namespace server::http {
namespace {

constexpr std::size_t kRecordBytes = 16384;   // of one TLS record at the most

class TlsChannel : public Channel {
 public:
  TlsChannel(const Poco::Net::StreamSocket& socket, std::shared_ptr<const TlsIdentity> identity, SSL* connection)
      : socket_(socket), descriptor_(socket.impl()->sockfd()), identity_(std::move(identity)), connection_(connection, SSL_free) {
    ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
    SSL_set_fd(connection, descriptor_);
    SSL_set_accept_state(connection);
  }
  int descriptor() const override { return descriptor_; }

  Moved Handshake() override {
    ERR_clear_error();
    const int done = SSL_do_handshake(connection_.get());
    if (done == 1) return {Moved::State::kDone, 0};
    return Why(done);
  }

  Moved Read(char* to, std::size_t room) override {
    std::size_t count = 0;
    ERR_clear_error();
    const int done = SSL_read_ex(connection_.get(), to, room, &count);
    if (done == 1) return {Moved::State::kDone, count};
    return Why(done);
  }

  // A small head and its body leave in one record where both fit.
  Moved Write(std::string_view first, std::string_view second) override {
    if (!first.empty() && !second.empty() && first.size() < kRecordBytes) {
      joined_.assign(first);
      joined_ += second.substr(0, kRecordBytes - first.size());
      first = joined_;
    } else if (first.empty()) {
      first = second;
    }
    if (first.empty()) return {Moved::State::kDone, 0};
    std::size_t count = 0;
    ERR_clear_error();
    const int done = SSL_write_ex(connection_.get(), first.data(), first.size(), &count);
    if (done == 1) return {Moved::State::kDone, count};
    return Why(done);
  }

  bool HasUnread() const override { return true; }   // a Read gives one record; only kWaitRead says that there is no more

  void EndWriting() override {
    ERR_clear_error();
    if (!failed_ && SSL_is_init_finished(connection_.get())) SSL_shutdown(connection_.get());
    ERR_clear_error();
    ::shutdown(descriptor_, SHUT_WR);
  }

 private:
  // After a failure OpenSSL allows no further call on the connection.
  Moved Why(int done) {
    switch (SSL_get_error(connection_.get(), done)) {
      case SSL_ERROR_WANT_READ: return {Moved::State::kWaitRead, 0};
      case SSL_ERROR_WANT_WRITE: return {Moved::State::kWaitWrite, 0};
      case SSL_ERROR_ZERO_RETURN: return {Moved::State::kClosed, 0};
      default: break;
    }
    failed_ = true;
    ERR_clear_error();
    return {Moved::State::kFailed, 0};
  }

  Poco::Net::StreamSocket socket_;   // closes the descriptor with its last copy
  int descriptor_;
  std::shared_ptr<const TlsIdentity> identity_;
  std::unique_ptr<SSL, decltype(&SSL_free)> connection_;
  std::string joined_;               // what a write that must be repeated began with
  bool failed_ = false;
};

}  // namespace

std::unique_ptr<Channel> MakeTlsChannel(const Poco::Net::StreamSocket& socket, std::shared_ptr<const TlsIdentity> identity) {
  SSL* connection = SSL_new(identity->context());
  if (!connection) return nullptr;
  return std::make_unique<TlsChannel>(socket, std::move(identity), connection);
}

}  // namespace server::http
