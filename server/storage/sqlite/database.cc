// See database.h. The only file that includes sqlite3.h.
#include "server/storage/sqlite/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace server::storage::sqlite {

namespace {

// Written out instead of SQLITE_STATIC: the macro is an old-style cast.
constexpr sqlite3_destructor_type kBorrowed = nullptr;

// What a file of the connection (SQLITE_FCNTL_FILE_POINTER or its log, SQLITE_FCNTL_JOURNAL_POINTER) answers to a question;
// 0 when it has no answer.
int AskFile(sqlite3* handle, int which, int question) {
  sqlite3_file* file = nullptr;
  int answer = 0;
  if (sqlite3_file_control(handle, "main", which, &file) != SQLITE_OK || !file || !file->pMethods) return 0;
  return file->pMethods->xFileControl(file, question, &answer) == SQLITE_OK ? answer : 0;
}

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
    pragmas += "PRAGMA page_size=8192;PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;";
    database->checkpoint_pages_ = settings.checkpoint_pages;
    sqlite3_wal_hook(database->handle_, Committed, database.get());
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

// SQLite's own hook would keep to itself that the disk failed.
int Database::Committed(void* database, sqlite3* handle, const char* schema, int log_pages) {
  Database& self = *static_cast<Database*>(database);
  if (log_pages < self.checkpoint_pages_) return SQLITE_OK;
  const int code = sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (!self.HasNoRoom(code)) self.Note(code);   // without room in the file the log goes on growing while it can
  return SQLITE_OK;
}

bool Database::IsFileGone() {
  const auto is_moved = [this](int which) { return AskFile(handle_, which, SQLITE_FCNTL_HAS_MOVED) != 0; };
  if (!is_moved(SQLITE_FCNTL_FILE_POINTER) && !is_moved(SQLITE_FCNTL_JOURNAL_POINTER)) return false;
  broken_code_ = SQLITE_READONLY_DBMOVED;
  return true;
}

bool Database::HasReadDamage() const {
  const int kind = broken_code_ & 0xFF;
  return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || broken_code_ == SQLITE_IOERR_READ;
}

// A quota or a limit on the size of files is a full disk too; SQLite has no code for them.
bool Database::HasNoRoom(int code) {
  if (code == SQLITE_FULL) return true;
  const auto is_limit = [this](int which) {
    const int system = AskFile(handle_, which, SQLITE_FCNTL_LAST_ERRNO);
    return system == EDQUOT || system == EFBIG;
  };
  return code == SQLITE_IOERR_WRITE && (is_limit(SQLITE_FCNTL_JOURNAL_POINTER) || is_limit(SQLITE_FCNTL_FILE_POINTER));
}

void Database::Note(int code) {
  const int kind = code & 0xFF;
  if (code != SQLITE_IOERR_NOMEM && (kind == SQLITE_IOERR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB)) broken_code_ = code;
}

fhir::Error Database::Fail(int code) {
  const std::string detail = "sqlite " + std::to_string(sqlite3_extended_errcode(handle_)) + ": " + sqlite3_errmsg(handle_);
  const auto unavailable = [&](const char* text) { return fhir::Error(fhir::ErrorKind::kUnavailable, text).WithDetail(detail); };
  if (HasNoRoom(code)) return unavailable("The store's disk is full. This was not stored; make room and try again.").WithIssueType("no-store");
  if (code == SQLITE_IOERR_NOMEM) return unavailable("The store ran out of memory. Try again.");
  Note(code);
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return unavailable("The store is busy. Try again.");
    case SQLITE_NOMEM: return unavailable("The store ran out of memory. Try again.");
    case SQLITE_CANTOPEN: return unavailable("The store's file or its log cannot be opened. Check that the folder is there and may be written, and how many files may be open.");
    case SQLITE_READONLY:
    case SQLITE_PERM: return unavailable("The store's file may only be read. Check the rights of the file and its folder, and whether the disk is mounted for reading only.");
    case SQLITE_NOTADB: return unavailable("The store's file is damaged, or is no store. Restore a backup.");
    default: return fhir::Error(fhir::ErrorKind::kInternal, "The store failed.").WithDetail(detail);
  }
}

}  // namespace server::storage::sqlite
