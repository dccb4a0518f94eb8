// The checks of a recorded history, one after the other over an index of who wrote which version.
#include "tests/support/history_checker.h"

#include <algorithm>
#include <unordered_map>

namespace careloom_test {
namespace {

using Outcome = Operation::Outcome;
using Shows = Operation::Shows;

constexpr std::int64_t kBegin = std::numeric_limits<std::int64_t>::min(), kNever = std::numeric_limits<std::int64_t>::max();

// One version with the times between which it was written: not before `start`, done by `end`.
struct Standing {
  std::int64_t value = kDeletion;
  std::int64_t start = kBegin, end = kNever;
  const Operation* by = nullptr;
};

struct Place {
  const std::string* key = nullptr;
  std::int64_t version = 0;
};

// A resource that a conditional write made, and when it came and went.
struct Life {
  const std::string* key = nullptr;
  const std::vector<Standing>* versions = nullptr;
  std::int64_t born_by() const { return (*versions)[0].end; }
  // Not deleted by then, however the unknown went.
  bool StandsUntil(std::int64_t when) const {
    return std::ranges::none_of(*versions, [&](const Standing& standing) { return standing.value == kDeletion && standing.start <= when; });
  }
};

class Checker {
 public:
  Checker(const std::vector<Operation>& operations, const FinalHistory& final_history) : operations_(operations), final_(final_history) {}

  std::vector<Anomaly> Run() {
    Attribute();
    CheckWrites();
    CheckOrder();
    CheckSights();
    CheckStale();
    CheckTransactions();
    CheckTornReads();
    CheckConditions();
    CheckRefusals();
    return std::move(found_);
  }

 private:
  void Report(AnomalyKind kind, std::string text) {
    const auto alike = std::ranges::count_if(found_, [&](const Anomaly& anomaly) { return anomaly.kind == kind; });
    if (alike < 20) found_.push_back({kind, std::move(text)});
  }
  static std::string Name(const std::string& key, std::int64_t version) { return key + " version " + std::to_string(version); }

  const Standing* Find(const std::string& key, std::int64_t version) const {
    const auto found = standing_.find(key);
    if (found == standing_.end() || version < 1 || version > static_cast<std::int64_t>(found->second.size())) return nullptr;
    return &found->second[static_cast<std::size_t>(version - 1)];
  }

  // Who wrote each version that stands at the end. A deletion has no value: whoever was told of it may have written it, and
  // whoever was told nothing.
  void Attribute() {
    std::unordered_map<std::int64_t, std::pair<const Operation*, const HistoryWrite*>> writers;
    for (const Operation& operation : operations_) {
      for (const HistoryWrite& write : operation.writes) {
        if (write.value != kDeletion) writers[write.value] = {&operation, &write};
      }
    }
    for (const auto& [key, versions] : final_) {
      std::vector<Standing>& standing = standing_[key];
      for (const FinalVersion& version : versions) {
        Standing& one = standing.emplace_back(Standing{.value = version.value});
        if (version.value == kDeletion) continue;
        const std::string name = Name(key, static_cast<std::int64_t>(standing.size()));
        const auto writer = writers.find(version.value);
        if (writer == writers.end() || (!writer->second.second->key.empty() && writer->second.second->key != key)) {
          Report(AnomalyKind::kNeverWritten, name + " holds " + std::to_string(version.value) + ", which nobody wrote there");
          continue;
        }
        one.by = writer->second.first;
        one.start = one.by->start;
        if (one.by->outcome == Outcome::kDone) one.end = one.by->end;
        if (one.by->outcome == Outcome::kRefused) Report(AnomalyKind::kRefusedButStored, name + " was refused");
        const auto [first, is_new] = places_.emplace(version.value, Place{&key, static_cast<std::int64_t>(standing.size())});
        if (!is_new) Report(AnomalyKind::kWrittenTwice, name + " is also " + Name(*first->second.key, first->second.version));
      }
    }
    AttributeDeletions();
  }

  // Callers who were told of a deletion, or told nothing.
  struct Deleters {
    std::map<std::int64_t, std::vector<const Operation*>> told;   // by the version they were told
    std::vector<const Operation*> unknown;
  };

