// The server's certificate and key, read from PEM files and checked: what a caller will be shown, and until when.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "fhir/base/result.h"

struct ssl_ctx_st;

namespace server::http {

struct TlsFiles {
  std::string certificate;   // PEM: the server's certificate, then those of the authorities between it and the root
  std::string key;           // PEM without a password; nobody but its owner may read it
  bool empty() const { return certificate.empty() && key.empty(); }
};

// Which of the two files an error is about: Error::path() is one of these.
inline constexpr char kCertificateFile[] = "certificate", kKeyFile[] = "key";

// A context that serves with one pair of files. Immutable once it is made; connections keep the one they began with.
class TlsIdentity {
 public:
  // kInvalid with words about the file: unreadable, not PEM, a key with a password or that others may read, RSA under 2048
  // bits, a curve other than P-256, P-384 and P-521, another kind of key, a key of another certificate, a certificate
  // signed with SHA-1 or less, not valid at `now` (seconds since 1970).
  static fhir::Result<std::shared_ptr<const TlsIdentity>> Load(const TlsFiles& files, std::int64_t now);

  ssl_ctx_st* context() const { return context_.get(); }
  std::int64_t expires() const { return expires_; }       // seconds since 1970
  const std::string& files_digest() const { return files_digest_; }   // of the bytes of both, to see a change

  explicit TlsIdentity(std::shared_ptr<ssl_ctx_st> context, std::int64_t expires, std::string files_digest)
      : context_(std::move(context)), expires_(expires), files_digest_(std::move(files_digest)) {}

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  std::int64_t expires_;
  std::string files_digest_;
};

}  // namespace server::http
