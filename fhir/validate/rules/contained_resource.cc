// Rule: contained resources hold no others (dom-2), are referred to or refer to their container (dom-3),
// and have no version, time of change (dom-4) or security label (dom-5) of their own. One look through
// the resource for all of them.
#include <string_view>
#include <unordered_set>

#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

// The fragments ("#a" as "a", "#" as "") that references, canonicals and URIs in a tree name.
void CollectFragments(const Element& element, std::unordered_set<std::string_view>& found) {
  for (const Element& child : Children(element)) {
    if (child.kind == ValueKind::kString && child.text.starts_with('#')) found.insert(child.text.substr(1));
    if (child.first_child) CollectFragments(child, found);
  }
}

void CheckOwn(const Visit& visit, const Element& contained) {
  if (contained.Find("contained")) visit.Error("invariant", "a contained resource cannot contain others (dom-2)", &contained);
  const Element* meta = contained.Find("meta");
  if (!meta) return;
  if (meta->Find("versionId") || meta->Find("lastUpdated")) {
    visit.Error("invariant", "a contained resource has no meta.versionId or meta.lastUpdated of its own (dom-4)", &contained);
  }
  if (meta->Find("security")) visit.Error("invariant", "a contained resource has no security label of its own (dom-5)", &contained);
}

void Run(const Visit& visit) {
  if (!visit.element.Find("contained")) return;
  std::unordered_set<std::string_view> named;
  CollectFragments(visit.element, named);
  for (const Element& contained : Repeats(visit.element, "contained")) {
    CheckOwn(visit, contained);
    const std::string_view id = contained.ValueOf("id");
    if (id.empty()) {
      visit.Error("invariant", "a contained resource has an id, by which it is referred to", &contained);
      continue;
    }
    if (named.contains(id)) continue;
    std::unordered_set<std::string_view> own;
    CollectFragments(contained, own);
    if (!own.contains("")) {
      visit.Error("invariant", "nothing in the resource refers to \"#" + std::string(id) + "\", and it does not refer to its container (dom-3)", &contained);
    }
  }
}

}  // namespace

Rule ContainedResource() {
  return {.name = "contained_resource", .resource = Run, .shape = nullptr, .object = nullptr, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
