// Canonical text of a tree. Not JSON: it is only ever compared and hashed.
#include "adapters/base/canonical.h"

#include <algorithm>
#include <vector>

#include "fhir/json/writer.h"

namespace adapters {

void AppendCanonical(const fhir::Element& element, std::string& out) {
  if (element.is_resource || element.has_value()) {
    out += static_cast<char>('a' + static_cast<int>(element.kind));
    fhir::json::WriteString(element.text, out);
  }
  std::vector<const fhir::Element*> children;
  for (const fhir::Element& child : fhir::Children(element)) children.push_back(&child);
  std::ranges::stable_sort(children, {}, &fhir::Element::name);
  out += '{';
  for (const fhir::Element* child : children) {
    out += child->name;
    out += ':';
    AppendCanonical(*child, out);
  }
  out += '}';
}

std::string Canonical(const fhir::Element& element) {
  std::string out;
  AppendCanonical(element, out);
  return out;
}

}  // namespace adapters
