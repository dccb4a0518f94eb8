// Looking at the files, and what the operator is told.
#include "server/http/tls_source.h"

#include <openssl/crypto.h>
#include <signal.h>

#include <atomic>
#include <ctime>

namespace server::http {
namespace {

constexpr std::int64_t kDay = 24 * 3600, kWarnDays = 30;
// How soon a SIGHUP is seen: a signal handler can do no more than count.
constexpr std::chrono::milliseconds kGlance{200};
std::atomic<unsigned>& Hangups() {
  static std::atomic<unsigned> count{0};
  return count;
}

std::string Date(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts = {};
  ::gmtime_r(&time, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

}  // namespace

TlsSource::Times TlsSource::Look() const {
  std::error_code none;
  return {std::filesystem::last_write_time(options_.files.certificate, none), std::filesystem::last_write_time(options_.files.key, none)};
}

fhir::Result<std::unique_ptr<TlsSource>> TlsSource::Open(TlsSourceOptions options) {
  auto source = std::make_unique<TlsSource>(std::move(options));
  source->times_ = source->Look();
  TRY_ASSIGN(source->current_, TlsIdentity::Load(source->options_.files, source->options_.now_seconds()));
  source->WarnOfExpiry();
  source->thread_ = std::thread([source = source.get()] { source->Watch(); });
  return source;
}

TlsSource::~TlsSource() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const TlsIdentity> TlsSource::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void TlsSource::Reload() {
  auto loaded = TlsIdentity::Load(options_.files, options_.now_seconds());
  const std::shared_ptr<const TlsIdentity> before = current();
  if (!loaded) {
    options_.tell({true, "TLS: a new certificate and key are not taken; those in use stay, and expire on " + Date(before->expires()), loaded.error().text()});
    return;
  }
  const bool changed = (*loaded)->files_digest() != before->files_digest();
  {
    const std::lock_guard lock(mutex_);
    current_ = *loaded;
  }
  if (changed) options_.tell({false, "TLS: a new certificate is in use; it expires on " + Date((*loaded)->expires())});
}

void TlsSource::WarnOfExpiry() {
  const std::int64_t now = options_.now_seconds(), left = current()->expires() - now;
  if (left > kWarnDays * kDay || now / kDay == warned_day_) return;
  warned_day_ = now / kDay;
  options_.tell({true, left > 0 ? "TLS: the certificate expires on " + Date(now + left) + ", in " + std::to_string(left / kDay) + " days; put a new one in its place"
                                : "TLS: the certificate has expired on " + Date(now + left) + "; callers refuse it. Put a new one in its place"});
}

void TlsSource::Watch() {
  using Clock = std::chrono::steady_clock;
  unsigned hangups = Hangups();
  Clock::time_point looked = Clock::now(), renewed = looked;
  std::unique_lock lock(mutex_);
  while (!stopping_.wait_for(lock, std::min(kGlance, options_.look_every), [this] { return stop_; })) {
    const Clock::time_point now = Clock::now();
    bool reload = hangups != Hangups() || now - renewed >= options_.renew_every;
    if (!reload && now - looked < options_.look_every) continue;
    lock.unlock();
    const Times times_now = Look();   // before they are read: what is written meanwhile is seen next time
    reload = reload || times_now != times_;
    hangups = Hangups();
    times_ = times_now;
    looked = now;
    if (reload) {
      renewed = now;
      Reload();
    }
    WarnOfExpiry();
    lock.lock();
  }
}

void IgnoreOpenSslConfiguration() { OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); }

void ReloadTlsOnHangup() {
  struct sigaction action = {};
  Hangups();   // made before a signal can come
  action.sa_handler = [](int) { Hangups().fetch_add(1, std::memory_order_relaxed); };
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGHUP, &action, nullptr);
}

}  // namespace server::http
