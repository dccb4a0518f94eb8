// Notes of which source leaves stand behind which target values.
#include "fhir/mapping/coverage.h"

#include <algorithm>

namespace fhir::mapping {

void Coverage::Note(std::uint32_t leaf, const Element* target) {
  if (leaf != 0 && target) pairs_.push_back({leaf, target});
}

void Coverage::Note(std::span<const std::uint32_t> leaves, const Element* target) {
  for (std::uint32_t leaf : leaves) Note(leaf, target);
}

void Coverage::NoteSame(const Element* target, const Element* copy) {
  const std::size_t count = pairs_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (pairs_[i].target == target) pairs_.push_back({pairs_[i].leaf, copy});
  }
}

void Coverage::Forget(const Element* target) {
  std::erase_if(pairs_, [target](const Pair& pair) { return pair.target == target; });
}

std::vector<bool> Coverage::CarriedIn(std::span<const Element* const> roots, std::uint32_t leaf_count) const {
  std::vector<bool> carried(std::size_t{leaf_count} + 1, false);
  for (const Pair& pair : pairs_) {
    if (pair.leaf > leaf_count || carried[pair.leaf]) continue;
    for (const Element* at = pair.target; at && !carried[pair.leaf]; at = at->parent) {
      carried[pair.leaf] = std::find(roots.begin(), roots.end(), at) != roots.end();
    }
  }
  return carried;
}

std::vector<bool> Coverage::CarriedIn(const Element& root, std::uint32_t leaf_count) const {
  const Element* only = &root;
  return CarriedIn(std::span<const Element* const>(&only, 1), leaf_count);
}

}  // namespace fhir::mapping
