// See rows.h.
#include "server/storage/sql/rows.h"

#include <utility>

#include "server/storage/facts.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

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

Result<std::optional<ResourceRow>> FindRow(Connection& connection, Key key) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT key, type, id, home, seq, version, updated_us, method, as_of_us, facts FROM resource WHERE key=?1"));
  cursor.Bind(1, key);
  return TakeRow(cursor);
}

Result<std::optional<ResourceRow>> FindRow(Connection& connection, std::int64_t type, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT r.key, r.type, r.id, r.home, r.seq, r.version, r.updated_us, r.method, r.as_of_us, r.facts "
                                           "FROM directory d JOIN resource r ON r.key=d.key WHERE d.type=?1 AND d.id=?2"));
  cursor.Bind(1, type).BindText(2, id);
  return TakeRow(cursor);
}

Result<std::int64_t> KnownType(const Layout& layout, const std::string& name) {
  const std::int64_t type = layout.slots.TypeNumber(name);
  if (type == 0) return fhir::Error(fhir::ErrorKind::kInvalid, "There is no resource type \"" + name + "\" in FHIR R4.");
  return type;
}

Result<std::string> BodyOf(Connection& connection, Sequence seq) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT body FROM version WHERE seq=?1"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, seq).Step());
  if (!found) return fhir::Error(fhir::ErrorKind::kInternal, "A stored version is missing: the store is damaged.");
  return std::string(cursor.Bytes(0));
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
  return VersionOf(layout, row, std::move(body));
}

Result<Version> VersionAt(Connection& connection, const Layout& layout, const ResourceRow& row, Sequence seq) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT version, updated_us, method, body FROM version WHERE seq=?1"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, seq).Step());
  if (!found) return fhir::Error(fhir::ErrorKind::kInternal, "A stored version is missing: the store is damaged.");
  Version version = VersionOf(layout, row, std::string(cursor.Bytes(3)));
  version.version = cursor.Int(0);
  version.last_updated_us = cursor.Int(1);
  version.method = static_cast<Method>(cursor.Int(2));
  return version;
}

}  // namespace server::storage::sql
