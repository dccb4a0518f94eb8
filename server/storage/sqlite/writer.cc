// See writer.h.
#include "server/storage/sqlite/writer.h"

#include <chrono>
#include <exception>
#include <typeinfo>
#include <utility>

namespace server::storage::sqlite {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

Error Broken() {
  return Error(ErrorKind::kUnavailable, "The store takes no writes since its disk failed or its file was taken away. The server has to be started anew.");
}

Error OutcomeUnknown(const std::string& detail) {
  return Error(ErrorKind::kInternal, "The store's disk failed while this was being stored. Whether it was stored is unknown: look, or repeat it in a way that is safe to repeat.")
      .WithDetail(detail);
}

Error Copy(const Error& error) { return Error(error.kind(), error.text()).WithDetail(error.detail()).WithIssueType(std::string(error.issue_type())); }

bool IsFull(const Error& error) { return error.issue_type() == "no-store"; }

}  // namespace

Result<std::unique_ptr<Writer>> Writer::Start(std::unique_ptr<Database> database, const sql::Layout& layout, Settings settings) {
  std::unique_ptr<Writer> writer(new Writer(std::move(database), layout, std::move(settings)));
  TRY_ASSIGN(writer->state_.last_key, QueryInt(*writer->database_, "SELECT max(key) FROM resource", 0));
  TRY_ASSIGN(writer->state_.last_seq, QueryInt(*writer->database_, "SELECT max(seq) FROM version", 0));
  writer->thread_ = std::thread([raw = writer.get()] { raw->Loop(); });
  return writer;
}

Writer::~Writer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  has_job_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> Writer::Check() { return Run({}); }

Result<void> Writer::Run(Store::Job job) {
  Waiting waiting{std::move(job), std::nullopt};
  std::unique_lock<std::mutex> lock(mutex_);
  if (broken_) return Broken();
  if (stopping_) return Error(ErrorKind::kUnavailable, "The store is closing.");
  if (queue_.size() >= settings_.queued_jobs) return Error(ErrorKind::kUnavailable, "The store has too much waiting to be written. Try again in a moment.");
  queue_.push_back(&waiting);
  figures_.waiting_jobs.fetch_add(1, std::memory_order_relaxed);
  has_job_.notify_one();
  has_result_.wait(lock, [&] { return waiting.answer.has_value(); });
  return *std::move(waiting.answer);
}

void Writer::Loop() {
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      has_job_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
    }
    Group group;
    RunGroup(group);
  }
}

bool Writer::TakeOne(Group& group) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (queue_.empty() || group.size() >= settings_.group_jobs) return false;
  group.push_back({queue_.front(), {}});
  queue_.pop_front();
  figures_.waiting_jobs.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

void Writer::RunGroup(Group& group) {
  const WriterState before = state_;
  Result<void> done = RunJobs(group);
  if (done) done = Commit();
  // Something may have been written to a file that is in no folder any more.
  if (done) database_->IsFileGone();
  if (!done) {
    state_ = before;
    // Some failures have ended the transaction already.
    if (!database_->InAutocommit() && !database_->Execute("ROLLBACK")) done = OutcomeUnknown("rollback failed");
  }
  if (const int code = database_->broken_code(); code != 0) {
    done = OutcomeUnknown("sqlite code " + std::to_string(code));
    // Before anybody is answered: who hears that it failed is not to see it end as if it had not.
    if (settings_.on_broken) settings_.on_broken("sqlite code " + std::to_string(code));
  }
  const bool has_touched = std::exchange(has_touched_, false);
  Answer(group, done, done && (has_touched || state_.last_seq != before.last_seq));
}

// Jobs that come while others run join the same commit, up to the limit.
Result<void> Writer::RunJobs(Group& group) {
  Result<void> begun = database_->Execute("BEGIN IMMEDIATE");
  while (TakeOne(group)) {
    if (!begun) continue;
    group.back().result = RunJob(group.back().waiting->job);
    if (database_->broken_code() != 0) return OutcomeUnknown("a statement failed");
    const Result<void>& result = group.back().result;
    if (database_->InAutocommit() && !result && IsFull(result.error())) return Copy(result.error());
    if (database_->InAutocommit()) return Error(ErrorKind::kUnavailable, "The store could not write. Nothing was stored; try again.");
  }
  if (!begun) return begun;
  return FlushCounters();
}

Result<void> Writer::RunJob(const Store::Job& job) {
  TRY_ASSIGN(Cursor savepoint, database_->Query("SAVEPOINT job"));
  TRY(savepoint.Run());
  Transaction transaction(*database_, layout_, state_);
  Result<void> result;
  try {
    result = job ? job(transaction) : Touch();
  } catch (const std::exception& exception) {
    result = Error(ErrorKind::kInternal, "The request failed inside the server.").WithDetail(typeid(exception).name());
  }
  if (database_->InAutocommit()) return result ? Result<void>(Error(ErrorKind::kUnavailable, "The store could not write.")) : std::move(result);
  if (!result) {
    TRY_ASSIGN(Cursor rollback, database_->Query("ROLLBACK TO job"));
    TRY(rollback.Run());
  } else {
    transaction.HandOver(state_);
  }
  TRY_ASSIGN(Cursor release, database_->Query("RELEASE job"));
  TRY(release.Run());
  return result;
}

// Another value each time: a row that stays as it is would not be written.
Result<void> Writer::Touch() {
  has_touched_ = true;
  bool much = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    much = had_no_room_;
  }
  TRY_ASSIGN(Cursor cursor, database_->Query("INSERT INTO meta(name, value) VALUES('touched', randomblob(?1)) ON CONFLICT(name) DO UPDATE SET value=excluded.value"));
  return cursor.Bind(1, std::int64_t{much ? 256 * 1024 : 8}).Run();
}

Result<void> Writer::FlushCounters() {
  for (const auto& [type, count] : state_.counts) {
    TRY_ASSIGN(Cursor cursor, database_->Query("INSERT INTO counter(type, live, versions, bytes) VALUES(?1, ?2, ?3, ?4) "
                                               "ON CONFLICT(type) DO UPDATE SET live=live+?2, versions=versions+?3, bytes=bytes+?4"));
    TRY(cursor.Bind(1, type).Bind(2, count.live).Bind(3, count.versions).Bind(4, count.bytes).Run());
  }
  state_.counts.clear();
  return {};
}

Result<void> Writer::Commit() {
  const auto begun = std::chrono::steady_clock::now();
  Result<void> committed = database_->Execute("COMMIT");
  figures_.commit_us.Add(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count());
  // On a full disk the last page of the commit is not there, and nothing is stored without it.
  if (committed || IsFull(committed.error())) return committed;
  return OutcomeUnknown(committed.error().detail());
}

// A job that failed by itself keeps its own error; one that succeeded is only as good as the commit.
void Writer::Answer(Group& group, const Result<void>& committed, bool has_written) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (database_->broken_code() != 0) {
    broken_ = true;
    for (Waiting* waiting : queue_) waiting->answer = Broken();
    figures_.waiting_jobs = 0;
    queue_.clear();
  }
  figures_.group_jobs.Add(static_cast<std::int64_t>(group.size()));
  if (has_written) had_no_room_ = false;
  for (Running& running : group) {
    if (running.result && !committed) running.result = Copy(committed.error());
    if (!running.result) figures_.failed_jobs.fetch_add(1, std::memory_order_relaxed);
    if (!running.result) had_no_room_ |= IsFull(running.result.error());
    running.waiting->answer = std::move(running.result);
  }
  has_result_.notify_all();
}

}  // namespace server::storage::sqlite
