// See postgres_store.h.
#include "server/storage/postgres/postgres_store.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/storage/postgres/index_writer.h"
#include "server/storage/postgres/locks.h"
#include "server/storage/postgres/pool.h"
#include "server/storage/postgres/schema.h"
#include "server/storage/postgres/writer.h"
#include "server/storage/sql/inbox.h"
#include "server/storage/sql/layout.h"
#include "server/storage/sql/reindex.h"
#include "server/storage/sql/session.h"
#include "server/storage/sql/verify.h"

namespace server::storage::postgres {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using sql::Cursor;

constexpr std::string_view kBeginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

// A connection of the pool, with a transaction (or without: Snapshot::kNone) that ends when this goes.
class Borrowed {
 public:
  Borrowed(std::unique_ptr<PostgresConnection> connection, std::shared_ptr<Pool> pool, Snapshot snapshot)
      : connection_(std::move(connection)), pool_(std::move(pool)), snapshot_(snapshot) {}
  ~Borrowed() {
    if (!connection_) return;
    if (snapshot_ == Snapshot::kOne && !connection_->EndReading()) connection_->Rollback();
    pool_->Return(std::move(connection_));
  }
  Borrowed(Borrowed&&) = default;
  Borrowed& operator=(Borrowed&&) = delete;
  PostgresConnection& operator*() const { return *connection_; }

 private:
  std::unique_ptr<PostgresConnection> connection_;
  std::shared_ptr<Pool> pool_;
  Snapshot snapshot_;
};

// BEGIN waits in the connection's buffer for the first statement.
Result<Borrowed> Borrow(const std::shared_ptr<Pool>& pool, Snapshot snapshot = Snapshot::kOne) {
  TRY_ASSIGN(std::unique_ptr<PostgresConnection> connection, pool->Take());
  Borrowed borrowed(std::move(connection), pool, snapshot);
  if (snapshot == Snapshot::kOne) { TRY((*borrowed).Run(kBeginReading)); }
  return borrowed;
}

// A session's lock on a connection of its own: the server lets go of it when the connection or the process ends.
class AdvisoryLease final : public Lease {
 public:
  explicit AdvisoryLease(std::unique_ptr<PostgresConnection> connection) : connection_(std::move(connection)) {}
  bool Holds() override { return !connection_->HasHungUp() && QueryInt(*connection_, "SELECT 1", 0).has_value(); }

 private:
  std::unique_ptr<PostgresConnection> connection_;
};

class PooledReader final : public sql::Session<Reader> {
 public:
  PooledReader(Borrowed borrowed, const sql::Layout& layout) : Session(*borrowed, layout), borrowed_(std::move(borrowed)) {}

 private:
  Borrowed borrowed_;
};

// Removes what processes that are gone left half received: their number's lock can be had alone.
Result<void> DeleteUnfinishedMessages(PostgresConnection& connection) {
  constexpr std::string_view kDelete[] = {"DELETE FROM message_piece p USING message m WHERE p.message=m.number AND m.state=0 AND m.receiver=?1",
                                          "DELETE FROM message_part p USING message m WHERE p.message=m.number AND m.state=0 AND m.receiver=?1",
                                          "DELETE FROM message WHERE state=0 AND receiver=?1"};
  std::vector<std::int64_t> receivers;
  {
    TRY_ASSIGN(Cursor cursor, connection.Query("SELECT DISTINCT receiver FROM message WHERE state=0"));
    while (true) {
      TRY_ASSIGN(const bool found, cursor.Step());
      if (!found) break;
      receivers.push_back(cursor.Int(0));
    }
  }
  for (const std::int64_t receiver : receivers) {
    TRY(connection.Run("BEGIN"));
    TRY_ASSIGN(Cursor lock, connection.Query("SELECT pg_try_advisory_xact_lock(CAST(?1 AS INTEGER), CAST(?2 AS INTEGER))"));
    TRY(lock.Bind(1, std::int64_t{kReceiverLocks}).Bind(2, receiver).Step());
    const bool is_gone = lock.Int(0) != 0;
    for (const std::string_view sql : kDelete) {
      if (!is_gone) break;
      TRY_ASSIGN(Cursor cursor, connection.Query(sql));
      TRY(cursor.Bind(1, receiver).Run());
    }
    TRY(connection.Run("COMMIT"));
    TRY(connection.Sync());
  }
  return {};
}

class PostgresStore final : public Store {
 public:
  PostgresStore(PostgresOptions options, std::shared_ptr<const sql::Layout> layout, std::shared_ptr<Pool> pool, std::unique_ptr<Writer> writer)
      : options_(std::move(options)), layout_(std::move(layout)), pool_(std::move(pool)), writer_(std::move(writer)) {}
  ~PostgresStore() override { pool_->Close(); }

  Result<void> Write(Job job) override {
    if (!writer_) return Error(ErrorKind::kUnsupported, "The store is open for reading only.");
    return writer_->Run(std::move(job));
  }

  Result<std::unique_ptr<Reader>> OpenReader(Snapshot snapshot) override {
    TRY_ASSIGN(Borrowed borrowed, Borrow(pool_, snapshot));
    return std::unique_ptr<Reader>(std::make_unique<PooledReader>(std::move(borrowed), *layout_));
  }

