// Rule: where a reference says the type it leads to, it is one that the element allows; a reference within
// the resource leads to a contained resource (https://hl7.org/fhir/R4/references.html).
#include <algorithm>
#include <vector>

#include "fhir/validate/nearest.h"
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return segments;
}

// The resource type in a literal: Type/id or Type/id/_history/v, relative or at the end of an http URL.
// Empty when it says none.
std::string_view TypeIn(const Visit& visit, std::string_view literal) {
  const bool absolute = literal.starts_with("http://") || literal.starts_with("https://");
  if (!absolute && literal.find(':') != std::string_view::npos) return {};
  std::vector<std::string_view> segments = Segments(literal.substr(0, literal.find_first_of("?#|")));
  if (segments.size() > 3 && segments[segments.size() - 2] == "_history") segments.resize(segments.size() - 2);
  if (segments.size() < 2) return {};
  const std::string_view type = segments[segments.size() - 2];
  // The last but one segment of a URL elsewhere may be anything.
  if (absolute && !visit.registry.IsResourceType(type)) return {};
  return type;
}

void CheckTarget(const Visit& visit, std::string_view type, const Element& literal) {
  if (!visit.registry.IsResourceType(type)) {
    visit.Error("value", "\"" + std::string(type) + "\" in the reference is not a type of resource" + Hint(type, visit.registry.ResourceTypes()), &literal);
    return;
  }
  if (!visit.element.definition) return;
  for (const schema::TypeChoice& choice : visit.element.definition->types) {
    if (choice.type != &visit.type || choice.targets.empty()) continue;
    if (std::find(choice.targets.begin(), choice.targets.end(), type) != choice.targets.end()) return;
    std::string allowed;
    for (const std::string_view target : choice.targets) allowed += (allowed.empty() ? "" : ", ") + std::string(target);
    visit.Error("structure", "a reference to " + std::string(type) + " is not allowed here; allowed: " + allowed, &literal);
  }
}

void Run(const Visit& visit) {
  if (visit.type.name != "Reference") return;
  const Element* literal = visit.element.Find("reference");
  if (!literal || !literal->has_value()) return;
  if (literal->text.starts_with('#')) {
    if (literal->text.size() == 1) return;   // the container itself
    const Element* contained = visit.contained.Find(visit.element, literal->text.substr(1));
    if (!contained) {
      visit.Error("not-found", "\"" + std::string(literal->text) + "\" leads to no contained resource of that id", literal);
    } else if (visit.registry.IsResourceType(contained->resource_type())) {
      CheckTarget(visit, contained->resource_type(), *literal);
    }
    return;
  }
  const std::string_view type = TypeIn(visit, literal->text);
  if (!type.empty()) CheckTarget(visit, type, *literal);
}

}  // namespace

const Element* ContainedIds::Find(const Element& from, std::string_view id) {
  const Element* resource = from.Resource();
  while (resource && resource->parent && resource->name == "contained") resource = resource->parent->Resource();
  if (!resource) return nullptr;
  if (of_ != resource) {
    of_ = resource;
    by_id_.clear();
    for (const Element& one : Repeats(*resource, "contained")) by_id_.emplace(one.ValueOf("id"), &one);
  }
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Rule ReferenceTarget() {
  return {.name = "reference_target", .resource = nullptr, .shape = nullptr, .object = Run, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
