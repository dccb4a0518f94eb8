// See everything.h.
#include "server/storage/sql/everything.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/storage/bytes.h"
#include "server/storage/cursor.h"
#include "server/storage/sql/include.h"
#include "server/storage/sql/person.h"
#include "server/storage/sql/row_walk.h"
#include "server/storage/sql/rows.h"
#include "server/storage/sql/sources.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// Where a page ended: among the person's Patients or, behind them, at home; each of both newest first.
struct Place {
  bool at_home = false;
  Key below = INT64_MAX;
};

class EverythingRun {
 public:
  EverythingRun(Connection& connection, const Layout& layout, std::string_view patient_id, int count, bool joined)
      : connection_(connection), layout_(layout), patient_id_(patient_id), joined_(joined), wanted_(static_cast<std::size_t>(std::max(count, 1))),
        scope_((joined ? "everything " : "everything own ") + std::string(patient_id)) {}

  Result<SearchPage> Run(std::string_view cursor) {
    Place place;
    if (!cursor.empty()) {
      TRY_ASSIGN(const std::string payload, OpenCursor(layout_.cursor_secret, scope_, cursor));
      ByteReader reader{payload};
      place.at_home = reader.Varint() == 1;
      place.below = static_cast<Key>(reader.Varint());
    }
    TRY_ASSIGN(std::optional<ResourceRow> patient, FindRow(connection_, layout_.slots.TypeNumber("Patient"), patient_id_));
    if (!patient || patient->deleted()) {
      return fhir::Error(fhir::ErrorKind::kNotFound, "There is no Patient/" + std::string(patient_id_.substr(0, 64)) + ".");
    }
    asked_ = patient->key;
    ids_ = {patient->id};
    if (joined_) {
      TRY_ASSIGN(ids_, JoinedIds(connection_, patient_id_));
    }
    // The asked Patient leads whatever its key.
    if (cursor.empty()) Take(std::move(*patient), place);
    if (!place.at_home) {
      TRY(TakePatients(place));
    }
    TRY(TakeHome(place.at_home ? place.below : INT64_MAX));
    return Finish();
  }

 private:
  bool Full() const { return rows_.size() > wanted_; }
  void Take(ResourceRow row, Place place) {
    rows_.push_back(std::move(row));
    places_.push_back(place);
  }

  Result<void> TakePatients(Place place) {
    if (ids_.size() == 1) return {};
    TRY_ASSIGN(std::vector<PersonMember> members, LiveMembers(connection_, layout_, ids_));
    std::sort(members.begin(), members.end(), [](const PersonMember& a, const PersonMember& b) { return a.key > b.key; });
    for (const PersonMember& member : members) {
      if (member.key == asked_ || member.key >= place.below || Full()) continue;
      TRY_ASSIGN(std::optional<ResourceRow> row, FindRow(connection_, member.key));
      if (row) Take(std::move(*row), {false, member.key});
    }
    return {};
  }

  Result<void> TakeHome(Key below) {
    std::vector<KeySourcePtr> homes;
    for (const std::string& id : ids_) homes.push_back(HashSource(connection_, kHomeSlot, layout_.hasher.Home(id)));
    RowWalk walk(connection_, AnyOf(std::move(homes)));
    while (!Full()) {
      TRY_ASSIGN(RowWalk::Candidate candidate, walk.Next(below));
      auto& [key, row] = candidate;
      if (key == 0) break;
      below = key;
      // The Patients have led. A home is compared with what is stored: a person's record rests on no hash alone.
      if (!row || row->type == layout_.slots.TypeNumber("Patient")) continue;
      const std::string home = layout_.placement.HomeOf(row->type, row->id, row->facts);
      if (std::find(ids_.begin(), ids_.end(), home) != ids_.end()) Take(std::move(*row), {true, key});
    }
    return {};
  }

  Result<SearchPage> Finish() {
    SearchPage page;
    if (Full()) {
      rows_.pop_back();
      const Place& last = places_[rows_.size() - 1];
      std::string payload;
      PutVarint(payload, last.at_home ? 1 : 0);
      PutVarint(payload, static_cast<std::uint64_t>(last.below));
      page.next_cursor = SealCursor(layout_.cursor_secret, scope_, payload);
    }
    TRY_ASSIGN(std::vector<Version> versions, CurrentVersions(connection_, layout_, rows_));
    for (Version& version : versions) page.entries.push_back({std::move(version), true});
    TRY(AddReferenced(connection_, layout_, rows_, page));
    return page;
  }

  Connection& connection_;
  const Layout& layout_;
  std::string_view patient_id_;
  bool joined_;
  std::size_t wanted_;
  std::string scope_;
  Key asked_ = 0;
  std::vector<std::string> ids_;      // whose homes are asked for
  std::vector<ResourceRow> rows_;     // one more than the page holds, so that a next page shows
  std::vector<Place> places_;         // of each row
};

}  // namespace

Result<SearchPage> RunEverything(Connection& connection, const Layout& layout, std::string_view patient_id, int count, std::string_view cursor, bool joined) {
  return EverythingRun(connection, layout, patient_id, count, joined).Run(cursor);
}

}  // namespace server::storage::sql
