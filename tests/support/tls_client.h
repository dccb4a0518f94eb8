// A caller over TLS for tests: one connection, with what it offers chosen by the test. It does not check the certificate;
// tests look at it themselves.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace careloom_test {

struct TlsOffer {
  int least = TLS1_VERSION, most = TLS1_3_VERSION;
  std::string ciphers = "ALL:@SECLEVEL=0";      // to TLS 1.2
  std::string suites = {};                      // of TLS 1.3; empty: all
  std::string server_name = "localhost";        // empty: none is named
  SSL_SESSION* session = nullptr;               // to go on with
  std::string groups = {};                      // of the key exchange; empty: all
};

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, const TlsOffer& offer = {}) : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_min_proto_version(context_.get(), offer.least);
    SSL_CTX_set_max_proto_version(context_.get(), offer.most);
    if (SSL_CTX_set_cipher_list(context_.get(), offer.ciphers.c_str()) != 1) return;
    SSL_CTX_set_security_level(context_.get(), 0);
    if (!offer.suites.empty()) SSL_CTX_set_ciphersuites(context_.get(), offer.suites.c_str());
    if (!offer.groups.empty()) SSL_CTX_ctrl(context_.get(), SSL_CTRL_SET_GROUPS_LIST, 0, const_cast<char*>(offer.groups.c_str()));
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
    connection_.reset(SSL_new(context_.get()));
    SSL_set_fd(connection_.get(), descriptor_);
    if (!offer.server_name.empty()) SSL_ctrl(connection_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(offer.server_name.c_str()));
    if (offer.session) SSL_set_session(connection_.get(), offer.session);
    ERR_clear_error();
    connected_ = SSL_connect(connection_.get()) == 1;
    if (!connected_) alert_ = ERR_GET_REASON(ERR_peek_error()) - SSL_AD_REASON_OFFSET;
    ERR_clear_error();
  }
  ~TlsClient() {
    if (connected_) SSL_shutdown(connection_.get());
    connection_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  int alert() const { return alert_; }          // that the server sent in place of a handshake; under 0: none
  SSL* get() { return connection_.get(); }
  std::string protocol() const { return SSL_get_version(connection_.get()); }
  std::string cipher() const { return SSL_get_cipher_name(connection_.get()); }
  // The serial number of the certificate shown, to tell two apart.
  std::string serial() const {
    X509* shown = SSL_get0_peer_certificate(connection_.get());
    char* hex = BN_bn2hex(std::unique_ptr<BIGNUM, decltype(&BN_free)>(ASN1_INTEGER_to_BN(X509_get0_serialNumber(shown), nullptr), BN_free).get());
    std::string text = hex;
    OPENSSL_free(hex);
    return text;
  }

  // Sends, and gives one whole answer by its Content-Length (or what came before the end).
  std::string Exchange(std::string_view bytes) {
    std::size_t count = 0;
    if (SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &count) != 1) return {};
    std::string answer;
    char block[16384];
    while (!IsWhole(answer) && SSL_read_ex(connection_.get(), block, sizeof block, &count) == 1) answer.append(block, count);
    return answer;
  }

 private:
  static bool IsWhole(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n"), at = answer.find("Content-Length: ");
    if (end == std::string::npos) return false;
    return at > end || answer.size() >= end + 4 + static_cast<std::size_t>(std::stoul(answer.substr(at + 16)));
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> connection_{nullptr, SSL_free};
  int descriptor_ = -1, alert_ = -1;
  bool connected_ = false;
};

}  // namespace careloom_test
