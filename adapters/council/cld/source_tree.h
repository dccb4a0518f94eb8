// The trees that CLD's maps read: references by entry name, concepts by the column's list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/base/source_tree.h"
#include "adapters/council/cld/lists.h"

namespace adapters::council::cld {

class SourceTree : public adapters::SourceTree {
 public:
  explicit SourceTree(const Lists& lists) : lists_(lists) {}

  fhir::Element* Reference(fhir::Element* parent, std::string_view name, std::string_view uuid, std::uint32_t leaf = 0);
  // A CodeableConcept: the code that the list has for the wording, and the wording where the code does not say it.
  void Concept(fhir::Element* parent, std::string_view name, Column column, std::string_view wording, std::uint32_t leaf = 0);

 private:
  const Lists& lists_;
};

}  // namespace adapters::council::cld