  void AttributeDeletions() {
    for (const Operation& operation : operations_) {
      for (const HistoryWrite& write : operation.writes) {
        if (write.value != kDeletion || operation.outcome == Outcome::kRefused) continue;
        Deleters& all = deleters_[write.key.empty() ? operation.condition : write.key];
        (operation.outcome == Outcome::kUnknown ? all.unknown : all.told[write.version]).push_back(&operation);
      }
    }
    for (auto& [key, versions] : standing_) {
      const std::string condition = versions.empty() || !versions[0].by ? std::string() : versions[0].by->condition;
      for (std::size_t i = 0; i < versions.size(); ++i) {
        if (versions[i].value != kDeletion) continue;
        Standing& deletion = versions[i];
        deletion.start = kNever;
        const std::int64_t not_before = i == 0 ? kBegin : versions[i - 1].start;
        for (const std::string& name : {key, condition}) {
          const auto known = deleters_.find(name);
          if (name.empty() || known == deleters_.end()) continue;
          for (const Operation* by : known->second.unknown) deletion.start = std::min(deletion.start, by->start);
          const auto told = known->second.told.find(static_cast<std::int64_t>(i + 1));
          if (told == known->second.told.end()) continue;
          for (const Operation* by : told->second) {
            if (by->end < not_before) continue;   // a deletion of another resource that met the condition
            deletion.start = std::min(deletion.start, by->start);
            if (name == key) deletion.end = std::min(deletion.end, by->end);
          }
        }
        if (deletion.start == kNever) Report(AnomalyKind::kNeverWritten, Name(key, static_cast<std::int64_t>(i + 1)) + " is a deletion that nobody asked for");
      }
    }
  }

  void CheckWrites() {
    for (const Operation& operation : operations_) {
      if (operation.outcome != Outcome::kDone) continue;
      for (const HistoryWrite& write : operation.writes) {
        if (write.key.empty()) continue;   // a deletion by a condition: its answer does not say of what
        const Standing* standing = Find(write.key, write.version);
        if (!standing || standing->value != write.value) {
          Report(AnomalyKind::kLostWrite, Name(write.key, write.version) + " was acknowledged with " + std::to_string(write.value) + " and " +
                                              (standing ? "holds " + std::to_string(standing->value) : "is not there"));
        }
        if (write.expected && write.version != *write.expected + 1 && !WasDeletedAlready(write)) {
          Report(AnomalyKind::kIfMatchIgnored, Name(write.key, write.version) + " was to replace version " + std::to_string(*write.expected));
        }
      }
    }
  }

  // Deleting what is deleted changes nothing, whatever If-Match says: then somebody else deleted it.
  bool WasDeletedAlready(const HistoryWrite& write) const {
    const auto all = deleters_.find(write.key);
    if (write.value != kDeletion || all == deleters_.end()) return false;
    const auto told = all->second.told.find(write.version);
    return !all->second.unknown.empty() || (told != all->second.told.end() && told->second.size() > 1);
  }

  void CheckOrder() {
    for (const auto& [key, versions] : standing_) {
      std::int64_t begun = kBegin, updated = kBegin;
      for (std::size_t i = 0; i < versions.size(); ++i) {
        if (versions[i].end < begun) Report(AnomalyKind::kOutOfOrder, Name(key, static_cast<std::int64_t>(i + 1)) + " was acknowledged before an earlier version was asked for");
        begun = std::max(begun, versions[i].start);
        const std::int64_t time = final_.at(key)[i].last_updated_us;
        if (time < updated) Report(AnomalyKind::kOutOfOrder, Name(key, static_cast<std::int64_t>(i + 1)) + " has an older lastUpdated than the version before");
        updated = time;
      }
    }
  }

  void CheckSights() {
    for (const Operation& operation : operations_) {
      if (operation.shows == Shows::kHistory) CheckOneHistory(operation);
      for (const Sight& sight : operation.sights) {
        if (sight.version < 1) continue;
        const Standing* standing = Find(sight.key, sight.version);
        if (!standing || standing->value != sight.value) {
          Report(AnomalyKind::kDirtyRead, Name(sight.key, sight.version) + " was shown with " + std::to_string(sight.value) + " and " +
                                              (standing ? "holds " + std::to_string(standing->value) : "is not there"));
        } else if (standing->start > operation.end) {
          Report(AnomalyKind::kReadOfFuture, Name(sight.key, sight.version) + " was shown before it was asked for");
        }
      }
    }
  }

  void CheckOneHistory(const Operation& operation) {
    for (std::size_t i = 1; i < operation.sights.size(); ++i) {
      if (operation.sights[i].version == operation.sights[i - 1].version - 1 && operation.sights[i].key == operation.sights[i - 1].key) continue;
      Report(AnomalyKind::kTornHistory, "a history shows " + Name(operation.sights[i].key, operation.sights[i].version) + " after version " + std::to_string(operation.sights[i - 1].version));
    }
  }

