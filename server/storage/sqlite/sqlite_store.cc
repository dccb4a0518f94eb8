// See sqlite_store.h.
#include "server/storage/sqlite/sqlite_store.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "server/storage/sql/inbox.h"
#include "server/storage/sql/layout.h"
#include "server/storage/sql/reindex.h"
#include "server/storage/sql/session.h"
#include "server/storage/sql/verify.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/file_lock.h"
#include "server/storage/sqlite/index_writer.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/sqlite/verify_file.h"
#include "server/storage/sqlite/writer.h"

namespace server::storage::sqlite {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

// The file's log holds what was acknowledged and is not in the file yet; SQLite would delete a log that has no file.
Result<void> CheckForLostFile(const std::string& path) {
  std::error_code none;
  const auto has_bytes = [&](const std::string& file) { return std::filesystem::file_size(file, none) > 0 && !none; };
  if (has_bytes(path) || !has_bytes(path + "-wal")) return {};
  return Error(ErrorKind::kUnavailable, "The store's file is missing, but its log is there. Put the file back beside its log, or restore a backup into another folder.").WithDetail(path);
}

// Connections that no reader uses now.
class ReaderPool {
 public:
  ReaderPool(std::string path, OpenSettings settings, std::size_t limit) : path_(std::move(path)), settings_(settings), limit_(limit) {}

  Result<std::unique_ptr<Database>> Take() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!free_.empty()) {
        std::unique_ptr<Database> database = std::move(free_.back());
        free_.pop_back();
        return database;
      }
    }
    return Database::Open(path_, settings_);
  }

  // One whose file failed is closed; that it has read damage is remembered.
  void Return(std::unique_ptr<Database> database) {
    if (database->broken_code() != 0) {
      if (database->HasReadDamage()) is_damaged_ = true;
      return;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.size() < limit_ && !closed_) free_.push_back(std::move(database));
  }

  Result<void> CheckForDamage() const {
    if (!is_damaged_) return {};
    return Error(ErrorKind::kUnavailable, "A part of the store's file could not be read, so nothing more is written to it. Stop the server and run careloom check.");
  }

  // Closes the free connections, and those that come back later.
  void Close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    free_.clear();
  }

 private:
  const std::string path_;
  const OpenSettings settings_;
  const std::size_t limit_;
  std::atomic<bool> is_damaged_ = false;
  std::mutex mutex_;                                // guards the members below
  bool closed_ = false;
  std::vector<std::unique_ptr<Database>> free_;
};

// Keeps its connection's snapshot until it goes, then hands the connection back.
class PooledReader final : public sql::Session<Reader> {
 public:
  PooledReader(std::unique_ptr<Database> database, const sql::Layout& layout, std::shared_ptr<ReaderPool> pool)
      : Session(*database, layout), owned_(std::move(database)), pool_(std::move(pool)) {}
  ~PooledReader() override {
    const bool ended = owned_->Execute("COMMIT").has_value();
    if (ended || owned_->broken_code() != 0) pool_->Return(std::move(owned_));
  }

 private:
  std::unique_ptr<Database> owned_;
  std::shared_ptr<ReaderPool> pool_;
};

