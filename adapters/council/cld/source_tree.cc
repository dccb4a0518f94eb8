// Element names are those of mappings/council/models.
#include "adapters/council/cld/source_tree.h"

namespace adapters::council::cld {

using fhir::Element;

void SourceTree::Text(Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf) {
  if (!text.empty()) document_.AddString(parent, name, text)->leaf = leaf;
}

void SourceTree::Number(Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf) {
  if (!text.empty()) document_.AddNumber(parent, name, text)->leaf = leaf;
}

Element* SourceTree::Reference(Element* parent, std::string_view name, std::string_view uuid, std::uint32_t leaf) {
  Element* reference = document_.Add(parent, name);
  Text(reference, "reference", "urn:uuid:" + std::string(uuid), leaf);
  return reference;
}

void SourceTree::Identifier(Element* parent, std::string_view system, std::string_view value, std::uint32_t leaf, std::string_view use) {
  if (value.empty()) return;
  Element* identifier = document_.Add(parent, "identifier", true);
  Text(identifier, "use", use);
  Text(identifier, "system", system);
  Text(identifier, "value", value, leaf);
}

void SourceTree::Concept(Element* parent, std::string_view name, Column column, std::string_view wording, std::uint32_t leaf) {
  if (wording.empty()) return;
  Element* made = document_.Add(parent, name);
  const std::string_view code = FactsOf(column).holds == Holds::kList ? lists_.Find(column, wording).code : std::string_view();
  if (!code.empty()) {
    Element* coding = document_.Add(made, "coding", true);
    Text(coding, "system", lists_.SystemOf(column));
    Text(coding, "code", code, leaf);
  }
  if (code != wording) Text(made, "text", wording, leaf);
}

}  // namespace adapters::council::cld
