// Can the server do its work? Asked by /health/ready; each reason why not has a code that says nothing of what is inside.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "fhir/base/result.h"
#include "server/app.h"

namespace server::operations {

// A reason not to send requests here.
struct Unready {
  std::string_view code;   // "store-failed", see README.md
  std::string detail;      // for the operator
};

struct Disk {
  int used_percent = 0;
  bool is_read_only = false;
};

// Where the answers come from; all thread-safe.
struct ReadinessSources {
  std::function<bool()> has_store_failed;                 // its disk did: it takes no more writes
  std::function<fhir::Result<void>()> check_store;        // reads, and writes nothing durably; may take long or never end
  std::function<std::optional<Disk>()> look_at_disk;      // nothing: not known
  std::function<std::int64_t()> inbox_failing_since_us;   // 0: it works
  std::function<std::int64_t()> certificate_expires;      // seconds since 1970; 0: there is none
  std::function<std::int64_t()> now_us;
};

// Thread-safe.
class Readiness {
 public:
  // Of the parts of the process; `app` must outlive it.
  static ReadinessSources Of(const App& app, std::string folder);

  Readiness(ReadinessSources sources, const Watch& watch) : sources_(std::move(sources)), watch_(watch) {}
  ~Readiness();   // waits for a look at the store that is under way
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Every reason; none when it is ready. Comes back within Watch::probe_time, whatever the store does.
  std::vector<Unready> Look();

 private:
  std::optional<Unready> Probe();
  void Loop();

  const ReadinessSources sources_;
  const Watch watch_;
  std::mutex mutex_;                       // guards the members below
  std::condition_variable changed_;
  std::thread thread_;                     // looks at the store; begun at the first question
  bool is_wanted_ = false, stopping_ = false;
  std::chrono::steady_clock::time_point began_;   // the look under way
  std::uint64_t looks_ = 0;                // that have ended
  std::optional<Unready> last_;            // what the last of them found
};

}  // namespace server::operations