// The store's lock keeps other processes out.
class OnlyProcess final : public Lease {
 public:
  bool Holds() override { return true; }
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, std::string vfs, std::unique_ptr<FileLock> lock, std::shared_ptr<const sql::Layout> layout, std::shared_ptr<ReaderPool> pool, std::unique_ptr<Writer> writer)
      : path_(std::move(path)), vfs_(std::move(vfs)), lock_(std::move(lock)), layout_(std::move(layout)), pool_(std::move(pool)), writer_(std::move(writer)) {}

  // Readers' connections go first: the last to close, the writer's, then moves the log into the file.
  ~SqliteStore() override { pool_->Close(); }

  Result<void> Write(Job job) override {
    if (!writer_) return Error(ErrorKind::kUnsupported, "The store is open for reading only.");
    TRY(pool_->CheckForDamage());
    return writer_->Run(std::move(job));
  }

  // One state costs nothing here.
  Result<std::unique_ptr<Reader>> OpenReader(Snapshot) override {
    TRY_ASSIGN(std::unique_ptr<Database> database, pool_->Take());
    TRY(database->Execute("BEGIN"));
    // The first read fixes what the reader sees.
    TRY(QueryInt(*database, "SELECT max(seq) FROM version", 0));
    return std::unique_ptr<Reader>(std::make_unique<PooledReader>(std::move(database), *layout_, pool_));
  }

  Result<std::unique_ptr<Lease>> Lead(std::string_view) override { return std::unique_ptr<Lease>(std::make_unique<OnlyProcess>()); }

  Result<Counters> Count() override {
    TRY_ASSIGN(std::unique_ptr<Database> database, pool_->Take());
    TRY_ASSIGN(const Counters counters, sql::ReadCounters(*database));
    pool_->Return(std::move(database));
    return counters;
  }

  Figures GetFigures() override {
    const auto size_of = [](const std::string& path) -> std::int64_t {
      struct stat found {};
      return ::stat(path.c_str(), &found) == 0 ? found.st_size : 0;
    };
    return {writer_ ? &writer_->figures() : nullptr, size_of(path_), size_of(path_ + "-wal")};
  }

  Result<void> Check() override {
    TRY(Count());
    TRY(pool_->CheckForDamage());
    return writer_ ? writer_->Check() : Result<void>();
  }

  Result<VerifyCounts> Verify(const VerifyReport& report) override {
    TRY_ASSIGN(std::unique_ptr<Database> database, pool_->Take());
    TRY(database->Execute("BEGIN"));
    Result<VerifyCounts> counts = sql::Verify(*database, *layout_, report, VerifyFile);
    // A connection whose transaction cannot be ended is closed instead.
    if (database->Execute("COMMIT").has_value() || database->broken_code() != 0) pool_->Return(std::move(database));
    return counts;
  }

  Result<void> Reindex() override {
    if (!writer_) return Error(ErrorKind::kUnsupported, "The store is open for reading only.");
    // A connection of its own: it holds the file's write lock from its first statement to its last.
    TRY_ASSIGN(const std::unique_ptr<Database> database, Database::Open(path_, {.vfs = vfs_}));
    TRY(database->Execute("BEGIN IMMEDIATE"));
    const auto write_rows = [&](const sql::ResourceRow& row, const IndexRows& rows) { return ReplaceIndexRows(*database, row.key, IndexRows(), rows); };
    Result<void> done = sql::Reindex(*database, *layout_, write_rows);
    if (done) return database->Execute("COMMIT");
    // The first error is the one to tell; what a failed rollback leaves goes with the connection.
    static_cast<void>(database->Execute("ROLLBACK").has_value());
    return done;
  }

 private:
  const std::string path_, vfs_;
  std::unique_ptr<FileLock> lock_;                 // let go last
  std::shared_ptr<const sql::Layout> layout_;
  std::shared_ptr<ReaderPool> pool_;
  std::unique_ptr<Writer> writer_;                 // null when read-only; stops first
};

}  // namespace

std::string StoreFile(const std::string& folder) { return (std::filesystem::path(folder) / "careloom.sqlite").string(); }

Result<std::unique_ptr<Store>> OpenSqlite(const std::string& path, const fhir::schema::Registry& registry,
                                          std::shared_ptr<const fhir::search::Extractor> extractor, SqliteOptions options, Clock clock, Random random) {
  auto lock = std::make_unique<FileLock>();
  if (!options.read_only) {
    TRY(lock->Take(path));
    if (options.vfs.empty()) {
      TRY(CheckForLostFile(path));
    }
  }
  auto layout = std::make_shared<sql::Layout>(registry, std::move(extractor));
  layout->visit_limit = options.visit_limit;
  layout->include_limit = options.include_limit;
  layout->now_us = std::move(clock);
  layout->random = std::move(random);
  TRY_ASSIGN(std::unique_ptr<Database> database, Database::Open(path, {.read_only = options.read_only, .cache_kib = options.cache_kib, .busy_timeout_ms = options.busy_timeout_ms,
                                                                       .checkpoint_pages = options.checkpoint_pages, .vfs = options.vfs}));
  TRY(Prepare(*database, *layout, options.read_only));
  auto pool = std::make_shared<ReaderPool>(path, OpenSettings{.read_only = true, .cache_kib = options.reader_cache_kib, .busy_timeout_ms = options.busy_timeout_ms, .vfs = options.vfs}, options.pooled_readers);
  std::unique_ptr<Writer> writer;
  if (!options.read_only) {
    // The log may hold what a sync failed on: the system then takes it for stored though it is not. In the file it is written anew.
    const Result<void> moved = database->Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!moved && database->broken_code() != 0) return Error(moved.error().kind(), moved.error().text()).WithDetail(moved.error().detail());
    TRY(sql::DeleteUnfinishedMessages(*database));
    TRY_ASSIGN(writer, Writer::Start(std::move(database), *layout, {options.group_jobs, options.queued_jobs, std::move(options.on_broken)}));
  }
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path, std::move(options.vfs), std::move(lock), std::move(layout), std::move(pool), std::move(writer)));
}

}  // namespace server::storage::sqlite
