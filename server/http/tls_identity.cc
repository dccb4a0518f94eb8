// PEM files to an SSL_CTX, with the protocols and ciphers that hardening asks for: TLS 1.3, and 1.2 with ephemeral keys and
// authenticated encryption; no renegotiation, no compression.
#include "server/http/tls_identity.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "server/http/clients.h"
#include "server/private_file.h"

namespace server::http {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

constexpr std::size_t kMostPemBytes = 1u << 20;
constexpr int kLeastRsaBits = 2048;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio OpenPem(const std::string& bytes) { return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), BIO_free); }

// A key with a password is refused; nobody is at the terminal to be asked.
int NoPassword(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Error About(const char* which, std::string words) {
  ERR_clear_error();
  return Error(ErrorKind::kInvalid, std::move(words)).At(which);
}

Result<std::vector<Certificate>> ReadChain(const std::string& path, std::string& bytes) {
  auto file = ReadPrivateFile(path, kMostPemBytes);
  if (!file) return About(kCertificateFile, file.error().text());
  bytes = std::move(file->bytes);
  const Bio in = OpenPem(bytes);
  std::vector<Certificate> chain;
  while (X509* certificate = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) chain.emplace_back(certificate, X509_free);
  // Reading ends well at the end of the text; anything else is a certificate that is broken.
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (chain.empty()) return About(kCertificateFile, "the file '" + path + "' holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
  if (!ended) return About(kCertificateFile, "certificate " + std::to_string(chain.size() + 1) + " in the file '" + path + "' is broken");
  return chain;
}

Result<Key> ReadKey(const std::string& path, std::string& bytes) {
  auto file = ReadPrivateFile(path, kMostPemBytes);
  if (!file) return About(kKeyFile, file.error().text());
  if (!file->exposed.empty()) return About(kKeyFile, file->exposed);
  bytes = std::move(file->bytes);
  bool asked = false;
  Key key(PEM_read_bio_PrivateKey(OpenPem(bytes).get(), nullptr, NoPassword, &asked), EVP_PKEY_free);
  if (asked) return About(kKeyFile, "the key in '" + path + "' has a password; write it without one: openssl pkey -in '" + path + "' -out NEW");
  if (!key) return About(kKeyFile, "the file '" + path + "' holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
  return key;
}

Result<void> CheckStrength(const EVP_PKEY* key, const std::string& path) {
  const std::string allowed = "; allowed are RSA from " + std::to_string(kLeastRsaBits) + " bits and the curves P-256, P-384 and P-521";
  const int kind = EVP_PKEY_get_base_id(key);
  if (kind == EVP_PKEY_RSA) {
    if (EVP_PKEY_get_bits(key) >= kLeastRsaBits) return {};
    return About(kKeyFile, "the key in '" + path + "' is RSA of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits" + allowed);
  }
  if (kind != EVP_PKEY_EC) return About(kKeyFile, "the key in '" + path + "' is neither RSA nor on an elliptic curve of NIST" + allowed);
  char curve[64] = {};
  std::size_t length = 0;
  EVP_PKEY_get_group_name(key, curve, sizeof curve, &length);
  for (const std::string_view good : {"prime256v1", "secp384r1", "secp521r1"}) {
    if (std::string_view(curve, length) == good) return {};
  }
  return About(kKeyFile, "the key in '" + path + "' is on the curve " + std::string(curve, length) + allowed);
}

Result<std::int64_t> ToSeconds(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return About(kCertificateFile, "the certificate's time cannot be read");
  return static_cast<std::int64_t>(::timegm(&parts));
}

std::string Day(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts = {};
  ::gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

// When the first of the chain to end ends: from then on callers will not accept it.
Result<std::int64_t> CheckTimes(const std::vector<Certificate>& chain, const std::string& path, std::int64_t now) {
  std::int64_t first_end = INT64_MAX;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    TRY_ASSIGN(const std::int64_t from, ToSeconds(X509_get0_notBefore(chain[i].get())));
    TRY_ASSIGN(const std::int64_t until, ToSeconds(X509_get0_notAfter(chain[i].get())));
    const std::string which = (i == 0 ? "the certificate" : "certificate " + std::to_string(i + 1)) + " in '" + path + "'";
    if (until <= now) return About(kCertificateFile, which + " expired on " + Day(until) + "; renew it");
    if (from > now) return About(kCertificateFile, which + " is not valid before " + Day(from) + "; is the clock right? It says " + Day(now));
    first_end = std::min(first_end, until);
  }
  return first_end;
}

// A caller that names a host that the certificate is not for is in the wrong place (RFC 6066 §3); one that names none, or
// the address it came by, is let go on.
int CheckServerName(SSL* connection, int* alert, void*) {
  const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
  unsigned char address[16];
  if (!name || inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1) return SSL_TLSEXT_ERR_OK;
  if (X509_check_host(SSL_get_certificate(connection), name, 0, 0, nullptr) == 1) return SSL_TLSEXT_ERR_OK;
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool Prepare(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // A write may be repeated with the rest of an answer that has moved; idle connections give their buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);   // sessions are in the tickets, which the context's own key seals
  SSL_CTX_set_timeout(context, 3600);
  SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, reinterpret_cast<void (*)()>(CheckServerName));
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
         SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256") == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384:P-521") == 1;
}

std::string DigestText(const std::string& certificate, const std::string& key) {
  std::string text;
  for (const std::string& bytes : {certificate, key}) {
    const Digest digest = Sha256Of(bytes);
    text.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  }
  return text;
}

}  // namespace

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::Load(const TlsFiles& files, std::int64_t now) {
  ERR_clear_error();
  std::string certificate_bytes, key_bytes;
  TRY_ASSIGN(const std::vector<Certificate> chain, ReadChain(files.certificate, certificate_bytes));
  TRY_ASSIGN(const Key key, ReadKey(files.key, key_bytes));
  const std::string digest = DigestText(certificate_bytes, key_bytes);
  OPENSSL_cleanse(key_bytes.data(), key_bytes.size());
  TRY(CheckStrength(key.get(), files.key));
  TRY_ASSIGN(const std::int64_t expires, CheckTimes(chain, files.certificate, now));
  if (X509_check_private_key(chain[0].get(), key.get()) != 1) {
    return About(kKeyFile, "the key in '" + files.key + "' is not that of the certificate in '" + files.certificate + "'; the server's own certificate must come first there");
  }
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context || !Prepare(context.get())) return Error(ErrorKind::kInternal, "TLS cannot be set up: OpenSSL refuses its protocols or ciphers.");
  bool taken = SSL_CTX_use_certificate(context.get(), chain[0].get()) == 1 && SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
  for (std::size_t i = 1; taken && i < chain.size(); ++i) taken = SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) == 1;
  if (!taken) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return About(kCertificateFile, "the certificate in '" + files.certificate + "' is too weak or broken: " + (reason ? reason : "OpenSSL does not say why"));
  }
  return std::make_shared<const TlsIdentity>(std::move(context), expires, digest);
}

}  // namespace server::http
