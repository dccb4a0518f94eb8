// See writer.h.
#include "server/storage/postgres/writer.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace server::storage::postgres {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using sql::Cursor;
using Clock = std::chrono::steady_clock;

constexpr int kMostAttempts = 5;

Error OutcomeUnknown(const std::string& detail) {
  return Error(ErrorKind::kInternal, "The database was lost while this was being stored. Whether it was stored is unknown: look, or repeat it in a way that is safe to repeat.")
      .WithDetail(detail);
}

// What only tells to try again is the caller's to know when trying again did not help.
Error GivenUp(const Error& error) {
  if (error.kind() != ErrorKind::kConflict) return Copy(error);
  return Error(ErrorKind::kUnavailable, "Too many requests change the same at the same time. Nothing was stored; try again in a moment.").WithDetail(error.detail());
}

Result<void> FlushCounters(PostgresConnection& connection, const sql::TypeCounts& counts) {
  for (const auto& [type, count] : counts) {
    TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO counter(type, part, live, versions, bytes) VALUES(?1, ?5, ?2, ?3, ?4) "
                                               "ON CONFLICT(type, part) DO UPDATE SET live=counter.live+?2, versions=counter.versions+?3, bytes=counter.bytes+?4"));
    cursor.Bind(1, type).Bind(2, count.live).Bind(3, count.versions).Bind(4, count.bytes);
    // Writers of all processes share few parts, and seldom meet in one.
    TRY(cursor.Bind(5, std::int64_t{connection.server_process() % 64}).Run());
  }
  return {};
}

// Fails, and the transaction with it, when the mark is not what it is thought to be.
Result<void> RaiseMark(PostgresConnection& connection, std::int64_t writer, std::int64_t mark) {
  TRY_ASSIGN(Cursor cursor, connection.Query("WITH raised AS (UPDATE writer_mark SET mark=?2+1 WHERE writer=?1 AND mark=?2 RETURNING 1) SELECT 1/count(*) FROM raised"));
  return cursor.Bind(1, writer).Bind(2, mark).Run();
}

}  // namespace

Writer::Writer(ConnectionSettings connection, const sql::Layout& layout, Settings settings)
    : connection_settings_(std::move(connection)), layout_(layout), settings_(settings) {
  for (std::size_t i = 0; i < std::max<std::size_t>(settings_.threads, 1); ++i) {
    hands_.push_back(std::make_unique<Hand>());
    Hand& hand = *hands_.back();
    hand.jitter.seed(static_cast<unsigned>(layout_.random()));
    hand.thread = std::thread([this, &hand] { Loop(hand); });
  }
}

Writer::~Writer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  has_job_.notify_all();
  for (const std::unique_ptr<Hand>& hand : hands_) {
    hand->thread.join();
    // Whoever opens the database next shall see at once that this process receives nothing any more: the server lets go of a
    // session's locks some time after its end.
    if (hand->connection && hand->connection->Run("SELECT pg_advisory_unlock_all()")) static_cast<void>(hand->connection->Sync().has_value());
  }
}

Result<void> Writer::Run(Store::Job job) {
  Waiting waiting{std::move(job)};
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_) return Error(ErrorKind::kUnavailable, "The store is closing.");
  if (queue_.size() >= settings_.queued_jobs) return Error(ErrorKind::kUnavailable, "The store has too much waiting to be written. Try again in a moment.");
  queue_.push_back(&waiting);
  figures_.waiting_jobs.fetch_add(1, std::memory_order_relaxed);
  has_job_.notify_one();
  waiting.answered.wait(lock, [&] { return waiting.answer.has_value(); });
  return *std::move(waiting.answer);
}

void Writer::Loop(Hand& hand) {
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      has_job_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
    }
    Group group = TakeGroup();
    if (group.empty()) continue;
    RunGroup(hand, group);
    Answer(group);
  }
}

