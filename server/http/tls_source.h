// The TLS identity in use: loaded at start, and again when its files change or SIGHUP comes, without dropping a connection.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "server/http/tls_identity.h"

namespace server::http {

// What the operator is told.
struct TlsNews {
  bool is_problem;
  std::string words;
  std::string reason = {};   // of a problem with files
};

struct TlsSourceOptions {
  TlsFiles files;
  std::function<std::int64_t()> now_seconds;                // since 1970
  std::function<void(const TlsNews&)> tell;                 // called at start and on the source's thread
  std::chrono::milliseconds look_every{60'000};             // at the files' times
  std::chrono::milliseconds renew_every{3'600'000};         // the key of the session tickets
};

class TlsSource {
 public:
  // Loads the files, or says what is wrong with them as TlsIdentity::Load does.
  static fhir::Result<std::unique_ptr<TlsSource>> Open(TlsSourceOptions options);
  ~TlsSource();

  std::shared_ptr<const TlsIdentity> current() const;
  // Loads the files now. When they cannot be used the identity in use stays, and the operator is told. Thread-safe.
  void Reload();

  explicit TlsSource(TlsSourceOptions options) : options_(std::move(options)) {}

 private:
  // When each file was last written; of one that is not there, never.
  struct Times {
    std::filesystem::file_time_type certificate, key;
    bool operator==(const Times&) const = default;
  };
  Times Look() const;
  void Watch();
  void WarnOfExpiry();

  const TlsSourceOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsIdentity> current_;   // guarded by mutex_
  bool stop_ = false;                            // guarded by mutex_
  std::condition_variable stopping_;
  Times times_;                                  // the source's thread, and Open before it; so the next
  std::int64_t warned_day_ = 0;
  std::thread thread_;
};

// The library's own configuration file and the environment that names one (OPENSSL_CONF) are left unread. For the program's
// start, before anything else of OpenSSL.
void IgnoreOpenSslConfiguration();

// From now on SIGHUP makes every TlsSource of the process reload. For the program's start.
void ReloadTlsOnHangup();

}  // namespace server::http
