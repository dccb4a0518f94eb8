// See match_ids.h.
#include "server/storage/sql/match_ids.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "server/storage/sql/person.h"
#include "server/storage/sql/plan.h"
#include "server/storage/sql/rows.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// Matches so far. Several Patients of one person count as the one that survives.
class Found {
 public:
  Found(Connection& connection, const Layout& layout, bool of_patients, int limit)
      : connection_(connection), layout_(layout), of_patients_(of_patients), limit_(static_cast<std::size_t>(std::max(limit, 0))) {}

  // A Patient more may be one of those found; then the survivor is told, so the end is one person too many.
  bool Ended() const { return over_ || (!of_patients_ && ids_.size() >= limit_); }

  Result<void> Add(std::string id) {
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      if (std::find(persons_[i].begin(), persons_[i].end(), id) == persons_[i].end()) continue;
      TRY_ASSIGN(std::vector<PersonMember> members, LiveMembers(connection_, layout_, persons_[i]));
      ids_[i] = std::move(members.front().id);
      return {};
    }
    over_ = ids_.size() >= limit_;
    if (over_) return {};
    if (of_patients_) {
      TRY_ASSIGN(std::vector<std::string> joined, JoinedIds(connection_, id));
      persons_.push_back(std::move(joined));
    }
    ids_.push_back(std::move(id));
    return {};
  }
  std::vector<std::string> Take() { return std::move(ids_); }

 private:
  Connection& connection_;
  const Layout& layout_;
  bool of_patients_, over_ = false;
  std::size_t limit_;
  std::vector<std::string> ids_;
  std::vector<std::vector<std::string>> persons_;   // of Patients: the joined ids of each
};

}  // namespace

Result<std::vector<std::string>> MatchIds(Connection& connection, const Layout& layout, const search::Query& query, int limit) {
  TRY_ASSIGN(const std::int64_t type, KnownType(layout, query.type));
  TRY_ASSIGN(Plan plan, Plan::Create(connection, layout, type, query.criteria));
  Found found(connection, layout, query.type == "Patient" && !query.each_patient, limit);
  for (Key below = INT64_MAX; !found.Ended();) {
    TRY_ASSIGN(std::optional<ResourceRow> row, plan.Next(below));
    if (!row) break;
    below = row->key;
    TRY(found.Add(std::move(row->id)));
  }
  return found.Take();
}

}  // namespace server::storage::sql
