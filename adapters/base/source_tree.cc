// Element names are those of the logical models in mappings/.
#include "adapters/base/source_tree.h"

namespace adapters {

using fhir::Element;

void SourceTree::Text(Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf) {
  if (!text.empty()) document_.AddString(parent, name, text)->leaf = leaf;
}

void SourceTree::Number(Element* parent, std::string_view name, std::string_view text, std::uint32_t leaf) {
  if (!text.empty()) document_.AddNumber(parent, name, text)->leaf = leaf;
}

void SourceTree::Identifier(Element* parent, std::string_view system, std::string_view value, std::uint32_t leaf, std::string_view use) {
  if (value.empty()) return;
  Element* identifier = document_.Add(parent, "identifier", true);
  Text(identifier, "use", use);
  Text(identifier, "system", system);
  Text(identifier, "value", value, leaf);
}

Element* SourceTree::Concept(Element* parent, std::string_view name, std::string_view system, std::string_view code, std::string_view text, std::uint32_t leaf) {
  if (code.empty() && text.empty()) return nullptr;
  Element* made = document_.Add(parent, name);
  if (!code.empty()) {
    Element* coding = document_.Add(made, "coding", true);
    Text(coding, "system", system);
    Text(coding, "code", code, leaf);
  }
  Text(made, "text", text, leaf);
  return made;
}

}  // namespace adapters
