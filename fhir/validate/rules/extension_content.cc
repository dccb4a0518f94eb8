// Rule: an extension has a value or extensions, one of the two (ext-1). That it has a url is cardinality.
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

void Run(const Visit& visit) {
  if (visit.type.name != "Extension") return;
  bool value = false, extensions = false;
  for (const Element& child : Children(visit.element)) {
    value = value || child.name.starts_with("value");
    extensions = extensions || child.name == "extension";
  }
  if (value && extensions) visit.Error("invariant", "an extension has a value or extensions, not both (ext-1)");
  if (!value && !extensions) visit.Error("invariant", "an extension has a value or extensions; neither was found (ext-1)");
}

}  // namespace

Rule ExtensionContent() {
  return {.name = "extension_content", .resource = nullptr, .shape = nullptr, .object = Run, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
