// See search.h.
#include "server/storage/sql/search.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "server/storage/cursor.h"
#include "server/search/match.h"
#include "server/storage/bytes.h"
#include "server/storage/facts.h"
#include "server/storage/sql/include.h"
#include "server/storage/sql/ordered_walk.h"
#include "server/storage/sql/person.h"
#include "server/storage/sql/plan.h"
#include "server/storage/sql/rows.h"

namespace server::storage::sql {

namespace {

using fhir::Result;
using search::Query;
using search::SortValue;

constexpr std::string_view kPatient = "Patient";

// Where a resource stands in the order: its sort values, then the newest first.
struct Place {
  std::vector<SortValue> values;
  Key key = 0;
};

struct Candidate {
  Place place;
  ResourceRow row;
};

class Order {
 public:
  Order(const Layout& layout, std::int64_t type, const Query& query) : query_(query) {
    for (const search::SortKey& key : query.sort) slots_.push_back(key.parameter ? layout.slots.Find(type, key.parameter) : -1);
  }

  // The first sort key's value. Requires: it has a parameter.
  SortValue FirstOf(const ResourceRow& row) const { return search::SortValueOf(PackedFacts(row.facts).Of(slots_.front()), query_.sort.front().descending); }

  Place PlaceOf(const ResourceRow& row) const {
    Place place;
    place.key = row.key;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const search::SortKey& key = query_.sort[i];
      if (key.parameter) {
        place.values.push_back(search::SortValueOf(PackedFacts(row.facts).Of(slots_[i]), key.descending));
      } else {
        SortValue& value = place.values.emplace_back();
        value.missing = false;
        if (key.name == "_id") value.text = row.id;
        else value.integer = row.updated_us;
      }
    }
    return place;
  }

  bool Before(const Place& a, const Place& b) const {
    for (std::size_t i = 0; i < query_.sort.size(); ++i) {
      const int order = search::Compare(a.values[i], b.values[i], query_.sort[i].descending);
      if (order != 0) return order < 0;
    }
    return a.key > b.key;
  }

  std::string Pack(const Place& place) const {
    std::string bytes;
    PutVarint(bytes, static_cast<std::uint64_t>(place.key));
    for (const SortValue& value : place.values) {
      PutVarint(bytes, value.missing ? 1 : 0);
      PutWord(bytes, static_cast<std::uint64_t>(value.integer));
      PutWord(bytes, std::bit_cast<std::uint64_t>(value.number));
      PutText(bytes, value.text);
    }
    return bytes;
  }

  Place Unpack(std::string_view bytes) const {
    ByteReader reader{bytes};
    Place place;
    place.key = static_cast<Key>(reader.Varint());
    for (std::size_t i = 0; i < query_.sort.size(); ++i) {
      SortValue& value = place.values.emplace_back();
      value.missing = reader.Varint() == 1;
      value.integer = static_cast<std::int64_t>(reader.Word());
      value.number = std::bit_cast<double>(reader.Word());
      value.text = std::string(reader.Text());
    }
    return place;
  }

 private:
  const Query& query_;
  std::vector<Slot> slots_;
};

// Ordered rows that a sorted search looks at before it looks at all that match instead.
constexpr std::size_t kOrderedLimit = OrderedWalk::kGroupLimit - 1;

// An identifier asks who somebody is: the answer is the Patient that survives of that person.
bool AsksForSurvivors(const Query& query) {
  const auto is_identifier = [](const search::Criterion& criterion) { return criterion.name == "identifier" && criterion.modifier.empty(); };
  return query.type == kPatient && !query.each_patient && std::any_of(query.criteria.begin(), query.criteria.end(), is_identifier);
}

std::string ScopeOf(const Query& query) { return "search " + query.type + "?" + query.self; }

class SearchRun {
 public:
  SearchRun(Connection& connection, const Layout& layout, const Query& query, std::int64_t type)
      : connection_(connection), layout_(layout), query_(query), type_(type), order_(layout, type, query), wanted_(static_cast<std::size_t>(std::max(query.count, 0))) {}

  Result<SearchPage> Run() {
    if (!query_.cursor.empty()) {
      TRY_ASSIGN(const std::string payload, OpenCursor(layout_.cursor_secret, ScopeOf(query_), query_.cursor));
      after_ = order_.Unpack(payload);
    }
    survivors_ = AsksForSurvivors(query_);
    counting_ = query_.total != search::Total::kNone || query_.sum_up == search::SumUp::kCount;
    if (counting_ && query_.criteria.empty()) {
      TRY_ASSIGN(total_, CountType());
      counting_ = false;
    }
    TRY_ASSIGN(Plan plan, Plan::Create(connection_, layout_, type_, query_.criteria));
    if (query_.sum_up == search::SumUp::kCount) wanted_ = 0;
    if (wanted_ > 0 || counting_) {
      bool done = false;
      if (!counting_ && !survivors_ && !query_.sort.empty() && !plan.is_small() && OrderedWalk::Serves(query_.sort.front())) {
        TRY_ASSIGN(done, WalkInOrder(plan));
      }
      if (!done) {
        TRY(Walk(plan));
      }
    }
    return Finish();
  }

