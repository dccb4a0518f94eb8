// See index_writer.h.
#include "server/storage/postgres/index_writer.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "server/storage/postgres/types.h"

namespace server::storage::postgres {

namespace {

using fhir::Result;

// The columns of the rows as arrays, and the key and home that all share.
std::vector<Value> Columns(Key key, std::int64_t home, const std::vector<HashRow>& rows) {
  ArrayValue slots(kInt8), hashes(kInt8);
  for (const HashRow& row : rows) {
    slots.Add(row.slot);
    hashes.Add(row.hash);
  }
  return {Int8Value(key), Int8Value(home), slots.Take(kInt8Array), hashes.Take(kInt8Array)};
}

std::vector<Value> Columns(Key key, std::int64_t home, const std::vector<StringRow>& rows) {
  ArrayValue slots(kInt8), prefixes(kBytea);
  for (const StringRow& row : rows) {
    slots.Add(row.slot);
    prefixes.Add(std::string_view(row.prefix));
  }
  return {Int8Value(key), Int8Value(home), slots.Take(kInt8Array), prefixes.Take(kByteaArray)};
}

std::vector<Value> Columns(Key key, std::int64_t home, const std::vector<DateRow>& rows) {
  ArrayValue slots(kInt8), lows(kInt8), highs(kInt8);
  for (const DateRow& row : rows) {
    slots.Add(row.slot);
    lows.Add(row.low_us);
    highs.Add(row.high_us);
  }
  return {Int8Value(key), Int8Value(home), slots.Take(kInt8Array), lows.Take(kInt8Array), highs.Take(kInt8Array)};
}

std::vector<Value> Columns(Key key, std::int64_t home, const std::vector<NumberRow>& rows) {
  ArrayValue slots(kInt8), values(kFloat8);
  for (const NumberRow& row : rows) {
    slots.Add(row.slot);
    values.Add(row.value);
  }
  return {Int8Value(key), Int8Value(home), slots.Take(kInt8Array), values.Take(kFloat8Array)};
}

template <typename Row>
Result<void> RunRows(PostgresConnection& connection, std::string_view sql, Key key, std::int64_t home, const std::vector<Row>& rows) {
  if (rows.empty()) return {};
  return connection.Run(sql, Columns(key, home, rows));
}

// Both sorted.
template <typename Row>
std::vector<Row> Only(const std::vector<Row>& left, const std::vector<Row>& right) {
  std::vector<Row> only;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(only), [](const Row& a, const Row& b) { return a < b; });
  return only;
}

}  // namespace

IndexRows Without(const IndexRows& left, const IndexRows& right) {
  return {Only(left.hashes, right.hashes), Only(left.strings, right.strings), Only(left.dates, right.dates), Only(left.numbers, right.numbers)};
}

Result<void> AddIndexRows(PostgresConnection& connection, Key key, std::int64_t home, const IndexRows& rows) {
  TRY(RunRows(connection, "INSERT INTO hash_row(slot, hash, key, home) SELECT s, v, ?1, ?2 FROM unnest(?3, ?4) AS r(s, v)", key, home, rows.hashes));
  TRY(RunRows(connection, "INSERT INTO string_row(slot, prefix, key, home) SELECT s, v, ?1, ?2 FROM unnest(?3, ?4) AS r(s, v)", key, home, rows.strings));
  TRY(RunRows(connection, "INSERT INTO date_row(slot, low_us, high_us, key, home) SELECT s, l, h, ?1, ?2 FROM unnest(?3, ?4, ?5) AS r(s, l, h)", key, home, rows.dates));
  return RunRows(connection, "INSERT INTO number_row(slot, value, key, home) SELECT s, v, ?1, ?2 FROM unnest(?3, ?4) AS r(s, v)", key, home, rows.numbers);
}

Result<void> RemoveIndexRows(PostgresConnection& connection, Key key, std::int64_t home, const IndexRows& rows) {
  TRY(RunRows(connection, "DELETE FROM hash_row t USING unnest(?3, ?4) AS r(s, v) WHERE t.slot=r.s AND t.hash=r.v AND t.key=?1 AND t.home=?2", key, home, rows.hashes));
  TRY(RunRows(connection, "DELETE FROM string_row t USING unnest(?3, ?4) AS r(s, v) WHERE t.slot=r.s AND t.prefix=r.v AND t.key=?1 AND t.home=?2", key, home, rows.strings));
  TRY(RunRows(connection, "DELETE FROM date_row t USING unnest(?3, ?4, ?5) AS r(s, l, h) WHERE t.slot=r.s AND t.low_us=r.l AND t.high_us=r.h AND t.key=?1 AND t.home=?2", key,
              home, rows.dates));
  return RunRows(connection, "DELETE FROM number_row t USING unnest(?3, ?4) AS r(s, v) WHERE t.slot=r.s AND t.value=r.v AND t.key=?1 AND t.home=?2", key, home, rows.numbers);
}

}  // namespace server::storage::postgres
