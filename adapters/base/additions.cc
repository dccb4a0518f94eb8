// By names of elements: the table is what the source's maps write.
#include "adapters/base/additions.h"

#include <algorithm>

namespace adapters {

using fhir::Element;

namespace {

void KeepLabels(const Element& stored_meta, Element& made, fhir::Document& target, const OwnParts& own) {
  for (const Element& label : fhir::Children(stored_meta)) {
    if (label.name != "tag" && label.name != "security") continue;
    if (own.label && own.label(label)) continue;
    Element* meta = made.Find("meta");
    if (!meta) meta = target.Add(&made, "meta");
    target.Attach(meta, target.Copy(label));
  }
}

}  // namespace

bool IsWritten(std::span<const Written> written, std::string_view type, std::string_view element) {
  const auto at = std::ranges::find(written, type, &Written::type);
  if (at == written.end()) return true;
  for (std::string_view rest = at->elements.substr(1); !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(name.size() + 1);
    if (name == element || (name.ends_with('*') && element.starts_with(name.substr(0, name.size() - 1)))) return true;
  }
  return false;
}

bool IsAddition(const OwnParts& own, std::string_view type, const Element& child) {
  if (child.name == "id" || child.name == "meta" || child.name == "text") return false;
  if (child.name == "extension") return !own.extension(child);
  if (child.name == "identifier") return !own.identifier(child);
  if (std::ranges::find(own.shared, child.name) != own.shared.end()) return !own.repeat(child);
  return !IsWritten(own.written, type, child.name);
}

void KeepAdditions(const Element& stored, Element& made, fhir::Document& target, const OwnParts& own) {
  for (const Element& child : fhir::Children(stored)) {
    if (child.name == "meta") {
      KeepLabels(child, made, target, own);
    } else if (IsAddition(own, stored.resource_type(), child)) {
      target.Attach(&made, target.Copy(child));
    }
  }
}

}  // namespace adapters
