// A search as something to run: where candidates come from, and what each must meet. Candidates are a
// superset from the index; every one of them is compared with the values stored on its row. A reference to a
// Patient is one to every Patient of that person.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"
#include "server/search/match.h"
#include "server/search/query.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/sql/row_walk.h"
#include "server/storage/sql/rows.h"
#include "server/storage/sql/sources.h"

namespace server::storage::sql {

class Plan {
 public:
  // Reads the index for bounded counts, so a plan belongs to the snapshot that it was made in.
  static fhir::Result<Plan> Create(Connection& connection, const Layout& layout, std::int64_t type, const std::vector<search::Criterion>& criteria);

  // The next resource below `below` that meets everything, newest first; nothing at the end. Fails with
  // kUnprocessable ("too-costly") when the search has looked at more candidates than it may.
  fhir::Result<std::optional<ResourceRow>> Next(Key below);
  // The resource of that key, if it meets everything; counts as looked at.
  fhir::Result<std::optional<ResourceRow>> Check(Key key);
  // Those of these keys that do, in their order.
  fhir::Result<std::vector<ResourceRow>> CheckAll(const std::vector<Key>& keys);
  // There are few candidates: looking at all of them costs little.
  bool is_small() const { return is_small_; }

 private:
  struct Compiled;
  struct ChainTarget {
    std::int64_t type;
    std::string type_name;
    std::vector<Compiled> criteria;                   // one
    std::unordered_map<std::string, bool> answers;    // by id, so that a target is read once
  };
  enum class Subject { kFacts, kId, kLastUpdated };
  struct Compiled {
    Subject subject = Subject::kFacts;
    Slot slot = -1;
    search::Matcher matcher;
    std::vector<ChainTarget> chains;                  // not empty: the matcher is not used
  };

  Plan(Connection& connection, const Layout& layout, std::int64_t type) : connection_(&connection), layout_(&layout), type_(type) {}

  fhir::Result<Compiled> Compile(std::int64_t type, const search::Criterion& criterion);
  // Of a chain: whether the reference's target, or a Patient that is one person with it, meets the criterion.
  fhir::Result<bool> TargetAccepts(ChainTarget& chain, const std::string& id);
  // Candidates of one criterion by the hash rows, null when they cannot tell; `count` is how many, at most kFew.
  fhir::Result<KeySourcePtr> SourceOf(const search::Criterion& criterion, const Compiled& compiled, std::int64_t& count);
  fhir::Result<KeySourcePtr> ChainSource(const search::Criterion& criterion, const Compiled& compiled, std::int64_t& count);
  fhir::Result<KeySourcePtr> IdSource(const Compiled& compiled, std::int64_t& count);
  // By the ordered rows, when they are few enough to gather.
  fhir::Result<KeySourcePtr> GatheredSource(const search::Criterion& criterion, const Compiled& compiled);
  // One more is looked at: empties `row` unless it meets everything.
  fhir::Result<void> Sift(std::optional<ResourceRow>& row);
  fhir::Result<bool> Accepts(Compiled& compiled, const ResourceRow& row);
  fhir::Result<bool> AcceptsChain(Compiled& compiled, const ResourceRow& row);

  Connection* connection_;
  const Layout* layout_;
  std::int64_t type_;
  std::vector<Compiled> criteria_;
  std::optional<RowWalk> candidates_;
  std::int64_t visited_ = 0;
  bool is_small_ = false;
};

}  // namespace server::storage::sql
