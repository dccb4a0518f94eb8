// Element names are those of mappings/council/models.
#include "adapters/council/cld/source_tree.h"

namespace adapters::council::cld {

using fhir::Element;

Element* SourceTree::Reference(Element* parent, std::string_view name, std::string_view uuid, std::uint32_t leaf) {
  Element* reference = document_.Add(parent, name);
  Text(reference, "reference", "urn:uuid:" + std::string(uuid), leaf);
  return reference;
}

void SourceTree::Concept(Element* parent, std::string_view name, Column column, std::string_view wording, std::uint32_t leaf) {
  const std::string_view code = FactsOf(column).holds == Holds::kList ? lists_.Find(column, wording).code : std::string_view();
  adapters::SourceTree::Concept(parent, name, lists_.SystemOf(column), code, code != wording ? wording : std::string_view(), leaf);
}

}  // namespace adapters::council::cld
