// See person.h.
#include "server/storage/sql/person.h"

#include <algorithm>
#include <utility>

namespace server::storage::sql {

namespace {

using fhir::Result;
using Ids = std::vector<std::string>;

bool Has(const Ids& ids, std::string_view id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

// The first column for `id`.
Result<Ids> IdsBy(Connection& connection, std::string_view sql, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query(sql));
  cursor.BindText(1, id);
  Ids ids;
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) return ids;
    ids.emplace_back(cursor.Bytes(0));
  }
}

// 0 when there is no such Patient or it is deleted.
Result<Key> LiveKey(Connection& connection, std::int64_t type, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT r.key FROM directory d JOIN resource r ON r.key=d.key WHERE d.type=?1 AND d.id=?2 AND r.method<>?3"));
  cursor.Bind(1, type).BindText(2, id).Bind(3, static_cast<std::int64_t>(Method::kDelete));
  TRY_ASSIGN(const bool found, cursor.Step());
  return found ? cursor.Int(0) : 0;
}

}  // namespace

Result<Ids> JoinedIds(Connection& connection, std::string_view id) {
  Ids ids = {std::string(id)};
  for (std::size_t at = 0; at < ids.size(); ++at) {
    const std::string from = ids[at];   // a copy: what is added may move the ids
    TRY_ASSIGN(Ids next, IdsBy(connection, "SELECT merged_into FROM person WHERE id=?1 UNION ALL SELECT id FROM person WHERE merged_into=?1", from));
    for (std::string& other : next) {
      if (!Has(ids, other)) ids.push_back(std::move(other));
    }
  }
  return ids;
}

Result<std::vector<PersonMember>> LiveMembers(Connection& connection, const Layout& layout, const Ids& joined) {
  const std::int64_t type = layout.slots.TypeNumber("Patient");
  std::vector<PersonMember> members;
  Ids live;
  for (const std::string& id : joined) {
    TRY_ASSIGN(const Key key, LiveKey(connection, type, id));
    if (key == 0) continue;
    live.push_back(id);
    members.push_back({key, id});
  }
  if (members.size() < 2) return members;
  std::sort(members.begin(), members.end(), [](const PersonMember& a, const PersonMember& b) { return a.key < b.key; });
  for (auto member = members.begin(); member != members.end(); ++member) {
    TRY_ASSIGN(const Ids into, IdsBy(connection, "SELECT merged_into FROM person WHERE id=?1", member->id));
    if (std::any_of(into.begin(), into.end(), [&](const std::string& other) { return Has(live, other); })) continue;
    std::rotate(members.begin(), member, member + 1);
    break;
  }
  return members;
}

std::vector<std::string_view> ReplacedBy(const fhir::Element& patient) {
  constexpr std::string_view kPatient = "Patient/";
  std::vector<std::string_view> ids;
  for (const fhir::Element& link : fhir::Repeats(patient, "link")) {
    const fhir::Element* reference = link.Walk("other", "reference");
    if (link.ValueOf("type") != "replaced-by" || !reference || !reference->value().starts_with(kPatient)) continue;
    std::string_view id = reference->value().substr(kPatient.size());
    id = id.substr(0, id.find('/'));   // without /_history/…
    if (!id.empty() && id != patient.ValueOf("id")) ids.push_back(id);
  }
  return ids;
}

Result<void> KeepJoins(Connection& connection, std::string_view id, const std::vector<std::string_view>& replaced_by) {
  {
    TRY_ASSIGN(Cursor cursor, connection.Query("DELETE FROM person WHERE id=?1"));
    TRY(cursor.BindText(1, id).Run());
  }
  if (replaced_by.empty()) return {};
  for (const std::string_view other : replaced_by) {
    TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO person(id, merged_into) VALUES(?1, ?2) ON CONFLICT DO NOTHING"));
    TRY(cursor.BindText(1, id).BindText(2, other).Run());
  }
  TRY_ASSIGN(const Ids ids, JoinedIds(connection, id));
  if (ids.size() <= kMostJoined) return {};
  return fhir::Error(fhir::ErrorKind::kUnprocessable, "Patient.link of Patient/" + std::string(id) + " would make " + std::to_string(ids.size()) +
                                                          " Patients one person; at most " + std::to_string(kMostJoined) +
                                                          " may be. Remove links of type replaced-by that are wrong, of this Patient or of those joined with it.")
      .WithIssueType("too-costly");
}

}  // namespace server::storage::sql
