// See sources.h.
#include "server/storage/sql/sources.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace server::storage::sql {

namespace {

using fhir::Result;

// Reads ahead, more the longer it is read without skipping.
class FromIndex : public KeySource {
 public:
  FromIndex(Connection& connection, Slot slot, std::int64_t hash) : connection_(connection), slot_(slot), hash_(hash) {}

  Result<Key> Next(Key below) override {
    while (at_ < ahead_.size() && ahead_[at_] >= below) ++at_;
    if (at_ == ahead_.size() && !ended_) {
      // What was read ahead was used: read on in larger steps. It was mostly skipped: a step or two will do.
      wanted_ = ahead_.empty() ? 8 : used_ * 2 >= ahead_.size() ? std::min<std::size_t>(wanted_ * 4, 512) : 2;
      TRY(Read(below));
    }
    if (at_ == ahead_.size()) return 0;
    ++used_;
    return ahead_[at_];
  }

 private:
  Result<void> Read(Key below) {
    ahead_.clear();
    at_ = used_ = 0;
    TRY_ASSIGN(Cursor cursor, connection_.Query("SELECT key FROM hash_row WHERE slot=?1 AND hash=?2 AND key<?3 ORDER BY key DESC LIMIT ?4"));
    cursor.Bind(1, slot_).Bind(2, hash_).Bind(3, below).Bind(4, static_cast<std::int64_t>(wanted_));
    while (true) {
      TRY_ASSIGN(const bool found, cursor.Step());
      if (!found) break;
      ahead_.push_back(cursor.Int(0));
    }
    ended_ = ahead_.size() < wanted_;
    return {};
  }

  Connection& connection_;
  Slot slot_;
  std::int64_t hash_;
  std::vector<Key> ahead_;
  std::size_t at_ = 0, used_ = 0, wanted_ = 0;
  bool ended_ = false;
};

class FromList : public KeySource {
 public:
  explicit FromList(std::vector<Key> keys) : keys_(std::move(keys)) { std::sort(keys_.begin(), keys_.end(), std::greater<>()); }

  Result<Key> Next(Key below) override {
    while (at_ < keys_.size() && keys_[at_] >= below) ++at_;
    return at_ < keys_.size() ? keys_[at_] : 0;
  }

 private:
  std::vector<Key> keys_;
  std::size_t at_ = 0;
};

class Union : public KeySource {
 public:
  explicit Union(std::vector<KeySourcePtr> parts) : parts_(std::move(parts)), keys_(parts_.size(), -1) {}

  Result<Key> Next(Key below) override {
    Key best = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (keys_[i] < 0 || keys_[i] >= below) {
        TRY_ASSIGN(keys_[i], parts_[i]->Next(below));
      }
      best = std::max(best, keys_[i]);
    }
    return best;
  }

 private:
  std::vector<KeySourcePtr> parts_;
  std::vector<Key> keys_;   // what each part offered last; -1: not asked yet
};

class Intersection : public KeySource {
 public:
  explicit Intersection(std::vector<KeySourcePtr> parts) : parts_(std::move(parts)) {}

  Result<Key> Next(Key below) override {
    TRY_ASSIGN(Key key, parts_.front()->Next(below));
    std::size_t agreed = 1;
    for (std::size_t i = 1; key > 0 && agreed < parts_.size(); i = (i + 1) % parts_.size()) {
      TRY_ASSIGN(const Key other, parts_[i]->Next(key + 1));
      agreed = other == key ? agreed + 1 : 1;
      key = other;
    }
    return key;
  }

 private:
  std::vector<KeySourcePtr> parts_;
};

}  // namespace

KeySourcePtr HashSource(Connection& connection, Slot slot, std::int64_t hash) { return std::make_unique<FromIndex>(connection, slot, hash); }
KeySourcePtr ListSource(std::vector<Key> keys) { return std::make_unique<FromList>(std::move(keys)); }

KeySourcePtr AnyOf(std::vector<KeySourcePtr> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<Union>(std::move(parts));
}

KeySourcePtr AllOf(std::vector<KeySourcePtr> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<Intersection>(std::move(parts));
}

}  // namespace server::storage::sql
