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
#include "server/storage/sql/connection.h"

struct sqlite3;

namespace server::storage::sqlite {

using sql::Cursor;

class PreparedStatement;

struct OpenSettings {
  bool read_only = false;
  int cache_kib = 16 * 1024;
  int busy_timeout_ms = 5000;
  int checkpoint_pages = 1000;      // pages in the log that a commit leaves before it moves them into the file
  bool scratch = false;             // nothing of it is kept: no journal, no fsync
  std::string vfs = {};             // name of SQLite's file system; empty: the operating system's
};

class Database final : public sql::Connection {
 public:
  static fhir::Result<std::unique_ptr<Database>> Open(const std::string& path, const OpenSettings& settings);
  ~Database() override;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  fhir::Result<Cursor> Query(std::string_view sql) override;
  // SQLite's rows always come as they are asked for.
  fhir::Result<Cursor> Scan(std::string_view sql) override { return Query(sql); }
  fhir::Result<void> Execute(const char* sql) override;
  // True when no transaction is open (SQLite ends one itself after some failures).
  bool InAutocommit() const;
  // The last extended result code that means the disk or the file cannot be trusted, 0 when none was seen.
  int broken_code() const { return broken_code_; }
  // True when the file or its log has been deleted or put elsewhere: what is written then is in no folder. Notes broken_code.
  bool IsFileGone();
  // True when what it read last was not what a store's file holds.
  bool HasReadDamage() const;

  // The code as an error; notes broken_code. For statements and this class.
  fhir::Error Fail(int code);

 private:
  Database();
  static int Committed(void* database, sqlite3* handle, const char* schema, int log_pages);
  void Note(int code);
  bool HasNoRoom(int code);
  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string_view, std::vector<std::unique_ptr<PreparedStatement>>> statements_;   // free ones of each text
  int broken_code_ = 0;
  int checkpoint_pages_ = 0;
};

}  // namespace server::storage::sqlite
