// Builds the trees that maps read: values with the cell they were taken from, so that the engine can say which
// cells stand in its output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/model/element.h"

namespace adapters {

class SourceTree {
 public:
  SourceTree() { root_ = document_.New({}); }

  fhir::Element* root() { return root_; }
  fhir::Element* Add(fhir::Element* parent, std::string_view name) { return document_.Add(parent, name); }
  // Nothing is added for an empty text.
  void Text(fhir::Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf = 0);
  void Number(fhir::Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf = 0);
  // In a Reference it is the one that it may have.
  void Identifier(fhir::Element* parent, std::string_view system, std::string_view value, std::uint32_t leaf = 0, std::string_view use = {});
  // A CodeableConcept of a code (may be empty) and a text (the same).
  fhir::Element* Concept(fhir::Element* parent, std::string_view name, std::string_view system, std::string_view code, std::string_view text, std::uint32_t leaf = 0);

 protected:
  fhir::Document document_;

 private:
  fhir::Element* root_;
};

}  // namespace adapters