  // The newest version that an absence from a search can mean.
  std::int64_t NewestAbsence(const std::string& key, std::int64_t by) const {
    const auto versions = standing_.find(key);
    if (versions == standing_.end()) return kNotThere;
    for (std::size_t i = versions->second.size(); i > 0; --i) {
      const Standing& standing = versions->second[i - 1];
      if (standing.value == kDeletion && standing.start <= by) return static_cast<std::int64_t>(i);
    }
    return kNotThere;
  }

  // Once somebody was shown a version, or had one acknowledged, nobody who asks after that is shown an older one.
  void CheckStale() {
    struct Told {
      std::int64_t start, end, version;
      bool is_current;
    };
    std::map<std::string, std::vector<Told>> told;
    for (const Operation& operation : operations_) {
      if (operation.outcome != Outcome::kDone) continue;
      for (const HistoryWrite& write : operation.writes) {
        if (!write.key.empty()) told[write.key].push_back({operation.start, operation.end, write.version, true});
      }
      for (std::size_t i = 0; i < operation.sights.size(); ++i) {
        const Sight& sight = operation.sights[i];
        const std::int64_t version = sight.version == kNotShown ? NewestAbsence(sight.key, operation.end) : sight.version;
        const bool is_current = operation.shows == Shows::kCurrent || (operation.shows == Shows::kHistory && i == 0);
        told[sight.key].push_back({operation.start, sight.version == kNotShown ? kNever : operation.end, version, is_current});
      }
    }
    for (auto& [key, all] : told) {
      std::vector<Told> by_end = all;
      std::ranges::sort(by_end, {}, &Told::end);
      std::ranges::sort(all, {}, &Told::start);
      std::size_t ended = 0;
      std::int64_t newest = 0;
      for (const Told& one : all) {
        for (; ended < by_end.size() && by_end[ended].end < one.start; ++ended) newest = std::max(newest, by_end[ended].version);
        if (one.is_current && one.version < newest) Report(AnomalyKind::kStaleRead, Name(key, one.version) + " was shown as the current one after version " + std::to_string(newest));
      }
    }
  }

  void CheckTransactions() {
    for (const Operation& operation : operations_) {
      if (operation.writes.size() < 2) continue;
      std::size_t values = 0, there = 0;
      for (const HistoryWrite& write : operation.writes) {
        if (write.value == kDeletion) continue;
        ++values;
        there += places_.contains(write.value);
      }
      if (there != 0 && there != values) {
        Report(AnomalyKind::kHalfTransaction, std::to_string(there) + " of " + std::to_string(values) + " writes of the transaction with " + operation.writes[0].key + " stand");
      }
    }
  }

  // For each version of a resource: the versions that other resources had by then, through transactions.
  using Cut = std::map<std::string, std::int64_t>;
  std::map<std::string, std::vector<Cut>> Cuts() const {
    std::map<std::string, std::vector<Cut>> cuts;
    for (const Operation& operation : operations_) {
      Cut cut;
      if (operation.writes.size() < 2) continue;
      for (const HistoryWrite& write : operation.writes) {
        const auto place = places_.find(write.value);
        if (write.value != kDeletion && place != places_.end()) cut[*place->second.key] = place->second.version;
        if (write.value == kDeletion && write.version > 0) cut[write.key] = write.version;
      }
      for (const auto& [key, version] : cut) {
        const auto versions = standing_.find(key);
        if (versions == standing_.end() || version > static_cast<std::int64_t>(versions->second.size())) continue;
        std::vector<Cut>& of_key = cuts[key];
        of_key.resize(versions->second.size() + 1);
        for (const auto& [other, needed] : cut) {
          std::int64_t& slot = of_key[static_cast<std::size_t>(version)][other];
          slot = std::max(slot, needed);
        }
      }
    }
    for (auto& [key, of_key] : cuts) {
      for (std::size_t i = 1; i < of_key.size(); ++i) {
        for (const auto& [other, needed] : of_key[i - 1]) of_key[i][other] = std::max(of_key[i][other], needed);
      }
    }
    return cuts;
  }

  void CheckTornReads() {
    const auto cuts = Cuts();
    for (const Operation& operation : operations_) {
      if (operation.shows != Shows::kCurrent || operation.sights.size() < 2) continue;
      for (const Sight& sight : operation.sights) {
        const auto of_key = cuts.find(sight.key);
        if (of_key == cuts.end() || sight.version < 1 || sight.version >= static_cast<std::int64_t>(of_key->second.size())) continue;
        const Cut& needed = of_key->second[static_cast<std::size_t>(sight.version)];
        for (const Sight& other : operation.sights) {
          const auto least = needed.find(other.key);
          if (least == needed.end()) continue;
          const std::int64_t shown = other.version == kNotShown ? NewestAbsence(other.key, operation.end) : other.version;
          if (shown < least->second) {
            Report(AnomalyKind::kTornRead, Name(sight.key, sight.version) + " was shown beside " + Name(other.key, shown) + ", and came in one transaction with or after version " + std::to_string(least->second));
          }
        }
      }
    }
  }

