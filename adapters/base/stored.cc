// An index over a person's resources.
#include "adapters/base/stored.h"

namespace adapters {

using fhir::Element;
using fhir::Repeats;

namespace {

std::string_view WithoutVersion(std::string_view reference) { return reference.substr(0, reference.find("/_history/")); }

}  // namespace

std::string_view IdentifierOf(const Element& resource, std::string_view system) {
  for (const Element& identifier : Repeats(resource, "identifier")) {
    if (identifier.ValueOf("system") == system) return identifier.ValueOf("value");
  }
  return {};
}

std::string_view IdentifierStarting(const Element& resource, std::string_view system) {
  for (const Element& identifier : Repeats(resource, "identifier")) {
    if (identifier.ValueOf("system").starts_with(system)) return identifier.ValueOf("value");
  }
  return {};
}

const Element* PartOf(const Element& extension, std::string_view url) {
  for (const Element& part : Repeats(extension, "extension")) {
    if (part.ValueOf("url") == url) return &part;
  }
  return nullptr;
}

bool IsWithdrawn(const Element& resource) {
  if (resource.ValueOf("status") == "entered-in-error") return true;
  const Element* verification = resource.Walk("verificationStatus", "coding", "code");
  return verification && verification->value() == "entered-in-error";
}

Stored::Stored(std::span<const fhir::Document> documents) {
  for (const fhir::Document& document : documents) {
    if (!document.root || !document.root->is_resource) continue;
    const std::string type(document.root->resource_type());
    by_type_[type].push_back({document.root, document.leaf_count});
    by_reference_[type + "/" + std::string(document.root->ValueOf("id"))] = document.root;
  }
}

const std::vector<Stored::Item>& Stored::Of(std::string_view type) const {
  static const std::vector<Item> none;
  const auto at = by_type_.find(type);
  return at == by_type_.end() ? none : at->second;
}

const Element* Stored::Find(std::string_view reference) const {
  const auto at = by_reference_.find(WithoutVersion(reference));
  return at == by_reference_.end() ? nullptr : at->second;
}

const Element* Stored::Resolve(const Element* reference, std::string_view type) const {
  if (!reference) return nullptr;
  if (const Element* target = Find(reference->ValueOf("reference"))) return target;
  const Element* identifier = reference->Find("identifier");
  if (!identifier || identifier->ValueOf("value").empty()) return nullptr;
  for (const Item& item : Of(type)) {
    if (IdentifierOf(*item.resource, identifier->ValueOf("system")) == identifier->ValueOf("value")) return item.resource;
  }
  return nullptr;
}

}  // namespace adapters
