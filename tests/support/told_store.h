// Clients of a store that remember what they were told, and the comparison of a store with that: for tests that take the
// store's disk away and ask afterwards what is there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "server/storage/store.h"

namespace careloom_test {

// What stands in a store under a client's names: "Patient/c0-1" or "message c0-4".
struct Standing {
  std::int64_t version = 0;
  bool deleted = false;
  bool operator==(const Standing&) const = default;
};
using Stand = std::map<std::string, Standing>;

// One who stores, one write after the other: single resources, transactions, updates, deletions, messages. What it does
// follows from its name and the seed.
class ToldClient {
 public:
  explicit ToldClient(std::string name, std::uint64_t seed, bool messages = true) : name_(std::move(name)), messages_(messages), random_(seed), stands_(1) {}

  // One more write. False when it failed; then nothing more may be asked of the client.
  bool Step(server::storage::Store& store);
  // How many writes were begun: stands()[n] is what is there after n of them, all of each or nothing.
  const std::vector<Stand>& stands() const { return stands_; }

 private:
  std::string name_;
  bool messages_;
  std::mt19937_64 random_;
  std::vector<Stand> stands_;
};

enum class Outcome {
  kHeld,      // what was acknowledged is there, and of what was under way all or nothing
  kLost,      // a state of earlier: something acknowledged is missing
  kTorn,      // a state that never was
};

// `acknowledged`: after how many of its writes the client was told so.
Outcome Compare(server::storage::Reader& reader, const ToldClient& client, std::size_t acknowledged);

}  // namespace careloom_test
