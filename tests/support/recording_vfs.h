// A file system of SQLite's in memory that keeps a log of all that it was told to do, in order, with marks of the
// test's own between: what a power cut at any moment would leave is made from the log (power_cut.h).
//
// It behaves as SQLite's own does on Linux: writes that do not overlap do not harm each other; the first sync of a new
// journal or log syncs the folder too; what connections share (-shm) is memory, is not logged, and goes with them.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace careloom_test {

using DiskFiles = std::map<std::string, std::string>;   // bytes by file name

struct DiskRecord {
  enum class Kind { kCreate, kWrite, kTruncate, kSync, kDelete, kMark };
  Kind kind = Kind::kMark;
  std::size_t file = 0;             // a number that no other file ever has; the file's at the start: its place in DiskFiles
  std::string name = {};            // kCreate, kDelete
  std::int64_t at = 0;              // kWrite: offset; kTruncate: size; kMark: the test's own number
  std::string bytes = {};           // kWrite
  bool sync_folder = false;         // kSync and kDelete: the folder's entries too
};

class RecordingVfs {
 public:
  // Settings of a connection by PRAGMA name that stand whatever the store sets: smaller checkpoints, for one, or what it would
  // be like if the store did not ask for synchronous=FULL.
  using Pragmas = std::vector<std::pair<std::string, std::string>>;

  explicit RecordingVfs(DiskFiles start = {}, Pragmas pragmas = {});
  // All connections must be closed.
  ~RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  // For SqliteOptions::vfs.
  const std::string& name() const { return name_; }
  // Puts the number into the log.
  void Mark(std::int64_t number);
  const DiskFiles& start() const { return start_; }
  // With no connection open.
  const std::vector<DiskRecord>& log() const { return log_; }
  DiskFiles Files() const;

  struct Node;
  struct File;
  struct Methods;   // SQLite's callbacks

 private:
  const DiskFiles start_;
  const Pragmas pragmas_;
  const std::string name_;
  sqlite3_vfs vfs_;

  mutable std::mutex mutex_;        // guards the members below, and every Node
  std::map<std::string, std::shared_ptr<Node>> nodes_;
  std::vector<DiskRecord> log_;
  std::size_t next_number_ = 0;
};

}  // namespace careloom_test
