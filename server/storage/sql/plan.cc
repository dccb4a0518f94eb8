// See plan.h.
#include "server/storage/sql/plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/storage/facts.h"
#include "server/storage/sql/gather.h"
#include "server/storage/sql/person.h"

namespace server::storage::sql {

namespace {

using fhir::Result;
using search::Criterion;

constexpr std::string_view kPatient = "Patient";

// A criterion with fewer candidates than this is a driver good enough: nothing more is gathered.
constexpr std::int64_t kFew = 200;
// Ordered rows are gathered up to this many; with more of them the walk by key finds a page soon.
constexpr std::int64_t kGatherLimit = 2000;
// Targets of a chain that are turned into references; with more, each candidate's target is looked at.
constexpr std::size_t kChainTargets = 100;

Result<std::int64_t> CountFew(Connection& connection, Slot slot, std::int64_t hash) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT count(*) FROM (SELECT 1 FROM hash_row WHERE slot=?1 AND hash=?2 LIMIT ?3) AS few"));
  TRY(cursor.Bind(1, slot).Bind(2, hash).Bind(3, kFew).Step());
  return cursor.Int(0);
}

// The hashes under which what a value matches stands; none: the hash rows cannot tell.
std::vector<std::int64_t> HashesOf(const search::Value& value, std::string_view type, const search::Matcher& matcher, const Layout& layout) {
  const Hasher& hasher = layout.hasher;
  if (type == "uri") return {hasher.Url(value.text)};
  if (type == "token") {
    if (!value.has_system) return {hasher.AnySystem(value.code)};
    if (value.system.empty()) return {hasher.NoSystem(value.code)};
    return {value.code.empty() ? hasher.AnyCode(value.system) : hasher.SystemAndCode(value.system, value.code)};
  }
  if (type != "reference") return {};
  if (matcher.modifier() == "identifier") return value.code.empty() ? std::vector<std::int64_t>() : std::vector<std::int64_t>{hasher.IdentifierValue(value.code)};
  if (!value.reference_type.empty()) return {hasher.Reference(value.reference_type, value.text)};
  std::vector<std::int64_t> hashes = {hasher.Url(value.text)};
  if (value.text.find_first_of(":/") != std::string::npos) return hashes;
  for (const std::string_view target : matcher.targets()) hashes.push_back(hasher.Reference(target, value.text));
  if (!matcher.targets().empty()) return hashes;
  for (std::int64_t number = 1; number <= layout.slots.type_count(); ++number) hashes.push_back(hasher.Reference(layout.slots.TypeName(number), value.text));
  return hashes;
}

// The id of the Patient that a value of a reference parameter may name; empty when it names none.
std::string_view PatientOf(const search::Value& value, const std::vector<std::string_view>& targets) {
  if (!value.reference_type.empty()) return value.reference_type == kPatient ? std::string_view(value.text) : std::string_view();
  if (value.text.find_first_of(":/") != std::string::npos) return {};
  const bool may_be = targets.empty() || std::find(targets.begin(), targets.end(), kPatient) != targets.end();
  return may_be ? std::string_view(value.text) : std::string_view();
}

// Adds a value for every other Patient of the persons that a reference criterion names.
Result<void> CoverPersons(Connection& connection, Criterion& criterion) {
  if (!criterion.parameter || criterion.parameter->type != "reference" || criterion.modifier == "identifier" || criterion.modifier == "missing") return {};
  const std::size_t written = criterion.values.size();
  for (std::size_t i = 0; i < written; ++i) {
    const std::string id(PatientOf(criterion.values[i], criterion.parameter->targets));
    if (id.empty()) continue;
    TRY_ASSIGN(const std::vector<std::string> joined, JoinedIds(connection, id));
    for (std::size_t other = 1; other < joined.size(); ++other) {
      search::Value& value = criterion.values.emplace_back();
      value.reference_type = kPatient;
      value.text = joined[other];
    }
  }
  return {};
}

// The ids that stand for a chain's target: its own, of a Patient all of the person.
Result<std::vector<std::string>> TargetIds(Connection& connection, std::string_view type, const std::string& id) {
  if (type == kPatient) return JoinedIds(connection, id);
  return std::vector<std::string>{id};
}

}  // namespace

