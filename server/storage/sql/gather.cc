// See gather.h.
#include "server/storage/sql/gather.h"

#include <cmath>
#include <limits>
#include <string>

#include "server/storage/index_rows.h"

namespace server::storage::sql {

namespace {

using fhir::Result;
using search::Prefix;

Result<bool> TakeKeys(Cursor& cursor, std::int64_t limit, std::vector<Key>& keys) {
  for (std::int64_t count = 0;; ++count) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) return true;
    if (count == limit) return false;
    keys.push_back(cursor.Int(0));
  }
}

// The smallest byte string above all that begin with `prefix`; empty when there is none.
std::string Above(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

Result<bool> GatherString(Connection& connection, Slot slot, const search::PreparedValue& value, std::int64_t limit, std::vector<Key>& keys) {
  const std::string from = StringPrefix(value.folded), to = Above(from);
  if (to.empty()) return false;
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT key FROM string_row WHERE slot=?1 AND prefix>=?2 AND prefix<?3 LIMIT ?4"));
  cursor.Bind(1, slot).BindBlob(2, from).BindBlob(3, to).Bind(4, limit + 1);
  return TakeKeys(cursor, limit, keys);
}

// Rows are ordered by where they begin: only what bounds the beginning helps.
Result<bool> GatherDate(Connection& connection, Slot slot, const search::PreparedValue& value, std::int64_t limit, std::vector<Key>& keys) {
  std::int64_t from = std::numeric_limits<std::int64_t>::min(), to = std::numeric_limits<std::int64_t>::max();
  switch (value.as_written.prefix) {
    case Prefix::kEq: from = value.low_us; to = value.high_us; break;
    case Prefix::kLe: case Prefix::kAp: to = value.high_us; break;
    case Prefix::kLt: case Prefix::kEb: to = value.low_us; break;
    case Prefix::kSa: from = value.high_us; break;
    case Prefix::kNe: case Prefix::kGt: case Prefix::kGe: return false;
  }
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT key FROM date_row WHERE slot=?1 AND low_us>=?2 AND low_us<=?3 LIMIT ?4"));
  cursor.Bind(1, slot).Bind(2, from).Bind(3, to).Bind(4, limit + 1);
  return TakeKeys(cursor, limit, keys);
}

Result<bool> GatherNumber(Connection& connection, Slot slot, const search::PreparedValue& value, std::int64_t limit, std::vector<Key>& keys) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double from = -kInfinity, to = kInfinity;
  switch (value.as_written.prefix) {
    case Prefix::kEq: from = value.low; to = value.high; break;
    case Prefix::kAp: from = value.exact - std::abs(value.exact) * 0.1; to = value.exact + std::abs(value.exact) * 0.1; break;
    case Prefix::kGt: case Prefix::kGe: case Prefix::kSa: from = value.exact; break;
    case Prefix::kLt: case Prefix::kLe: case Prefix::kEb: to = value.exact; break;
    case Prefix::kNe: return false;
  }
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT key FROM number_row WHERE slot=?1 AND value>=?2 AND value<=?3 LIMIT ?4"));
  cursor.Bind(1, slot).Bind(2, from).Bind(3, to).Bind(4, limit + 1);
  return TakeKeys(cursor, limit, keys);
}

}  // namespace

Result<bool> GatherKeys(Connection& connection, Slot slot, std::string_view parameter_type, const search::PreparedValue& value, std::int64_t limit,
                        std::vector<Key>& keys) {
  if (parameter_type == "string") return GatherString(connection, slot, value, limit, keys);
  if (parameter_type == "date") return GatherDate(connection, slot, value, limit, keys);
  if (parameter_type == "number" || parameter_type == "quantity") return GatherNumber(connection, slot, value, limit, keys);
  return false;
}

}  // namespace server::storage::sql
