// See session.h.
#include "server/storage/sqlite/session.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/storage/sqlite/everything.h"
#include "server/storage/sqlite/person.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/search.h"

namespace server::storage::sqlite {

namespace {

using fhir::Result;

fhir::Error NotFound(std::string_view type, std::string_view id) {
  return fhir::Error(fhir::ErrorKind::kNotFound, "There is no " + std::string(type.substr(0, 64)) + "/" + std::string(id.substr(0, 64)) + ".");
}

Result<ResourceRow> RowOf(Database& database, const Layout& layout, std::string_view type, std::string_view id) {
  TRY_ASSIGN(std::optional<ResourceRow> row, FindRow(database, layout.slots.TypeNumber(type), id));
  if (!row) return NotFound(type, id);
  return *std::move(row);
}

// Place of an older version in the change sequence; 0 when there is none.
Result<Sequence> SeqOf(Database& database, const ResourceRow& row, std::int64_t version) {
  if (version == row.version) return row.seq;
  TRY_ASSIGN(Cursor cursor, database.Query("SELECT seq FROM older WHERE key=?1 AND version=?2"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, row.key).Bind(2, version).Step());
  return found ? cursor.Int(0) : 0;
}

}  // namespace

Result<Version> ReadCurrent(Database& database, const Layout& layout, std::string_view type, std::string_view id) {
  TRY_ASSIGN(const ResourceRow row, RowOf(database, layout, type, id));
  return CurrentVersion(database, layout, row);
}

Result<Version> ReadOne(Database& database, const Layout& layout, std::string_view type, std::string_view id, std::int64_t version) {
  TRY_ASSIGN(const ResourceRow row, RowOf(database, layout, type, id));
  TRY_ASSIGN(const Sequence seq, SeqOf(database, row, version));
  if (seq == 0) {
    return fhir::Error(fhir::ErrorKind::kNotFound, std::string(type) + "/" + row.id + " has no version " + std::to_string(version) + "; its versions are 1 to " +
                                                       std::to_string(row.version) + ".");
  }
  return VersionAt(database, layout, row, seq);
}

Result<HistoryPage> ReadHistory(Database& database, const Layout& layout, std::string_view type, std::string_view id, std::int64_t before_version, int count) {
  TRY_ASSIGN(const ResourceRow row, RowOf(database, layout, type, id));
  HistoryPage page;
  page.total = row.version;   // versions count from 1 and none is ever taken away
  std::int64_t version = before_version > 0 && before_version <= row.version ? before_version - 1 : row.version;
  for (; version >= 1 && static_cast<int>(page.versions.size()) < count; --version) {
    TRY_ASSIGN(const Sequence seq, SeqOf(database, row, version));
    TRY_ASSIGN(Version read, VersionAt(database, layout, row, seq));
    page.versions.push_back(std::move(read));
  }
  if (version >= 1 && !page.versions.empty()) page.next_before_version = version + 1;
  return page;
}

template <typename Interface>
Result<SearchPage> Session<Interface>::Search(const search::Query& query) {
  return RunSearch(database_, layout_, query);
}

template <typename Interface>
Result<SearchPage> Session<Interface>::Everything(std::string_view patient_id, int count, std::string_view cursor, bool joined) {
  return RunEverything(database_, layout_, patient_id, count, cursor, joined);
}

template <typename Interface>
Result<std::vector<std::string>> Session<Interface>::PersonOf(std::string_view patient_id) {
  TRY_ASSIGN(const std::vector<std::string> joined, JoinedIds(database_, patient_id));
  TRY_ASSIGN(std::vector<PersonMember> members, LiveMembers(database_, layout_, joined));
  const auto is_asked = [&](const PersonMember& member) { return member.id == patient_id; };
  if (std::none_of(members.begin(), members.end(), is_asked)) return NotFound("Patient", patient_id);
  std::vector<std::string> ids;
  for (PersonMember& member : members) ids.push_back(std::move(member.id));
  return ids;
}

template class Session<Reader>;
template class Session<WriteTransaction>;

}  // namespace server::storage::sqlite
