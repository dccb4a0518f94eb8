// Which scalars of a source stand in an output: for every target value the source leaves (Element::leaf) it
// was copied, cast, translated or computed from. The mapping engine notes; whoever assembles the output
// asks. Leaves are numbered per source document, so one Coverage belongs to one source document.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fhir/model/element.h"

namespace fhir::mapping {

class Coverage {
 public:
  struct Pair {
    std::uint32_t leaf;       // 1 up
    const Element* target;    // an element with a value, in the target document
  };

  // Leaf 0 (no scalar of the source) is passed over.
  void Note(std::uint32_t leaf, const Element* target);
  void Note(std::span<const std::uint32_t> leaves, const Element* target);
  // What stands behind one target stands behind another too (its copy).
  void NoteSame(const Element* target, const Element* copy);
  // The target's value was replaced or taken away: what was noted for it no longer holds.
  void Forget(const Element* target);

  const std::vector<Pair>& pairs() const { return pairs_; }

  // carried[leaf] is true when some target of that leaf stands in the tree under one of `roots`: its parents
  // lead there. So assemble with Document::Attach (a Document::Copy is another tree). Size leaf_count + 1.
  std::vector<bool> CarriedIn(std::span<const Element* const> roots, std::uint32_t leaf_count) const;
  std::vector<bool> CarriedIn(const Element& root, std::uint32_t leaf_count) const;

 private:
  std::vector<Pair> pairs_;
};

}  // namespace fhir::mapping
