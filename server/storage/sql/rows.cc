// See rows.h.
#include "server/storage/sql/rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/storage/facts.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

#define ROW_COLUMNS "r.key, r.type, r.id, r.home, r.seq, r.version, r.updated_us, r.method, r.as_of_us, r.facts"
// Of several values, by how many; with fewer the last stands in for the rest.
#define IN_4 "IN (?1, ?2, ?3, ?4)"
#define IN_16 "IN (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
constexpr std::size_t kFew = 4;

// Binds the values of an IN that has room for `count` of them.
template <typename ValueAt>
void BindIn(Cursor& cursor, std::size_t count, ValueAt value_at) {
  const std::size_t room = count <= kFew ? kFew : kRowsAtOnce;
  for (std::size_t i = 0; i < room; ++i) cursor.Bind(static_cast<int>(i + 1), value_at(std::min(i, count - 1)));
}

Result<std::optional<ResourceRow>> TakeRow(Cursor& cursor) {
  TRY_ASSIGN(const bool found, cursor.Step());
  if (!found) return std::optional<ResourceRow>();
  ResourceRow row;
  row.key = cursor.Int(0);
  row.type = cursor.Int(1);
  row.id = std::string(cursor.Bytes(2));
  row.home = cursor.Int(3);
  row.seq = cursor.Int(4);
  row.version = cursor.Int(5);
  row.updated_us = cursor.Int(6);
  row.method = static_cast<Method>(cursor.Int(7));
  if (!cursor.IsNull(8)) row.as_of_us = cursor.Int(8);
  row.facts = ExpandFacts(cursor.Bytes(9));
  return std::optional<ResourceRow>(std::move(row));
}

}  // namespace

fhir::Error MissingVersion() { return fhir::Error(fhir::ErrorKind::kInternal, "A stored version is missing: the store is damaged."); }

Result<std::optional<ResourceRow>> FindRow(Connection& connection, Key key) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT " ROW_COLUMNS " FROM resource r WHERE r.key=?1"));
  cursor.Bind(1, key);
  return TakeRow(cursor);
}

Result<std::optional<ResourceRow>> FindRow(Connection& connection, std::int64_t type, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT " ROW_COLUMNS " FROM directory d JOIN resource r ON r.key=d.key WHERE d.type=?1 AND d.id=?2"));
  cursor.Bind(1, type).BindText(2, id);
  return TakeRow(cursor);
}

Result<std::vector<std::optional<ResourceRow>>> FindRows(Connection& connection, const std::vector<Key>& keys) {
  std::vector<std::optional<ResourceRow>> rows(keys.size());
  for (std::size_t from = 0; from < keys.size(); from += kRowsAtOnce) {
    const std::size_t end = std::min(from + kRowsAtOnce, keys.size());
    if (end - from == 1) {
      TRY_ASSIGN(rows[from], FindRow(connection, keys[from]));
      continue;
    }
    TRY_ASSIGN(Cursor cursor, connection.Query(end - from <= kFew ? "SELECT " ROW_COLUMNS " FROM resource r WHERE r.key " IN_4
                                                                 : "SELECT " ROW_COLUMNS " FROM resource r WHERE r.key " IN_16));
    BindIn(cursor, end - from, [&](std::size_t i) { return keys[from + i]; });
    while (true) {
      TRY_ASSIGN(std::optional<ResourceRow> row, TakeRow(cursor));
      if (!row) break;
      const auto at = std::find(keys.begin() + static_cast<std::ptrdiff_t>(from), keys.begin() + static_cast<std::ptrdiff_t>(end), row->key);
      rows[static_cast<std::size_t>(at - keys.begin())] = std::move(row);
    }
  }
  return rows;
}

Result<std::int64_t> KnownType(const Layout& layout, const std::string& name) {
  const std::int64_t type = layout.slots.TypeNumber(name);
  if (type == 0) return fhir::Error(fhir::ErrorKind::kInvalid, "There is no resource type \"" + name + "\" in FHIR R4.");
  return type;
}

Result<std::string> BodyOf(Connection& connection, Sequence seq) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT body FROM version WHERE seq=?1"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, seq).Step());
  if (!found) return MissingVersion();
  return std::string(cursor.Bytes(0));
}

Result<Version> Own(Version version) {
  std::string_view body = version.body;
  const auto take = [&](std::string_view text) {
    const bool is_there = body.starts_with(text);
    body.remove_prefix(is_there ? text.size() : 0);
    return is_there;
  };
  // Canonical JSON begins so.
  if (body.empty() || (take("{\"resourceType\":\"") && take(version.type) && take("\",\"id\":\"") && take(version.id) && take("\""))) return version;
  return fhir::Error(fhir::ErrorKind::kInternal, "A stored version has the content of another: the store is damaged.");
}

Version VersionOf(const Layout& layout, const ResourceRow& row, std::string body) {
  Version version;
  version.key = row.key;
  version.type = std::string(layout.slots.TypeName(row.type));
  version.id = row.id;
  version.version = row.version;
  version.last_updated_us = row.updated_us;
  version.method = row.method;
  version.body = std::move(body);
  return version;
}

Result<Version> CurrentVersion(Connection& connection, const Layout& layout, const ResourceRow& row) {
  TRY_ASSIGN(std::string body, BodyOf(connection, row.seq));
  return Own(VersionOf(layout, row, std::move(body)));
}

Result<std::vector<Version>> CurrentVersions(Connection& connection, const Layout& layout, const std::vector<ResourceRow>& rows) {
  std::vector<Version> versions;
  versions.reserve(rows.size());
  for (std::size_t from = 0; from < rows.size(); from += kRowsAtOnce) {
    const std::size_t count = std::min(kRowsAtOnce, rows.size() - from);
    if (count == 1) {
      TRY_ASSIGN(Version version, CurrentVersion(connection, layout, rows[from]));
      versions.push_back(std::move(version));
      continue;
    }
    std::array<std::optional<std::string>, kRowsAtOnce> bodies;
    TRY_ASSIGN(Cursor cursor, connection.Query(count <= kFew ? "SELECT seq, body FROM version WHERE seq " IN_4 : "SELECT seq, body FROM version WHERE seq " IN_16));
    BindIn(cursor, count, [&](std::size_t i) { return rows[from + i].seq; });
    while (true) {
      TRY_ASSIGN(const bool found, cursor.Step());
      if (!found) break;
      for (std::size_t i = 0; i < count; ++i) {
        if (rows[from + i].seq == cursor.Int(0)) bodies[i] = std::string(cursor.Bytes(1));
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!bodies[i]) return MissingVersion();
      TRY_ASSIGN(Version version, Own(VersionOf(layout, rows[from + i], *std::move(bodies[i]))));
      versions.push_back(std::move(version));
    }
  }
  return versions;
}

Result<Version> VersionAt(Connection& connection, const Layout& layout, const ResourceRow& row, Sequence seq) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT version, updated_us, method, body FROM version WHERE seq=?1"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, seq).Step());
  if (!found) return MissingVersion();
  Version version = VersionOf(layout, row, std::string(cursor.Bytes(3)));
  version.version = cursor.Int(0);
  version.last_updated_us = cursor.Int(1);
  version.method = static_cast<Method>(cursor.Int(2));
  return Own(std::move(version));
}

}  // namespace server::storage::sql