  Result<std::unique_ptr<Lease>> Lead(std::string_view what) override {
    TRY_ASSIGN(std::unique_ptr<PostgresConnection> connection, PostgresConnection::Open(options_.connection));
    bool is_ours = false;
    {
      TRY_ASSIGN(Cursor cursor, connection->Query("SELECT pg_try_advisory_lock(CAST(?1 AS INTEGER), hashtext(?2))"));
      TRY(cursor.Bind(1, std::int64_t{kLeadLocks}).BindText(2, what).Step());
      is_ours = cursor.Int(0) != 0;
    }
    if (!is_ours) return std::unique_ptr<Lease>();
    return std::unique_ptr<Lease>(std::make_unique<AdvisoryLease>(std::move(connection)));
  }

  Result<Counters> Count() override {
    TRY_ASSIGN(const Borrowed borrowed, Borrow(pool_));
    return sql::ReadCounters(*borrowed);
  }

  Figures GetFigures() override { return {.writes = writer_ ? &writer_->figures() : nullptr}; }

  Result<void> Check() override {
    TRY(Count());
    if (!writer_) return {};
    return writer_->Run([](WriteTransaction&) -> Result<void> { return {}; });
  }

  Result<VerifyCounts> Verify(const VerifyReport& report) override {
    TRY_ASSIGN(const std::unique_ptr<PostgresConnection> connection, OpenForLong());
    TRY(connection->Run(kBeginReading));
    TRY_ASSIGN(const VerifyCounts counts, sql::Verify(*connection, *layout_, report, nullptr));
    connection->Rollback();
    return counts;
  }

  Result<void> Reindex() override {
    if (!writer_) return Error(ErrorKind::kUnsupported, "The store is open for reading only.");
    TRY_ASSIGN(const std::unique_ptr<PostgresConnection> connection, OpenForLong());
    TRY(connection->BeginWrite());
    // Readers go on; writers wait, of whichever process.
    TRY(connection->Run("LOCK TABLE resource, version, older, directory, hash_row, string_row, date_row, number_row, counter, person IN EXCLUSIVE MODE"));
    TRY(connection->Sync());
    const auto write_rows = [&](const sql::ResourceRow& row, const IndexRows& rows) { return AddIndexRows(*connection, row.key, row.home, rows); };
    Result<void> done = sql::Reindex(*connection, *layout_, write_rows);
    if (!done) {
      connection->Rollback();
      return done;
    }
    std::optional<Error> error;
    if (connection->Commit(error) == Ended::kCommitted) return {};
    return std::move(*error);
  }

 private:
  // For what reads or writes everything: no statement of it is too long, and joins may be as the database likes.
  Result<std::unique_ptr<PostgresConnection>> OpenForLong() {
    ConnectionSettings settings = options_.connection;
    settings.statement_timeout = settings.idle_in_transaction_timeout = std::chrono::milliseconds(0);
    settings.answer_timeout = std::chrono::hours(24);
    settings.session_sql = "SET plan_cache_mode=auto;SET enable_seqscan=on;SET enable_hashjoin=on;SET enable_mergejoin=on;SET enable_bitmapscan=on;";
    return PostgresConnection::Open(settings);
  }

  const PostgresOptions options_;
  std::shared_ptr<const sql::Layout> layout_;
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<Writer> writer_;                 // null when read-only; stops first
};

// This process's number among those that receive messages: every connection that writes notes it, and says that it is alive.
Result<std::string> ReceiverSql(PostgresConnection& connection) {
  TRY_ASSIGN(const std::int64_t receiver, QueryInt(connection, "SELECT nextval('receiver')", 0));
  const std::string number = std::to_string(receiver);
  return "SET careloom.receiver='" + number + "';SELECT pg_advisory_lock_shared(" + std::to_string(kReceiverLocks) + "," + number + ");";
}

}  // namespace

Result<std::unique_ptr<Store>> OpenPostgres(const fhir::schema::Registry& registry, std::shared_ptr<const fhir::search::Extractor> extractor,
                                            PostgresOptions options, Clock clock, Random random) {
  auto layout = std::make_shared<sql::Layout>(registry, std::move(extractor));
  layout->visit_limit = options.visit_limit;
  layout->include_limit = options.include_limit;
  layout->now_us = std::move(clock);
  layout->random = std::move(random);
  TRY_ASSIGN(const std::unique_ptr<PostgresConnection> connection, PostgresConnection::Open(options.connection));
  TRY(Prepare(*connection, *layout, options.read_only));
  auto pool = std::make_shared<Pool>(options.connection, options.readers, options.reader_patience);
  std::unique_ptr<Writer> writer;
  if (!options.read_only) {
    TRY(DeleteUnfinishedMessages(*connection));
    ConnectionSettings writing = options.connection;
    TRY_ASSIGN(const std::string receiver, ReceiverSql(*connection));
    writing.session_sql += receiver;
    writing.idle_in_transaction_timeout = std::chrono::seconds(60);   // a writer works from its first statement to its last
    writer = std::make_unique<Writer>(std::move(writing), *layout, Writer::Settings{options.writers, options.group_jobs, options.queued_jobs, options.writer_patience});
  }
  return std::unique_ptr<Store>(std::make_unique<PostgresStore>(std::move(options), std::move(layout), std::move(pool), std::move(writer)));
}

}  // namespace server::storage::postgres