Result<Plan> Plan::Create(Connection& connection, const Layout& layout, std::int64_t type, const std::vector<Criterion>& criteria) {
  Plan plan(connection, layout, type);
  std::vector<std::pair<std::int64_t, KeySourcePtr>> sources;
  for (const Criterion& criterion : criteria) {
    TRY_ASSIGN(Compiled compiled, plan.Compile(type, criterion));
    std::int64_t count = 0;
    TRY_ASSIGN(KeySourcePtr source, plan.SourceOf(criterion, compiled, count));
    if (source) sources.emplace_back(count, std::move(source));
    plan.criteria_.push_back(std::move(compiled));
  }
  const auto fewer = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::stable_sort(sources.begin(), sources.end(), fewer);
  if (sources.empty() || sources.front().first >= kFew) {
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      TRY_ASSIGN(KeySourcePtr source, plan.GatheredSource(criteria[i], plan.criteria_[i]));
      if (source) sources.emplace(sources.begin(), 0, std::move(source));
    }
  }
  plan.is_small_ = !sources.empty() && sources.front().first < kFew;
  if (sources.empty()) sources.emplace_back(0, HashSource(connection, layout.slots.TypeSlot(type), 0));
  std::vector<KeySourcePtr> parts;
  for (auto& [count, source] : sources) parts.push_back(std::move(source));
  plan.candidates_.emplace(connection, AllOf(std::move(parts)));
  return plan;
}

Result<Plan::Compiled> Plan::Compile(std::int64_t type, const Criterion& criterion) {
  Compiled compiled;
  Criterion covering = criterion;
  TRY(CoverPersons(*connection_, covering));
  TRY_ASSIGN(compiled.matcher, search::Matcher::Create(covering));
  if (!criterion.parameter) {
    compiled.subject = criterion.name == "_id" ? Subject::kId : Subject::kLastUpdated;
    return compiled;
  }
  compiled.slot = layout_->slots.Find(type, criterion.parameter);
  if (compiled.slot < 0) return fhir::Error(fhir::ErrorKind::kUnsupported, "This store does not index the search parameter " + criterion.name + ".");
  for (const search::Chain& chain : criterion.chains) {
    const std::int64_t target = layout_->slots.TypeNumber(chain.type);
    TRY_ASSIGN(Compiled inner, Compile(target, *chain.criterion));
    ChainTarget& added = compiled.chains.emplace_back();
    added.type = target;
    added.type_name = chain.type;
    added.criteria.push_back(std::move(inner));
  }
  return compiled;
}

Result<KeySourcePtr> Plan::SourceOf(const Criterion& criterion, const Compiled& compiled, std::int64_t& count) {
  if (!compiled.chains.empty()) return ChainSource(criterion, compiled, count);
  if (compiled.subject == Subject::kId) return IdSource(compiled, count);
  if (!criterion.parameter || criterion.modifier == "missing" || criterion.modifier == "not") return KeySourcePtr();
  std::vector<KeySourcePtr> parts;
  for (const search::PreparedValue& value : compiled.matcher.values()) {
    const std::vector<std::int64_t> hashes = HashesOf(value.as_written, criterion.parameter->type, compiled.matcher, *layout_);
    if (hashes.empty()) return KeySourcePtr();
    for (const std::int64_t hash : hashes) {
      TRY_ASSIGN(const std::int64_t few, CountFew(*connection_, compiled.slot, hash));
      count += few;
      if (few > 0) parts.push_back(HashSource(*connection_, compiled.slot, hash));
    }
  }
  return parts.empty() ? ListSource({}) : AnyOf(std::move(parts));
}

Result<KeySourcePtr> Plan::ChainSource(const Criterion& criterion, const Compiled& compiled, std::int64_t& count) {
  std::vector<KeySourcePtr> parts;
  for (const search::Chain& chain : criterion.chains) {
    const std::int64_t type = layout_->slots.TypeNumber(chain.type);
    TRY_ASSIGN(Plan targets, Create(*connection_, *layout_, type, {*chain.criterion}));
    // A chain whose targets are not soon found is followed from the candidates instead.
    targets.visited_ = layout_->visit_limit - kGatherLimit;
    Key below = INT64_MAX;
    while (true) {
      Result<std::optional<ResourceRow>> row = targets.Next(below);
      if (!row || parts.size() > kChainTargets) return KeySourcePtr();
      if (!row->has_value()) break;
      below = (*row)->key;
      TRY_ASSIGN(const std::vector<std::string> ids, TargetIds(*connection_, chain.type, (*row)->id));
      for (const std::string& id : ids) {
        const std::int64_t hash = layout_->hasher.Reference(chain.type, id);
        TRY_ASSIGN(const std::int64_t few, CountFew(*connection_, compiled.slot, hash));
        count += few;
        if (few > 0) parts.push_back(HashSource(*connection_, compiled.slot, hash));
      }
    }
  }
  return parts.empty() ? ListSource({}) : AnyOf(std::move(parts));
}