 private:
  Result<std::int64_t> CountType() {
    TRY_ASSIGN(Cursor cursor, connection_.Query("SELECT CAST(coalesce(sum(live), 0) AS BIGINT) FROM counter WHERE type=?1"));
    TRY(cursor.Bind(1, type_).Step());
    return cursor.Int(0);
  }

  // Newest first. Unsorted, the page is full as soon as one more than it holds was found; sorted, every match is
  // seen and the first of them by the order are kept.
  Result<void> Walk(Plan& plan) {
    const bool by_key = query_.sort.empty();
    Key below = by_key && after_ && !counting_ ? after_->key : INT64_MAX;
    while (true) {
      TRY_ASSIGN(std::optional<ResourceRow> row, plan.Next(below));
      if (!row) return {};
      below = row->key;
      if (survivors_) {
        TRY_ASSIGN(row, SurvivorOf(plan, std::move(*row)));
        if (!row) continue;
      }
      ++matched_;
      if (wanted_ > 0) Keep(std::move(*row), below);
      if (by_key && !counting_ && kept_.size() > wanted_) return {};
    }
  }

  // The Patient that survives of the match's person; nothing when a newer match of that person told it already.
  Result<std::optional<ResourceRow>> SurvivorOf(Plan& plan, ResourceRow match) {
    TRY_ASSIGN(const std::vector<std::string> joined, JoinedIds(connection_, match.id));
    if (joined.size() == 1) return std::optional(std::move(match));
    TRY_ASSIGN(const std::vector<PersonMember> members, LiveMembers(connection_, layout_, joined));
    for (const PersonMember& member : members) {
      if (member.key <= match.key) continue;
      TRY_ASSIGN(const std::optional<ResourceRow> newer, plan.Check(member.key));
      if (newer) return std::optional<ResourceRow>();
    }
    return FindRow(connection_, members.front().key);
  }

  // By the first sort key's ordered rows, until the page is full. False, with nothing kept, when that takes too
  // long or the page reaches those without a value.
  Result<bool> WalkInOrder(Plan& plan) {
    if (after_ && after_->values.front().missing) return false;
    const search::SortKey& key = query_.sort.front();
    OrderedWalk walk(connection_, layout_.slots.Find(type_, key.parameter), key, after_ ? std::optional(after_->values.front()) : std::nullopt);
    for (std::size_t looked_at = 0; kept_.size() <= wanted_;) {
      TRY_ASSIGN(const std::vector<Key> group, walk.NextGroup());
      looked_at += group.size();
      if (group.empty() || looked_at > kOrderedLimit) {
        kept_.clear();
        return false;
      }
      TRY_ASSIGN(std::vector<ResourceRow> rows, plan.CheckAll(group));
      for (ResourceRow& row : rows) {
        const Key at = row.key;
        if (walk.IsOfGroup(order_.FirstOf(row))) Keep(std::move(row), at);
      }
    }
    return true;
  }

  // `at`: the key of the match; the row's own, unless that survives in its stead.
  void Keep(ResourceRow row, Key at) {
    Candidate candidate{order_.PlaceOf(row), std::move(row)};
    candidate.place.key = at;
    if (after_ && !order_.Before(*after_, candidate.place)) return;
    const auto before = [this](const Candidate& a, const Candidate& b) { return order_.Before(a.place, b.place); };
    // A heap with the last of the kept on top.
    if (kept_.size() <= wanted_) {
      kept_.push_back(std::move(candidate));
      std::push_heap(kept_.begin(), kept_.end(), before);
    } else if (before(candidate, kept_.front())) {
      std::pop_heap(kept_.begin(), kept_.end(), before);
      kept_.back() = std::move(candidate);
      std::push_heap(kept_.begin(), kept_.end(), before);
    }
  }

  Result<SearchPage> Finish() {
    SearchPage page;
    if (counting_) total_ = matched_;
    page.total = total_;
    std::sort(kept_.begin(), kept_.end(), [this](const Candidate& a, const Candidate& b) { return order_.Before(a.place, b.place); });
    if (kept_.size() > wanted_) {
      kept_.pop_back();
      page.next_cursor = SealCursor(layout_.cursor_secret, ScopeOf(query_), order_.Pack(kept_.back().place));
    }
    std::vector<ResourceRow> rows;
    for (Candidate& candidate : kept_) rows.push_back(std::move(candidate.row));
    TRY_ASSIGN(std::vector<Version> versions, CurrentVersions(connection_, layout_, rows));
    for (Version& version : versions) page.entries.push_back({std::move(version), true});
    TRY(AddIncludes(connection_, layout_, query_.includes, rows, page));
    return page;
  }

  Connection& connection_;
  const Layout& layout_;
  const Query& query_;
  std::int64_t type_;
  Order order_;
  std::size_t wanted_;
  std::optional<Place> after_;
  std::optional<std::int64_t> total_;
  bool counting_ = false, survivors_ = false;
  std::int64_t matched_ = 0;
  std::vector<Candidate> kept_;   // one more than the page holds, so that a next page shows
};

}  // namespace

Result<SearchPage> RunSearch(Connection& connection, const Layout& layout, const Query& query) {
  TRY_ASSIGN(const std::int64_t type, KnownType(layout, query.type));
  return SearchRun(connection, layout, query, type).Run();
}

}  // namespace server::storage::sql
