// Staging as a SQLite file without journal and without fsync, clustered by person.
#include "server/storage/staging.h"

#include <unistd.h>

#include <cstdlib>

#include "server/storage/sqlite/database.h"

namespace server::storage::sqlite {
namespace {

using fhir::Result;

constexpr int kRowsPerCommit = 10'000;   // the pages of a commit are held in memory

class SqliteStaging : public Staging {
 public:
  explicit SqliteStaging(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  Result<void> Add(const StagedRow& row) override {
    if (added_++ % kRowsPerCommit == 0) {
      TRY(database_->Execute(database_->InAutocommit() ? "BEGIN" : "COMMIT; BEGIN"));
    }
    TRY_ASSIGN(Cursor cursor, database_->Query("INSERT OR REPLACE INTO row(person, number, bad, bytes) VALUES(?1, ?2, ?3, ?4)"));
    cursor.BindBlob(1, row.person).Bind(2, static_cast<std::int64_t>(row.number)).Bind(3, std::int64_t{row.bad}).BindBlob(4, row.bytes);
    return cursor.Run();
  }

  Result<std::vector<StagedRow>> RowsAfter(std::string_view person) override {
    std::vector<StagedRow> rows;
    TRY_ASSIGN(Cursor first, database_->Query("SELECT person FROM row WHERE person > ?1 ORDER BY person LIMIT 1"));
    TRY_ASSIGN(const bool found, first.BindBlob(1, person).Step());
    if (!found) return rows;
    const std::string next(first.Bytes(0));
    TRY_ASSIGN(Cursor cursor, database_->Query("SELECT number, bad, bytes FROM row WHERE person = ?1 ORDER BY number"));
    cursor.BindBlob(1, next);
    for (;;) {
      TRY_ASSIGN(const bool more, cursor.Step());
      if (!more) return rows;
      rows.push_back({next, static_cast<std::uint64_t>(cursor.Int(0)), cursor.Int(1) != 0, std::string(cursor.Bytes(2))});
    }
  }

  Result<bool> Holds(std::string_view person) override {
    TRY_ASSIGN(Cursor cursor, database_->Query("SELECT 1 FROM row WHERE person = ?1 LIMIT 1"));
    return cursor.BindBlob(1, person).Step();
  }

 private:
  std::unique_ptr<Database> database_;
  std::int64_t added_ = 0;
};

}  // namespace
}  // namespace server::storage::sqlite

namespace server::storage {

fhir::Result<std::unique_ptr<Staging>> OpenStaging(const std::string& folder) {
  std::string path = folder + "/careloom-scratch-XXXXXX";
  const int made = ::mkstemp(path.data());
  if (made < 0) {
    return fhir::Error(fhir::ErrorKind::kUnavailable, "The folder of the store cannot take a scratch file. Check that it may be written.").WithDetail(path);
  }
  ::close(made);
  sqlite::OpenSettings settings;
  settings.scratch = true;
  settings.cache_kib = 4 * 1024;
  auto database = sqlite::Database::Open(path, settings);
  ::unlink(path.c_str());
  if (!database) return std::move(database).error();
  TRY((*database)->Execute("CREATE TABLE row(person BLOB NOT NULL, number INTEGER NOT NULL, bad INTEGER NOT NULL, bytes BLOB NOT NULL, "
                           "PRIMARY KEY(person, number)) STRICT, WITHOUT ROWID"));
  return std::unique_ptr<Staging>(std::make_unique<sqlite::SqliteStaging>(*std::move(database)));
}

}  // namespace server::storage