Result<KeySourcePtr> Plan::IdSource(const Compiled& compiled, std::int64_t& count) {
  std::vector<Key> keys;
  for (const search::PreparedValue& value : compiled.matcher.values()) {
    TRY_ASSIGN(const std::optional<ResourceRow> row, FindRow(*connection_, type_, value.as_written.code));
    if (row) keys.push_back(row->key);
  }
  count = static_cast<std::int64_t>(keys.size());
  return ListSource(std::move(keys));
}

Result<KeySourcePtr> Plan::GatheredSource(const Criterion& criterion, const Compiled& compiled) {
  if (!criterion.parameter || !criterion.chains.empty()) return KeySourcePtr();
  if (!criterion.modifier.empty() && criterion.modifier != "exact") return KeySourcePtr();
  std::vector<Key> keys;
  for (const search::PreparedValue& value : compiled.matcher.values()) {
    TRY_ASSIGN(const bool whole, GatherKeys(*connection_, compiled.slot, criterion.parameter->type, value, kGatherLimit, keys));
    if (!whole) return KeySourcePtr();
  }
  return ListSource(std::move(keys));
}

Result<std::optional<ResourceRow>> Plan::Next(Key below) {
  while (true) {
    TRY_ASSIGN(RowWalk::Candidate candidate, candidates_->Next(below));
    if (candidate.key == 0) return std::optional<ResourceRow>();
    below = candidate.key;
    TRY(Sift(candidate.row));
    if (candidate.row) return std::move(candidate.row);
  }
}

Result<std::optional<ResourceRow>> Plan::Check(Key key) {
  TRY_ASSIGN(std::optional<ResourceRow> row, FindRow(*connection_, key));
  TRY(Sift(row));
  return row;
}

Result<std::vector<ResourceRow>> Plan::CheckAll(const std::vector<Key>& keys) {
  TRY_ASSIGN(std::vector<std::optional<ResourceRow>> rows, FindRows(*connection_, keys));
  std::vector<ResourceRow> accepted;
  for (std::optional<ResourceRow>& row : rows) {
    TRY(Sift(row));
    if (row) accepted.push_back(*std::move(row));
  }
  return accepted;
}

Result<void> Plan::Sift(std::optional<ResourceRow>& row) {
  if (++visited_ > layout_->visit_limit) {
    return fhir::Error(fhir::ErrorKind::kUnprocessable, "The search would look at more than " + std::to_string(layout_->visit_limit) +
                                                            " resources. Add a criterion that fewer meet, such as patient or a date range.")
        .WithIssueType("too-costly");
  }
  bool accepted = row && !row->deleted() && row->type == type_;
  for (std::size_t i = 0; i < criteria_.size() && accepted; ++i) {
    TRY_ASSIGN(accepted, Accepts(criteria_[i], *row));
  }
  if (!accepted) row.reset();
  return {};
}

Result<bool> Plan::Accepts(Compiled& compiled, const ResourceRow& row) {
  if (!compiled.chains.empty()) return AcceptsChain(compiled, row);
  search::Fact fact;
  switch (compiled.subject) {
    case Subject::kId:
      fact.code = row.id;
      return compiled.matcher.Matches({fact});
    case Subject::kLastUpdated:
      // An instant is written to the millisecond.
      fact.type = fhir::search::ValueType::kDate;
      fact.low_us = row.updated_us;
      fact.high_us = row.updated_us + 1000;
      return compiled.matcher.Matches({fact});
    case Subject::kFacts:
      break;
  }
  return compiled.matcher.Matches(PackedFacts(row.facts).Of(compiled.slot));
}

Result<bool> Plan::AcceptsChain(Compiled& compiled, const ResourceRow& row) {
  for (const search::Fact& reference : PackedFacts(row.facts).Of(compiled.slot)) {
    for (ChainTarget& chain : compiled.chains) {
      if (reference.reference_type != chain.type_name || reference.reference_id.empty()) continue;
      const std::string id(reference.reference_id);
      auto answer = chain.answers.find(id);
      if (answer == chain.answers.end()) {
        TRY_ASSIGN(const bool accepted, TargetAccepts(chain, id));
        answer = chain.answers.emplace(id, accepted).first;
      }
      if (answer->second) return true;
    }
  }
  return false;
}

Result<bool> Plan::TargetAccepts(ChainTarget& chain, const std::string& id) {
  TRY_ASSIGN(const std::vector<std::string> ids, TargetIds(*connection_, chain.type_name, id));
  for (const std::string& target_id : ids) {
    TRY_ASSIGN(const std::optional<ResourceRow> target, FindRow(*connection_, chain.type, target_id));
    if (!target || target->deleted()) continue;
    TRY_ASSIGN(const bool accepted, Accepts(chain.criteria.front(), *target));
    if (accepted) return true;
  }
  return false;
}

}  // namespace server::storage::sql
