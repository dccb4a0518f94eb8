// Builds the trees that the maps read: values with the cell they were taken from, so that the engine can say which
// cells stand in its output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/council/cld/lists.h"
#include "fhir/model/element.h"

namespace adapters::council::cld {

class SourceTree {
 public:
  explicit SourceTree(const Lists& lists) : lists_(lists) { root_ = document_.New({}); }

  fhir::Element* root() { return root_; }
  fhir::Element* Add(fhir::Element* parent, std::string_view name) { return document_.Add(parent, name); }
  // Nothing is added for an empty text.
  void Text(fhir::Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf = 0);
  void Number(fhir::Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf = 0);
  fhir::Element* Reference(fhir::Element* parent, std::string_view name, std::string_view uuid, std::uint32_t leaf = 0);
  // In a Reference it is the one that it may have.
  void Identifier(fhir::Element* parent, std::string_view system, std::string_view value, std::uint32_t leaf = 0, std::string_view use = {});
  // A CodeableConcept: the code that the list has for the wording, and the wording where the code does not say it.
  void Concept(fhir::Element* parent, std::string_view name, Column column, std::string_view wording, std::uint32_t leaf = 0);

 private:
  const Lists& lists_;
  fhir::Document document_;
  fhir::Element* root_;
};

}  // namespace adapters::council::cld