Writer::Group Writer::TakeGroup() {
  const std::lock_guard<std::mutex> lock(mutex_);
  // A fair share: what one hand takes the others cannot commit beside it.
  const std::size_t share = (queue_.size() + hands_.size() - 1) / hands_.size();
  Group group;
  while (!queue_.empty() && group.size() < std::min(share, settings_.group_jobs)) {
    group.push_back({queue_.front(), {}});
    queue_.pop_front();
  }
  figures_.waiting_jobs.fetch_sub(static_cast<std::int64_t>(group.size()), std::memory_order_relaxed);
  return group;
}

void Writer::RunGroup(Hand& hand, Group& group) {
  std::optional<Error> error;
  if (group.size() > 1 && TryGroup(hand, group, error) == Attempt::kDone) return;
  for (Running& job : group) RunAlone(hand, job);
}

void Writer::RunAlone(Hand& hand, Running& job) {
  const auto deadline = Clock::now() + settings_.patience;
  Group alone;
  alone.push_back({job.waiting, {}});
  std::optional<Error> error;
  for (int attempt = 1;; ++attempt) {
    if (TryGroup(hand, alone, error) == Attempt::kDone) {
      job.result = std::move(alone.front().result);
      return;
    }
    if (attempt == kMostAttempts || Clock::now() >= deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution<int>(1, 10 * attempt)(hand.jitter)));
  }
  job.result = GivenUp(*error);
}

Result<void> Writer::Connect(Hand& hand) {
  if (hand.connection && !hand.connection->lost() && !hand.connection->HasHungUp()) return {};
  hand.connection.reset();
  TRY_ASSIGN(hand.connection, PostgresConnection::Open(connection_settings_));
  blocks_.Forget();
  if (hand.writer != 0) return {};
  TRY_ASSIGN(hand.writer, QueryInt(*hand.connection, "INSERT INTO writer_mark(mark) VALUES(0) RETURNING writer", 0));
  return {};
}

Writer::Attempt Writer::TryGroup(Hand& hand, Group& group, std::optional<Error>& error) {
  if (Result<void> connected = Connect(hand); !connected) {
    for (Running& job : group) job.result = Copy(connected.error());
    // Those who wait would fare the same, one after the other.
    FailQueued(connected.error());
    return Attempt::kDone;
  }
  PostgresConnection& connection = *hand.connection;
  sql::TypeCounts counts;
  const bool ran = connection.BeginWrite() && RaiseMark(connection, hand.writer, hand.mark) && RunJobs(connection, group, counts);
  if (ran && std::none_of(group.begin(), group.end(), [](const Running& job) { return job.result.has_value(); })) {
    connection.Rollback();
    return Attempt::kDone;
  }
  // What a flush cannot queue the commit tells.
  if (ran) static_cast<void>(FlushCounters(connection, counts).has_value());
  return Commit(hand, group, error);
}

bool Writer::RunJobs(PostgresConnection& connection, Group& group, sql::TypeCounts& counts) {
  GroupLocks locks;
  for (Running& job : group) {
    const bool in_savepoint = group.size() > 1;
    if (in_savepoint && !connection.Run("SAVEPOINT job")) return false;
    job.result = RunJob(connection, job.waiting->job, locks, counts);
    if (connection.trouble() != Trouble::kNone) return false;
    if (!in_savepoint) continue;
    if (!job.result && !connection.Run("ROLLBACK TO job")) return false;
    if (!connection.Run("RELEASE job")) return false;
  }
  return true;
}

Result<void> Writer::RunJob(PostgresConnection& connection, const Store::Job& job, GroupLocks& locks, sql::TypeCounts& counts) {
  Transaction transaction(connection, layout_, blocks_, locks);
  Result<void> result;
  try {
    result = job(transaction);
  } catch (const std::exception& exception) {
    result = Error(ErrorKind::kInternal, "The request failed inside the server.").WithDetail(exception.what());
  }
  if (!result) return result;
  for (const auto& [type, added] : transaction.counts()) {
    sql::TypeCount& count = counts[type];
    count.live += added.live;
    count.versions += added.versions;
    count.bytes += added.bytes;
  }
  return result;
}

