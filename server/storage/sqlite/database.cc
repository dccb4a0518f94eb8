// See database.h. The only file that includes sqlite3.h.
#include "server/storage/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

namespace server::storage::sqlite {

namespace {

// Written out instead of SQLITE_STATIC: the macro is an old-style cast.
constexpr sqlite3_destructor_type kBorrowed = nullptr;

}  // namespace

// Free in its connection's list or in use by a cursor, which gives it back to that list.
class PreparedStatement final : public sql::Statement {
 public:
  using Home = std::vector<std::unique_ptr<PreparedStatement>>;
  PreparedStatement(Database& database, Home& home, sqlite3_stmt* statement) : database_(database), home_(home), statement_(statement) {}
  ~PreparedStatement() override { sqlite3_finalize(statement_); }
  PreparedStatement(const PreparedStatement&) = delete;
  PreparedStatement& operator=(const PreparedStatement&) = delete;

  // A failed bind leaves the parameter NULL; it only fails for an index that is not there or a text over
  // SQLite's limit, and then the step fails or finds nothing.
  void Bind(int index, std::int64_t value) override { sqlite3_bind_int64(statement_, index, value); }
  void Bind(int index, double value) override { sqlite3_bind_double(statement_, index, value); }
  void BindText(int index, std::string_view text) override {
    sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "", text.size(), kBorrowed, SQLITE_UTF8);
  }
  void BindBlob(int index, std::string_view bytes) override {
    sqlite3_bind_blob64(statement_, index, bytes.data() ? bytes.data() : "", bytes.size(), kBorrowed);
  }
  void BindNull(int index) override { sqlite3_bind_null(statement_, index); }

  fhir::Result<bool> Step() override {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return database_.Fail(code);
  }
  fhir::Result<void> Run() override {
    TRY(Step());
    return {};
  }

  std::int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  double Real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view Bytes(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (!bytes) return {};
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  bool IsNull(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

  void Release() override {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    home_.emplace_back(this);
  }

 private:
  Database& database_;
  Home& home_;
  sqlite3_stmt* statement_;
};

Database::Database() = default;

fhir::Result<std::unique_ptr<Database>> Database::Open(const std::string& path, const OpenSettings& settings) {
  // Nobody asks how much memory SQLite uses, and counting it takes a lock for every allocation. Once, before anything is opened; where
  // it comes too late it counts on.
  [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  std::unique_ptr<Database> database(new Database());
  const int flags = (settings.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &database->handle_, flags, settings.vfs.empty() ? nullptr : settings.vfs.c_str());
  if (code != SQLITE_OK) {
    const std::string reason = database->handle_ ? sqlite3_errmsg(database->handle_) : sqlite3_errstr(code);
    return fhir::Error(fhir::ErrorKind::kUnavailable, "The store's file cannot be opened. Check that its folder exists and may be written.")
        .WithDetail(path + ": " + reason);
  }
  sqlite3_extended_result_codes(database->handle_, 1);
  sqlite3_busy_timeout(database->handle_, settings.busy_timeout_ms);
  std::string pragmas;
  // page_size only takes effect on an empty file, before the first page and before WAL.
  if (settings.scratch) {
    pragmas += "PRAGMA page_size=8192;PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=OFF;PRAGMA synchronous=OFF;";
  } else if (!settings.read_only) {
    pragmas += "PRAGMA page_size=8192;PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint=1000;";
  }
  pragmas += "PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;PRAGMA mmap_size=0;PRAGMA cache_size=-" + std::to_string(settings.cache_kib) + ";";
  TRY(database->Execute(pragmas.c_str()));
  return database;
}

Database::~Database() {
  statements_.clear();
  sqlite3_close_v2(handle_);
}

fhir::Result<Cursor> Database::Query(std::string_view sql) {
  PreparedStatement::Home& free_statements = statements_[sql];
  if (!free_statements.empty()) {
    PreparedStatement* statement = free_statements.back().release();   // the cursor's, until it is released
    free_statements.pop_back();
    return Cursor(statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return Fail(code);
  return Cursor(std::make_unique<PreparedStatement>(*this, free_statements, statement).release());
}

fhir::Result<void> Database::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Fail(code);
  return {};
}

bool Database::InAutocommit() const { return sqlite3_get_autocommit(handle_) != 0; }

fhir::Error Database::Fail(int code) {
  const std::string detail = "sqlite " + std::to_string(sqlite3_extended_errcode(handle_)) + ": " + sqlite3_errmsg(handle_);
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fhir::Error(fhir::ErrorKind::kUnavailable, "The store is busy. Try again.").WithDetail(detail);
    case SQLITE_FULL:
      return fhir::Error(fhir::ErrorKind::kUnavailable, "The store's disk is full. Nothing was stored; make room and try again.").WithDetail(detail);
    case SQLITE_NOMEM:
      return fhir::Error(fhir::ErrorKind::kUnavailable, "The store ran out of memory. Try again.").WithDetail(detail);
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      broken_code_ = code;
      break;
    default:
      break;
  }
  return fhir::Error(fhir::ErrorKind::kInternal, "The store failed.").WithDetail(detail);
}

}  // namespace server::storage::sqlite
