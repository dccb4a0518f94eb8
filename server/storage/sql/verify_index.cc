// See verify.h. Each row that should be there is looked up; only when a table has more rows than that, each of its
// rows is asked whose it is.
#include <algorithm>
#include <string>
#include <vector>

#include "server/storage/sql/bind_row.h"
#include "server/storage/sql/rows.h"
#include "server/storage/sql/verify.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// One index table: how to find, count and list its rows. The list has the key last.
template <typename Row>
struct Table {
  std::string_view name, find, count, list;
  std::vector<Row> IndexRows::*rows;
  Row (*take)(const Cursor&);
  int key_column;
  std::int64_t found = 0;
};

struct Tables {
  Table<HashRow> hashes = {"hash_row", "SELECT 1 FROM hash_row WHERE slot=?1 AND hash=?2 AND key=?3", "SELECT count(*) FROM hash_row", "SELECT slot, hash, key FROM hash_row",
                           &IndexRows::hashes, [](const Cursor& c) { return HashRow{c.Int(0), c.Int(1)}; }, 2};
  Table<StringRow> strings = {"string_row", "SELECT 1 FROM string_row WHERE slot=?1 AND prefix=?2 AND key=?3", "SELECT count(*) FROM string_row",
                              "SELECT slot, prefix, key FROM string_row", &IndexRows::strings, [](const Cursor& c) { return StringRow{c.Int(0), std::string(c.Bytes(1))}; }, 2};
  Table<DateRow> dates = {"date_row", "SELECT 1 FROM date_row WHERE slot=?1 AND low_us=?2 AND high_us=?3 AND key=?4", "SELECT count(*) FROM date_row",
                          "SELECT slot, low_us, high_us, key FROM date_row", &IndexRows::dates, [](const Cursor& c) { return DateRow{c.Int(0), c.Int(1), c.Int(2)}; }, 3};
  Table<NumberRow> numbers = {"number_row", "SELECT 1 FROM number_row WHERE slot=?1 AND value=?2 AND key=?3", "SELECT count(*) FROM number_row",
                              "SELECT slot, value, key FROM number_row", &IndexRows::numbers, [](const Cursor& c) { return NumberRow{c.Int(0), c.Real(1)}; }, 2};
};

IndexRows RowsOfRow(const Layout& layout, const ResourceRow& row) {
  return row.deleted() ? IndexRows() : RowsOf(row.facts, layout.slots.TypeSlot(row.type), row.home, layout.hasher);
}

std::string NameOf(const Layout& layout, const ResourceRow& row) { return std::string(layout.slots.TypeName(row.type)) + "/" + row.id; }

template <typename Row>
Result<void> FindRows(Verification& run, Table<Row>& table, const ResourceRow& row, const IndexRows& expected) {
  std::size_t missing = 0;
  const std::vector<Row>& rows = expected.*table.rows;
  for (const Row& wanted : rows) {
    TRY_ASSIGN(Cursor cursor, run.connection.Query(table.find));
    BindRow(cursor, wanted, row.key);
    TRY_ASSIGN(const bool found, cursor.Step());
    if (found) ++table.found;
    else ++missing;
  }
  run.counts.index_rows += static_cast<std::int64_t>(rows.size());
  if (missing == 0) return {};
  run.Found(VerifyKind::kIndex, NameOf(run.layout, row), std::to_string(missing) + " of its " + std::to_string(rows.size()) + " rows in " + std::string(table.name) + " are missing");
  return {};
}

template <typename Row>
Result<void> FindStrays(Verification& run, const Table<Row>& table) {
  TRY_ASSIGN(const std::int64_t there, QueryInt(run.connection, table.count, 0));
  if (there == table.found) return {};
  TRY_ASSIGN(Cursor cursor, run.connection.Scan(table.list));
  while (true) {
    TRY_ASSIGN(const bool more, cursor.Step());
    if (!more) return {};
    const Row stored = table.take(cursor);
    const Key key = cursor.Int(table.key_column);
    TRY_ASSIGN(const std::optional<ResourceRow> row, FindRow(run.connection, key));
    const IndexRows expected = row ? RowsOfRow(run.layout, *row) : IndexRows();
    const std::vector<Row>& rows = expected.*table.rows;
    if (std::find(rows.begin(), rows.end(), stored) != rows.end()) continue;
    const fhir::schema::SearchParameter* parameter = run.layout.slots.ParameterOf(stored.slot);
    run.Found(VerifyKind::kIndex, row ? NameOf(run.layout, *row) : "key " + std::to_string(key),
              "a row in " + std::string(table.name) + (parameter ? " for the parameter " + std::string(parameter->code) : "") + " is not of it");
  }
}

}  // namespace

Result<void> VerifyIndex(Verification& run) {
  Tables tables;
  TRY_ASSIGN(Cursor cursor, run.connection.Scan("SELECT key FROM resource ORDER BY key"));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    ++run.counts.resources;
    TRY_ASSIGN(const std::optional<ResourceRow> row, FindRow(run.connection, cursor.Int(0)));
    if (!row) continue;
    const IndexRows expected = RowsOfRow(run.layout, *row);
    TRY(FindRows(run, tables.hashes, *row, expected));
    TRY(FindRows(run, tables.strings, *row, expected));
    TRY(FindRows(run, tables.dates, *row, expected));
    TRY(FindRows(run, tables.numbers, *row, expected));
  }
  TRY(FindStrays(run, tables.hashes));
  TRY(FindStrays(run, tables.strings));
  TRY(FindStrays(run, tables.dates));
  return FindStrays(run, tables.numbers);
}

}  // namespace server::storage::sql
