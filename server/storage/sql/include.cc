// See include.h.
#include "server/storage/sql/include.h"

#include <cstdint>
#include <string>
#include <unordered_set>

#include "server/storage/facts.h"
#include "server/storage/sql/person.h"
#include "server/storage/sql/row_walk.h"
#include "server/storage/sql/sources.h"

namespace server::storage::sql {

namespace {

using fhir::Result;
using search::Include;

class Includer {
 public:
  Includer(Connection& connection, const Layout& layout, const std::vector<ResourceRow>& matches, SearchPage& page,
           bool nobodys_alone = false)
      : connection_(connection), layout_(layout), page_(page), nobodys_alone_(nobodys_alone) {
    for (const ResourceRow& row : matches) seen_.insert(row.key);
  }

  // What `row` refers to by the include's parameter.
  Result<void> Forward(const Include& include, const ResourceRow& row) {
    if (layout_.slots.TypeName(row.type) != include.source_type) return {};
    PackedFacts facts(row.facts);
    Slot slot = 0;
    search::Fact fact;
    while (facts.Next(slot, fact)) {
      if (fact.type != fhir::search::ValueType::kReference || fact.reference_id.empty()) continue;
      if (!include.target_type.empty() && fact.reference_type != include.target_type) continue;
      const fhir::schema::SearchParameter* parameter = layout_.slots.ParameterOf(slot);
      if (include.parameter != "*" && (!parameter || parameter->code != include.parameter)) continue;
      const std::int64_t type = layout_.slots.TypeNumber(fact.reference_type);
      TRY_ASSIGN(std::optional<ResourceRow> target, FindRow(connection_, type, fact.reference_id));
      if (target) {
        TRY(Add(*std::move(target)));
      }
    }
    return {};
  }

  // What the body refers to. It is canonical JSON, where quotes within a text are escaped, so that this member
  // is found by its bytes and by nothing else's.
  Result<void> ForwardAll(std::string_view body) {
    constexpr std::string_view kMember = "\"reference\":\"";
    for (std::size_t at = body.find(kMember); at != std::string_view::npos; at = body.find(kMember, at)) {
      at += kMember.size();
      const std::string_view text = body.substr(at, body.find('"', at) - at);
      const std::size_t slash = text.find('/');
      if (slash == std::string_view::npos) continue;
      const std::int64_t type = layout_.slots.TypeNumber(text.substr(0, slash));
      if (type == 0) continue;
      const std::string_view id = text.substr(slash + 1, text.find('/', slash + 1) - slash - 1);
      TRY_ASSIGN(std::optional<ResourceRow> target, FindRow(connection_, type, id));
      if (target) {
        TRY(Add(*std::move(target)));
      }
    }
    return {};
  }

  // What refers to `row`, or to a Patient that is one person with it; the source type "*" is every type.
  Result<void> Reverse(const Include& include, const ResourceRow& row) {
    const std::string_view row_type = layout_.slots.TypeName(row.type);
    if (!include.target_type.empty() && row_type != include.target_type) return {};
    std::vector<std::string> ids = {row.id};
    if (row_type == "Patient") {
      TRY_ASSIGN(ids, JoinedIds(connection_, row.id));
    }
    for (std::int64_t type = 1; type <= layout_.slots.type_count(); ++type) {
      if (include.source_type != "*" && layout_.slots.TypeName(type) != include.source_type) continue;
      for (const Slot slot : layout_.slots.ReferenceSlots(type)) {
        const fhir::schema::SearchParameter* parameter = layout_.slots.ParameterOf(slot);
        if (include.parameter != "*" && parameter->code != include.parameter) continue;
        for (const std::string& id : ids) {
          TRY(AddReferring(slot, row_type, id));
        }
      }
    }
    return {};
  }

  // Puts what was added on the page.
  Result<void> Finish() {
    TRY_ASSIGN(std::vector<Version> versions, CurrentVersions(connection_, layout_, added_));
    for (Version& version : versions) page_.entries.push_back({std::move(version), false});
    return {};
  }

 private:
  Result<void> AddReferring(Slot slot, std::string_view type, std::string_view id) {
    RowWalk walk(connection_, HashSource(connection_, slot, layout_.hasher.Reference(type, id)));
    for (Key below = INT64_MAX;;) {
      TRY_ASSIGN(RowWalk::Candidate candidate, walk.Next(below));
      auto& [key, row] = candidate;
      if (key == 0) return {};
      below = key;
      if (seen_.count(key) > 0) continue;
      bool refers = false;
      for (const search::Fact& fact : row ? PackedFacts(row->facts).Of(slot) : std::vector<search::Fact>()) {
        refers = refers || (fact.reference_type == type && fact.reference_id == id);
      }
      if (refers) {
        TRY(Add(*std::move(row)));
      }
    }
  }

  Result<void> Add(ResourceRow row) {
    if (row.deleted() || !seen_.insert(row.key).second) return {};
    if (nobodys_alone_ && !layout_.placement.HomeOf(row.type, row.id, row.facts).empty()) return {};
    if (static_cast<std::int64_t>(added_.size()) >= layout_.include_limit) {
      return fhir::Error(fhir::ErrorKind::kUnprocessable, "The page would include more than " + std::to_string(layout_.include_limit) +
                                                              " resources. Ask for fewer with _count, or name what to include more closely.")
          .WithIssueType("too-costly");
    }
    added_.push_back(std::move(row));
    return {};
  }

  Connection& connection_;
  const Layout& layout_;
  SearchPage& page_;
  bool nobodys_alone_;                // what is at home with a person is not added
  std::unordered_set<Key> seen_;
  std::vector<ResourceRow> added_;    // in the order in which they come on the page
};

}  // namespace

Result<void> AddIncludes(Connection& connection, const Layout& layout, const std::vector<Include>& includes, const std::vector<ResourceRow>& matches,
                         SearchPage& page) {
  Includer includer(connection, layout, matches, page);
  for (const Include& include : includes) {
    for (const ResourceRow& row : matches) {
      TRY(include.reverse ? includer.Reverse(include, row) : includer.Forward(include, row));
    }
  }
  return includer.Finish();
}

Result<void> AddReferenced(Connection& connection, const Layout& layout, const std::vector<ResourceRow>& matches,
                           SearchPage& page) {
  Includer includer(connection, layout, matches, page, true);
  for (const SearchEntry& entry : page.entries) {
    TRY(includer.ForwardAll(entry.version.body));
  }
  return includer.Finish();
}

}  // namespace server::storage::sql