// Of jobs that failed by themselves their own error stands; the others are only as good as the commit.
Writer::Attempt Writer::Commit(Hand& hand, Group& group, std::optional<Error>& error) {
  PostgresConnection& connection = *hand.connection;
  const auto begun = Clock::now();
  const Ended ended = connection.Commit(error);
  figures_.commit_us.Add(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun).count());
  if (ended == Ended::kCommitted) {
    ++hand.mark;
    figures_.group_jobs.Add(static_cast<std::int64_t>(group.size()));
    return Attempt::kDone;
  }
  if (ended == Ended::kUnknown) return AskWhatBecame(hand, group, error);
  const Trouble trouble = connection.trouble();
  connection.Rollback();
  // An error of one statement is told to the job whose statement it was: that shows when each runs alone.
  if (trouble == Trouble::kRetry || trouble == Trouble::kLost || group.size() > 1) return Attempt::kAgain;
  group.front().result = Copy(*error);
  return Attempt::kDone;
}

Writer::Attempt Writer::AskWhatBecame(Hand& hand, Group& group, const std::optional<Error>& error) {
  const auto deadline = Clock::now() + settings_.patience;
  const int process = hand.connection->server_process();
  for (auto pause = std::chrono::milliseconds(20);; pause = std::min(pause * 2, std::chrono::milliseconds(500))) {
    if (Connect(hand)) {
      const Result<bool> committed = WasCommitted(hand, process);
      if (committed) return *committed ? Attempt::kDone : Attempt::kAgain;
      hand.connection.reset();
    }
    if (Clock::now() >= deadline) break;
    std::this_thread::sleep_for(pause);
  }
  // Whatever becomes of it: the next transaction begins with a mark that is known.
  hand.writer = hand.mark = 0;
  hand.connection.reset();
  for (Running& job : group) {
    if (job.result) job.result = OutcomeUnknown(error ? error->detail() : std::string());
  }
  return Attempt::kDone;
}

Result<bool> Writer::WasCommitted(Hand& hand, int process) {
  PostgresConnection& connection = *hand.connection;
  {
    // Where the network is down it may not know yet that nobody listens, and holds its locks.
    TRY_ASSIGN(Cursor cursor, connection.Query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid=?1 AND usename=current_user AND state<>'idle'"));
    TRY(cursor.Bind(1, std::int64_t{process}).Step());
  }
  TRY(connection.Run("BEGIN"));
  std::int64_t mark = 0;
  {
    // Waits for a transaction that is still at it.
    TRY_ASSIGN(Cursor cursor, connection.Query("SELECT mark FROM writer_mark WHERE writer=?1 FOR UPDATE"));
    TRY_ASSIGN(const bool found, cursor.Bind(1, hand.writer).Step());
    if (!found) return Error(ErrorKind::kInternal, "The store failed.").WithDetail("a writer's mark is gone");
    mark = cursor.Int(0);
  }
  if (mark == hand.mark + 1) {
    TRY(connection.Run("COMMIT"));
    TRY(connection.Sync());
    hand.mark = mark;
    return true;
  }
  // Two more: one more is what it would have been. It may stand so already, from an attempt to ask whose answer was lost.
  {
    TRY_ASSIGN(Cursor cursor, connection.Query("UPDATE writer_mark SET mark=?2 WHERE writer=?1"));
    TRY(cursor.Bind(1, hand.writer).Bind(2, hand.mark + 2).Run());
  }
  TRY(connection.Run("COMMIT"));
  TRY(connection.Sync());
  hand.mark += 2;
  return false;
}

void Writer::Answer(Group& group) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Running& running : group) {
    if (!running.result) figures_.failed_jobs.fetch_add(1, std::memory_order_relaxed);
    running.waiting->answer = std::move(running.result);
    running.waiting->answered.notify_one();
  }
}

void Writer::FailQueued(const Error& error) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Waiting* waiting : queue_) {
    waiting->answer = Copy(error);
    waiting->answered.notify_one();
  }
  figures_.failed_jobs.fetch_add(queue_.size(), std::memory_order_relaxed);
  figures_.waiting_jobs = 0;
  queue_.clear();
}

}  // namespace server::storage::postgres
