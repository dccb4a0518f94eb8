// Gives every element of a tree its type and definition.
#include <string>

#include "fhir/schema/registry.h"

namespace fhir::schema {
namespace {

// The type of a resource in a tree of logical models: the root's model with the resource type in place of
// the root's own (…/GpConnect-Bundle: …/GpConnect-Patient).
const Type* SiblingModel(const Element& root, const Type& root_model, std::string_view resource_type, const Registry& registry) {
  const std::string_view own = root.resource_type();
  if (own.empty() || !root_model.url.ends_with(own)) return nullptr;
  std::string url(root_model.url.substr(0, root_model.url.size() - own.size()));
  return registry.FindType(url.append(resource_type));
}

class Binder {
 public:
  Binder(const Registry& registry, const Element& root) : registry_(registry), root_(root) {}

  void BindChildren(Element& parent) {
    Type::Match match;
    const Element* before = nullptr;
    for (Element* child = parent.first_child; child; child = child->next) {
      if (!before || before->name != child->name) match = parent.type ? parent.type->Find(child->name) : Type::Match{};
      before = child;
      child->definition = match.definition;
      child->type = child->is_resource ? ResourceType(*child) : match.type;
      if (child->first_child) BindChildren(*child);
    }
  }

 private:
  const Type* ResourceType(const Element& resource) const {
    if (root_.type && root_.type->kind == TypeKind::kLogical) return SiblingModel(root_, *root_.type, resource.text, registry_);
    return registry_.IsResourceType(resource.text) ? registry_.FindType(resource.text) : nullptr;
  }

  const Registry& registry_;
  const Element& root_;
};

}  // namespace

void Bind(Element& root, const Registry& registry, const Type* root_type) {
  root.definition = nullptr;
  root.type = root_type;
  if (!root_type && registry.IsResourceType(root.resource_type())) root.type = registry.FindType(root.resource_type());
  Binder(registry, root).BindChildren(root);
}

}  // namespace fhir::schema
