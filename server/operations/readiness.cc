// One look at a time at the store, on a thread of its own: who asks waits for it no longer than it may take.
#include "server/operations/readiness.h"

#include <sys/statvfs.h>

#include "server/inbox/inbox.h"

namespace server::operations {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kDiskFull = "disk-full";

// As df counts: of what may be written by others than root.
std::optional<Disk> LookAtDisk(const std::string& folder) {
  struct statvfs found {};
  if (::statvfs(folder.c_str(), &found) != 0) return std::nullopt;
  const auto used = static_cast<std::uint64_t>(found.f_blocks - found.f_bfree), free = static_cast<std::uint64_t>(found.f_bavail);
  Disk disk;
  disk.used_percent = used + free == 0 ? 0 : static_cast<int>((used * 100 + used + free - 1) / (used + free));
  disk.is_read_only = (found.f_flag & ST_RDONLY) != 0;
  return disk;
}

std::string Seconds(std::int64_t ms) { return std::to_string((ms + 999) / 1000) + " s"; }

}  // namespace

ReadinessSources Readiness::Of(const App& app, std::string folder) {
  ReadinessSources sources;
  sources.has_store_failed = [&app] { return app.store_failed.load(); };
  sources.check_store = [&app] { return app.store->Check(); };
  sources.look_at_disk = [folder = std::move(folder)] { return LookAtDisk(folder); };
  sources.inbox_failing_since_us = [&app] { return app.inbox->failing_since_us(); };
  sources.certificate_expires = [&app] { return app.certificate_expires ? app.certificate_expires() : 0; };
  sources.now_us = app.now_us;
  return sources;
}

Readiness::~Readiness() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::vector<Unready> Readiness::Look() {
  std::vector<Unready> reasons;
  if (sources_.has_store_failed()) {
    reasons.push_back({"store-failed", "The disk failed; the process has to be started anew."});
  } else if (auto reason = Probe()) {
    reasons.push_back(*std::move(reason));
  }
  if (const auto disk = sources_.look_at_disk()) {
    if (disk->is_read_only) reasons.push_back({"disk-read-only", "The file system of the data folder is mounted for reading only."});
    const bool is_said = !reasons.empty() && reasons.front().code == kDiskFull;
    if (disk->used_percent >= watch_.disk_full_percent && !is_said) {
      reasons.push_back({kDiskFull, std::to_string(disk->used_percent) + " % of the data folder's disk are in use; " + std::to_string(watch_.disk_full_percent) + " % are too many."});
    }
  }
  const std::int64_t now_us = sources_.now_us(), failing_us = sources_.inbox_failing_since_us(), expires = sources_.certificate_expires();
  if (failing_us != 0 && now_us - failing_us >= watch_.inbox_failing_ms * 1000) {
    reasons.push_back({"inbox-stuck", "The inbox's worker has failed for " + Seconds((now_us - failing_us) / 1000) + "; the log has the reason."});
  }
  if (expires != 0 && now_us / 1'000'000 >= expires) reasons.push_back({"certificate-expired", "The listener's certificate has expired."});
  return reasons;
}

std::optional<Unready> Readiness::Probe() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_) return std::nullopt;
  if (!thread_.joinable()) thread_ = std::thread([this] { Loop(); });
  if (!is_wanted_) {
    is_wanted_ = true;
    began_ = Clock::now();
    changed_.notify_all();
  }
  const std::uint64_t mine = looks_ + 1;
  if (changed_.wait_until(lock, began_ + std::chrono::milliseconds(watch_.probe_ms), [&] { return looks_ >= mine; })) return last_;
  return Unready{"writes-stuck", "A look at the store, with a write that changes nothing, has not come back within " + Seconds(watch_.probe_ms) + "."};
}

void Readiness::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || is_wanted_; });
    if (stopping_) return;
    lock.unlock();
    const auto checked = sources_.check_store();
    lock.lock();
    last_.reset();
    // A disk may be full for the store before it is for who counts its blocks: quotas, limits of a file's size.
    const bool is_full = !checked && checked.error().issue_type() == "no-store";
    if (!checked) last_ = Unready{is_full ? kDiskFull : "store-refuses", checked.error().text() + (checked.error().detail().empty() ? "" : " (" + checked.error().detail() + ")")};
    is_wanted_ = false;
    looks_ += 1;
    changed_.notify_all();
  }
}

}  // namespace server::operations