  void CheckConditions() {
    std::map<std::string, std::vector<Life>> lives;
    for (const auto& [key, versions] : standing_) {
      if (!versions.empty() && versions[0].by && !versions[0].by->condition.empty()) lives[versions[0].by->condition].push_back({&key, &versions});
    }
    for (auto& [condition, all] : lives) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i + 1; j < all.size(); ++j) {
          if (!all[i].StandsUntil(all[j].born_by()) || !all[j].StandsUntil(all[i].born_by())) continue;
          Report(AnomalyKind::kDuplicateCreate, "for " + condition + " stood " + *all[i].key + " and " + *all[j].key + " at once");
        }
      }
    }
    CheckConditionalDeletions(lives);
    for (const Operation& operation : operations_) {
      if (operation.condition.empty() || operation.outcome != Outcome::kDone) continue;
      const auto shown = std::ranges::count_if(operation.sights, [](const Sight& sight) { return sight.value != kDeletion; });
      if (shown > 1) Report(AnomalyKind::kDuplicateCreate, std::to_string(shown) + " resources were shown for " + operation.condition);
      if (!operation.writes.empty() || !operation.sights.empty()) continue;
      for (const Life& life : lives[operation.condition]) {
        if (life.born_by() < operation.start && life.StandsUntil(operation.end)) Report(AnomalyKind::kMissedMatch, operation.condition + " found nothing while " + *life.key + " stood");
      }
    }
  }

  // The answer does not say which resource was deleted: one of the condition's must have been, at the version told. A
  // resource whose creation nobody was told of may have come and gone unseen.
  void CheckConditionalDeletions(const std::map<std::string, std::vector<Life>>& lives) {
    std::map<std::string, bool> unseen;
    for (const Operation& operation : operations_) {
      if (operation.outcome == Outcome::kUnknown) unseen[operation.condition] = true;
    }
    for (const Operation& operation : operations_) {
      if (operation.condition.empty() || operation.outcome != Outcome::kDone || operation.writes.size() != 1 || !operation.writes[0].key.empty()) continue;
      const auto all = lives.find(operation.condition);
      const auto was_deleted = [&](const Life& life) {
        const Standing* standing = Find(*life.key, operation.writes[0].version);
        return standing && standing->value == kDeletion && standing->start <= operation.end;
      };
      if (unseen.contains(operation.condition) || (all != lives.end() && std::ranges::any_of(all->second, was_deleted))) continue;
      Report(AnomalyKind::kLostWrite, "a deletion for " + operation.condition + " was acknowledged as version " + std::to_string(operation.writes[0].version) + " and none stands");
    }
  }

  void CheckRefusals() {
    for (const Operation& operation : operations_) {
      if (operation.outcome != Outcome::kRefused || operation.writes.size() != 1 || !operation.writes[0].expected) continue;
      const HistoryWrite& write = operation.writes[0];
      const Standing* standing = Find(write.key, *write.expected);
      const Standing* next = Find(write.key, *write.expected + 1);
      // What is deleted has no version that If-Match could name (RFC 9110 §13.1.1).
      if (standing && standing->value != kDeletion && standing->end < operation.start && (!next || next->start > operation.end)) {
        Report(AnomalyKind::kRefusedInVain, "If-Match " + std::to_string(*write.expected) + " was refused while " + Name(write.key, *write.expected) + " was the current one");
      }
    }
  }

  const std::vector<Operation>& operations_;
  const FinalHistory& final_;
  std::map<std::string, std::vector<Standing>> standing_;
  std::unordered_map<std::int64_t, Place> places_;   // by value
  std::map<std::string, Deleters> deleters_;         // by key, and by condition where the answer does not say the key
  std::vector<Anomaly> found_;
};

}  // namespace

std::vector<Anomaly> CheckHistory(const std::vector<Operation>& operations, const FinalHistory& final_history) {
  return Checker(operations, final_history).Run();
}

std::string ToText(const std::vector<Anomaly>& anomalies) {
  std::string text;
  for (const Anomaly& anomaly : anomalies) text += anomaly.text + "\n";
  return text;
}

}  // namespace careloom_test
