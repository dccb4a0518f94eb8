// See index_writer.h.
#include "server/storage/sqlite/index_writer.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "server/storage/sql/bind_row.h"

namespace server::storage::sqlite {

namespace {

using fhir::Result;

template <typename Row>
Result<void> RunEach(Database& database, std::string_view sql, const std::vector<Row>& rows, Key key) {
  for (const Row& row : rows) {
    TRY_ASSIGN(Cursor cursor, database.Query(sql));
    sql::BindRow(cursor, row, key);
    TRY(cursor.Run());
  }
  return {};
}

// Both sorted: what only `left` has.
template <typename Row>
std::vector<Row> Only(const std::vector<Row>& left, const std::vector<Row>& right) {
  std::vector<Row> only;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(only), [](const Row& a, const Row& b) { return a < b; });
  return only;
}

template <typename Row>
Result<void> Replace(Database& database, std::string_view remove, std::string_view add, const std::vector<Row>& before, const std::vector<Row>& after, Key key) {
  if (before.empty()) return RunEach(database, add, after, key);
  TRY(RunEach(database, remove, Only(before, after), key));
  return RunEach(database, add, Only(after, before), key);
}

}  // namespace

Result<void> ReplaceIndexRows(Database& database, Key key, const IndexRows& before, const IndexRows& after) {
  TRY(Replace(database, "DELETE FROM hash_row WHERE slot=?1 AND hash=?2 AND key=?3", "INSERT INTO hash_row(slot, hash, key) VALUES(?1, ?2, ?3)",
              before.hashes, after.hashes, key));
  TRY(Replace(database, "DELETE FROM string_row WHERE slot=?1 AND prefix=?2 AND key=?3", "INSERT INTO string_row(slot, prefix, key) VALUES(?1, ?2, ?3)",
              before.strings, after.strings, key));
  TRY(Replace(database, "DELETE FROM date_row WHERE slot=?1 AND low_us=?2 AND high_us=?3 AND key=?4",
              "INSERT INTO date_row(slot, low_us, high_us, key) VALUES(?1, ?2, ?3, ?4)", before.dates, after.dates, key));
  return Replace(database, "DELETE FROM number_row WHERE slot=?1 AND value=?2 AND key=?3", "INSERT INTO number_row(slot, value, key) VALUES(?1, ?2, ?3)",
                 before.numbers, after.numbers, key);
}

}  // namespace server::storage::sqlite
