// See session.h.
#include "server/storage/sql/session.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/storage/sql/everything.h"
#include "server/storage/sql/person.h"
#include "server/storage/sql/rows.h"
#include "server/storage/sql/search.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

fhir::Error NotFound(std::string_view type, std::string_view id) {
  return fhir::Error(fhir::ErrorKind::kNotFound, "There is no " + std::string(type.substr(0, 64)) + "/" + std::string(id.substr(0, 64)) + ".");
}

Result<ResourceRow> RowOf(Connection& connection, const Layout& layout, std::string_view type, std::string_view id) {
  TRY_ASSIGN(std::optional<ResourceRow> row, FindRow(connection, layout.slots.TypeNumber(type), id));
  if (!row) return NotFound(type, id);
  return *std::move(row);
}

// Place of an older version in the change sequence; 0 when there is none.
Result<Sequence> SeqOf(Connection& connection, const ResourceRow& row, std::int64_t version) {
  if (version == row.version) return row.seq;
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT seq FROM older WHERE key=?1 AND version=?2"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, row.key).Bind(2, version).Step());
  return found ? cursor.Int(0) : 0;
}

}  // namespace

Result<Version> ReadCurrent(Connection& connection, const Layout& layout, std::string_view type, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT r.key, r.version, r.updated_us, r.method, v.seq, v.body "
                                             "FROM directory d JOIN resource r ON r.key=d.key LEFT JOIN version v ON v.seq=r.seq WHERE d.type=?1 AND d.id=?2"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, layout.slots.TypeNumber(type)).BindText(2, id).Step());
  if (!found) return NotFound(type, id);
  if (cursor.IsNull(4)) return MissingVersion();
  Version version;
  version.key = cursor.Int(0);
  version.type = std::string(type);
  version.id = std::string(id);
  version.version = cursor.Int(1);
  version.last_updated_us = cursor.Int(2);
  version.method = static_cast<Method>(cursor.Int(3));
  version.body = std::string(cursor.Bytes(5));
  return Own(std::move(version));
}

Result<Version> ReadOne(Connection& connection, const Layout& layout, std::string_view type, std::string_view id, std::int64_t version) {
  TRY_ASSIGN(const ResourceRow row, RowOf(connection, layout, type, id));
  TRY_ASSIGN(const Sequence seq, SeqOf(connection, row, version));
  if (seq == 0) {
    return fhir::Error(fhir::ErrorKind::kNotFound, std::string(type) + "/" + row.id + " has no version " + std::to_string(version) + "; its versions are 1 to " +
                                                       std::to_string(row.version) + ".");
  }
  return VersionAt(connection, layout, row, seq);
}

Result<HistoryPage> ReadHistory(Connection& connection, const Layout& layout, std::string_view type, std::string_view id, std::int64_t before_version, int count) {
  TRY_ASSIGN(const ResourceRow row, RowOf(connection, layout, type, id));
  HistoryPage page;
  page.total = row.version;   // versions count from 1 and none is ever taken away
  std::int64_t version = before_version > 0 && before_version <= row.version ? before_version - 1 : row.version;
  if (version == row.version && count > 0) {
    TRY_ASSIGN(Version current, CurrentVersion(connection, layout, row));
    page.versions.push_back(std::move(current));
    --version;
  }
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT o.version, v.updated_us, v.method, v.body FROM older o JOIN version v ON v.seq=o.seq "
                                             "WHERE o.key=?1 AND o.version<=?2 ORDER BY o.version DESC LIMIT ?3"));
  cursor.Bind(1, row.key).Bind(2, version).Bind(3, std::max<std::int64_t>(0, count - static_cast<std::int64_t>(page.versions.size())));
  for (; version >= 1 && static_cast<int>(page.versions.size()) < count; --version) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found || cursor.Int(0) != version) return MissingVersion();
    TRY_ASSIGN(Version older, Own(VersionOf(layout, row, std::string(cursor.Bytes(3)))));
    older.version = version;
    older.last_updated_us = cursor.Int(1);
    older.method = static_cast<Method>(cursor.Int(2));
    page.versions.push_back(std::move(older));
  }
  if (version >= 1 && !page.versions.empty()) page.next_before_version = version + 1;
  return page;
}

Result<Counters> ReadCounters(Connection& connection) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT CAST(coalesce(sum(live), 0) AS BIGINT), CAST(coalesce(sum(versions), 0) AS BIGINT), "
                                             "CAST(coalesce(sum(bytes), 0) AS BIGINT), coalesce((SELECT max(seq) FROM version), 0) FROM counter"));
  TRY(cursor.Step());
  Counters counters;
  counters.resources = cursor.Int(0);
  counters.versions = cursor.Int(1);
  counters.bytes = cursor.Int(2);
  counters.sequence = cursor.Int(3);
  return counters;
}

template <typename Interface>
Result<SearchPage> Session<Interface>::Search(const search::Query& query) {
  return RunSearch(connection_, layout_, query);
}

template <typename Interface>
Result<SearchPage> Session<Interface>::Everything(std::string_view patient_id, int count, std::string_view cursor, bool joined) {
  return RunEverything(connection_, layout_, patient_id, count, cursor, joined);
}

template <typename Interface>
Result<std::vector<std::string>> Session<Interface>::PersonOf(std::string_view patient_id) {
  TRY_ASSIGN(const std::vector<std::string> joined, JoinedIds(connection_, patient_id));
  TRY_ASSIGN(std::vector<PersonMember> members, LiveMembers(connection_, layout_, joined));
  const auto is_asked = [&](const PersonMember& member) { return member.id == patient_id; };
  if (std::none_of(members.begin(), members.end(), is_asked)) return NotFound("Patient", patient_id);
  std::vector<std::string> ids;
  for (PersonMember& member : members) ids.push_back(std::move(member.id));
  return ids;
}

template class Session<Reader>;
template class Session<WriteTransaction>;

}  // namespace server::storage::sql
