// Where the server's events go: one JSON object a line, on standard error. Whoever writes is never held up: lines wait in
// memory of a bounded size for a thread that hands them to the system, and are dropped, and counted, when nobody reads
// them or the disk under them is full.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "server/log/line.h"

namespace server::log {

class Log {
 public:
  struct Settings {
    int descriptor = 2;                              // stays open as long as the log; negative: nothing is written
    std::size_t waiting_bytes = std::size_t{4} << 20;   // that wait to be written; lines over it are dropped
    int gather_ms = 10;                              // lines of that time share a write; an error's is not waited with
    int farewell_ms = 1000;                          // at the end, for a reader that is slow
  };

  Log() : Log(Settings{}) {}
  explicit Log(Settings settings);
  // Writes what waits, as long as it is taken.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Never blocks on the reader, never fails. Thread-safe.
  void Write(Line line);
  // False: what is written goes nowhere, and need not be put together.
  bool is_on() const { return settings_.descriptor >= 0; }
  std::uint64_t written_count() const { return written_; }
  std::uint64_t dropped_count() const { return dropped_; }

 private:
  void Loop();
  void WriteAll(std::string_view lines);
  bool WriteSome(std::string_view lines);
  bool IsWritable();
  void SayDropped();
  bool IsTimeUp();

  const Settings settings_;
  std::atomic<std::uint64_t> written_ = 0, dropped_ = 0;
  std::uint64_t told_ = 0;               // dropped lines that a line has told of; the thread's own, like is_torn_
  bool is_torn_ = false;                 // the last write ended inside a line

  std::mutex mutex_;                     // guards the members below
  std::condition_variable changed_;
  std::string waiting_;
  bool urgent_ = false, stopping_ = false;
  std::chrono::steady_clock::time_point end_;   // of the farewell, once stopping

  std::thread thread_;
};

}  // namespace server::log
