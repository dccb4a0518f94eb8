// One SQLite connection of one thread: statements cached by their text, cursors that reset themselves,
// result codes as errors. Nothing here knows tables.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace server::storage::sqlite {

class Database;

// A statement in use. Bound texts are borrowed: they must outlive the cursor. A column's text lives until
// the next Step or the cursor's end.
class Cursor {
 public:
  Cursor(Database* database, std::vector<sqlite3_stmt*>* home, sqlite3_stmt* statement);
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  Cursor& Bind(int index, std::int64_t value);
  Cursor& Bind(int index, double value);
  Cursor& BindText(int index, std::string_view text);
  Cursor& BindBlob(int index, std::string_view bytes);
  Cursor& BindNull(int index);

  // True: there is a row.
  fhir::Result<bool> Step();
  // For statements without rows.
  fhir::Result<void> Run();

  std::int64_t Int(int column) const;
  double Real(int column) const;
  std::string_view Bytes(int column) const;     // text or blob
  bool IsNull(int column) const;

 private:
  Database* database_;
  std::vector<sqlite3_stmt*>* home_;
  sqlite3_stmt* statement_;
};

struct OpenSettings {
  bool read_only = false;
  int cache_kib = 16 * 1024;
  int busy_timeout_ms = 5000;
  bool scratch = false;             // nothing of it is kept: no journal, no fsync
};

class Database {
 public:
  static fhir::Result<std::unique_ptr<Database>> Open(const std::string& path, const OpenSettings& settings);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A cursor of that statement (numbered parameters), prepared once and kept. `sql` must be a literal or
  // otherwise outlive the connection.
  fhir::Result<Cursor> Query(std::string_view sql);
  // Statements without parameters or rows, one or many.
  fhir::Result<void> Execute(const char* sql);
  // True when no transaction is open (SQLite ends one itself after some failures).
  bool InAutocommit() const;
  // The last extended result code that means the disk or the file cannot be trusted, 0 when none was seen.
  int broken_code() const { return broken_code_; }

  // The code as an error; notes broken_code. For Cursor and this class.
  fhir::Error Fail(int code);

 private:
  Database() = default;
  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string_view, std::vector<sqlite3_stmt*>> statements_;   // free ones of each text
  int broken_code_ = 0;
};

// Runs a one-row, one-column query; `fallback` when there is no row.
fhir::Result<std::int64_t> QueryInt(Database& database, std::string_view sql, std::int64_t fallback);

}  // namespace server::storage::sqlite
