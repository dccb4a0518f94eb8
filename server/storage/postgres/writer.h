// The threads that write. Each has a connection, takes a few of the jobs that wait, runs them in one transaction with a savepoint each, and
// wakes their callers when the commit has come back.
//
// Where another transaction was in the way, or the connection went before COMMIT was sent, the jobs run again, one by one. Where
// it went with COMMIT on its way, the server is asked what became of it: nothing is done twice, nothing that was done is called
// failed. For that each writer has a row in writer_mark. Its transactions begin by raising the mark from what they know it to be;
// who asks finds the new mark (it was committed), or the old one, and then raises it himself: what is still on its way fails.
// (Not pg_xact_status: a server that crashed gives numbers of transactions again.)
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/figures.h"
#include "server/storage/postgres/blocks.h"
#include "server/storage/postgres/connection.h"
#include "server/storage/postgres/transaction.h"
#include "server/storage/sql/layout.h"
#include "server/storage/store.h"

namespace server::storage::postgres {

class Writer {
 public:
  struct Settings {
    std::size_t threads, group_jobs, queued_jobs;
    std::chrono::milliseconds patience;       // with what is in doubt, and with a job that has to run again
  };

  // Starts the threads; each connects when it has something to write. `layout` must outlive the writer.
  Writer(ConnectionSettings connection, const sql::Layout& layout, Settings settings);
  // Finishes what is queued.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // As Store::Write. Not from within a job.
  fhir::Result<void> Run(Store::Job job);
  const WriteFigures& figures() const { return figures_; }

 private:
  // A caller that waits. Lives on the caller's stack: once `answer` is there it may be gone.
  struct Waiting {
    Store::Job job;
    std::optional<fhir::Result<void>> answer = {};   // guarded by mutex_; set when the commit is done, never before
    std::condition_variable answered = {};
  };
  // A job of the transaction at hand; its thread's only.
  struct Running {
    Waiting* waiting;
    fhir::Result<void> result;                  // of the job itself; what it is worth the commit decides
  };
  using Group = std::vector<Running>;
  // One of the threads, with what only it uses.
  struct Hand {
    std::unique_ptr<PostgresConnection> connection;
    std::int64_t writer = 0;                    // its row in writer_mark; 0: it has none yet
    std::int64_t mark = 0;                      // as it stands there
    std::minstd_rand jitter;
    std::thread thread;
  };
  enum class Attempt {
    kDone,     // every job has its result
    kAgain,    // nothing of it stands; the same may succeed
  };

  void Loop(Hand& hand);
  Group TakeGroup();
  void RunGroup(Hand& hand, Group& group);
  void RunAlone(Hand& hand, Running& job);
  // One transaction. `error` is why, when it was kAgain.
  Attempt TryGroup(Hand& hand, Group& group, std::optional<fhir::Error>& error);
  // False when the transaction failed under the jobs.
  bool RunJobs(PostgresConnection& connection, Group& group, sql::TypeCounts& counts);
  fhir::Result<void> RunJob(PostgresConnection& connection, const Store::Job& job, GroupLocks& locks, sql::TypeCounts& counts);
  Attempt Commit(Hand& hand, Group& group, std::optional<fhir::Error>& error);
  Attempt AskWhatBecame(Hand& hand, Group& group, const std::optional<fhir::Error>& error);
  // Whether the commit that would have raised the mark was done. If not, it never will be. `process` is the server's of that commit.
  fhir::Result<bool> WasCommitted(Hand& hand, int process);
  fhir::Result<void> Connect(Hand& hand);
  void Answer(Group& group);
  void FailQueued(const fhir::Error& error);

  const ConnectionSettings connection_settings_;
  const sql::Layout& layout_;
  const Settings settings_;
  Blocks blocks_;
  WriteFigures figures_;

  std::mutex mutex_;                     // guards the members below
  std::condition_variable has_job_;
  std::deque<Waiting*> queue_;
  bool stopping_ = false;

  std::vector<std::unique_ptr<Hand>> hands_;
};

}  // namespace server::storage::postgres
