// The one thread that writes: takes jobs from a queue, runs each in its savepoint, commits many together and
// wakes their callers when the commit is on the disk.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/sql/layout.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/transaction.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

class Writer {
 public:
  struct Settings {
    std::size_t group_jobs, queued_jobs;
    std::function<void(const std::string& reason)> on_broken;
  };

  // Reads where keys and the change sequence stand, then starts the thread. `layout` must outlive the writer.
  static fhir::Result<std::unique_ptr<Writer>> Start(std::unique_ptr<Database> database, const sql::Layout& layout, Settings settings);
  // Finishes what is queued.
  ~Writer();

  // As Store::Write. Not from within a job.
  fhir::Result<void> Run(Store::Job job);
  const WriteFigures& figures() const { return figures_; }
  // That it can write, by writing: after a write for which there was no room as much as a large request takes.
  fhir::Result<void> Check();

 private:
  // A caller that waits. Lives on the caller's stack: once `answer` is there it may be gone.
  struct Waiting {
    Store::Job job;                             // none: only something is to be written
    std::optional<fhir::Result<void>> answer;   // guarded by mutex_; set when the commit is done, never before
  };
  // A job of the commit at hand; the writer's thread only.
  struct Running {
    Waiting* waiting;
    fhir::Result<void> result;                  // of the job itself; what it is worth the commit decides
  };
  using Group = std::vector<Running>;

  Writer(std::unique_ptr<Database> database, const sql::Layout& layout, Settings settings)
      : database_(std::move(database)), layout_(layout), settings_(std::move(settings)) {}

  void Loop();
  bool TakeOne(Group& group);
  void RunGroup(Group& group);
  fhir::Result<void> RunJobs(Group& group);
  fhir::Result<void> RunJob(const Store::Job& job);
  fhir::Result<void> Touch();
  fhir::Result<void> FlushCounters();
  fhir::Result<void> Commit();
  void Answer(Group& group, const fhir::Result<void>& committed, bool has_written);

  std::unique_ptr<Database> database_;   // the writer's thread only, like state_
  const sql::Layout& layout_;
  Settings settings_;
  WriteFigures figures_;
  WriterState state_;
  bool has_touched_ = false;             // in the group at hand

  mutable std::mutex mutex_;             // guards the members below
  std::condition_variable has_job_, has_result_;
  std::deque<Waiting*> queue_;
  bool stopping_ = false, broken_ = false;
  bool had_no_room_ = false;

  std::thread thread_;
};

}  // namespace server::storage::sqlite
