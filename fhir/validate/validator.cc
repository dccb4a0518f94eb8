// The walk: binds an element's children, asks the rules about the element, then goes into the children.
#include "fhir/validate/validator.h"

#include <vector>

#include "fhir/validate/invariants.h"
#include "fhir/validate/nearest.h"
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

using schema::Type;
using schema::TypeKind;

// Above what the JSON reader allows; a tree from elsewhere must not overrun the stack either.
constexpr int kMaxDepth = 200;

// The catalogue by place, so that a rule costs nothing where it has nothing to say.
struct Places {
  std::vector<void (*)(const Visit&)> resource, object, value, bound;
  std::vector<bool (*)(const Visit&)> shape;
};

const Places& RulesByPlace() {
  static const Places places = [] {
    Places sorted;
    for (const Rule& rule : Rules()) {
      if (rule.resource) sorted.resource.push_back(rule.resource);
      if (rule.shape) sorted.shape.push_back(rule.shape);
      if (rule.object) sorted.object.push_back(rule.object);
      if (rule.value) sorted.value.push_back(rule.value);
      if (rule.bound) sorted.bound.push_back(rule.bound);
    }
    return sorted;
  }();
  return places;
}

class Walk {
 public:
  Walk(const schema::Registry& registry, const Invariants& invariants, const ValidateOptions& options, IssueSink& sink)
      : registry_(registry), invariants_(invariants), options_(options), sink_(sink), rules_(RulesByPlace()) {}

  // False when the tree is too deep.
  bool Resource(Element& resource, int depth) {
    if (!BindResource(resource)) return true;
    const Visit visit = At(resource);
    for (const auto rule : rules_.resource) rule(visit);
    return Inside(resource, depth);
  }

  // Asks what can only be asked of a bound tree. Depth has been checked.
  void Bound(const Element& element) {
    if (!element.type) return;
    const Visit visit = At(element);
    for (const auto rule : rules_.bound) rule(visit);
    for (const Element& child : fhir::Children(element)) Bound(child);
  }

 private:
  Visit At(const Element& element) { return Visit{registry_, options_, sink_, invariants_, contained_, unchecked_, element, *element.type}; }

  bool BindResource(Element& resource) {
    resource.type = registry_.IsResourceType(resource.resource_type()) ? registry_.FindType(resource.resource_type()) : nullptr;
    if (resource.type) return true;
    std::string text = "\"" + std::string(resource.resource_type()) + "\" is not a type of resource in R4";
    sink_.Report(Severity::kError, "structure", text + Hint(resource.resource_type(), registry_.ResourceTypes()), PathOf(resource));
    return false;
  }

  // An element of a known complex type: itself, then its children.
  bool Inside(Element& element, int depth) {
    if (depth > kMaxDepth) return false;
    BindChildren(element);
    const Visit visit = At(element);
    for (const auto rule : rules_.object) rule(visit);
    return Children(element, depth);
  }

  void BindChildren(Element& parent) {
    Type::Match match;
    const Element* before = nullptr;
    for (Element* child = parent.first_child; child; child = child->next) {
      if (!before || before->name != child->name) match = parent.type->Find(child->name);
      before = child;
      child->definition = match.definition;
      child->type = match.type;
    }
  }

  bool Children(Element& parent, int depth) {
    for (Element* child = parent.first_child; child; child = child->next) {
      if (child->type && !Child(*child, depth + 1)) return false;
    }
    return true;
  }

  bool Child(Element& child, int depth) {
    const Visit visit = At(child);
    for (const auto rule : rules_.shape) {
      if (!rule(visit)) return true;
    }
    if (child.is_resource && child.type->kind == TypeKind::kResource) return Resource(child, depth);
    if (child.type->kind != TypeKind::kPrimitive) return Inside(child, depth);
    if (child.has_value()) {
      for (const auto rule : rules_.value) rule(visit);
    }
    if (!child.first_child) return true;
    return Inside(child, depth);   // its id and extensions
  }

  const schema::Registry& registry_;
  const Invariants& invariants_;
  const ValidateOptions& options_;
  IssueSink& sink_;
  ContainedIds contained_;
  unsigned unchecked_ = 0;
  const Places& rules_;
};

}  // namespace

Validator::Validator(const schema::Registry& registry) : registry_(registry), invariants_(std::make_shared<Invariants>(registry)) {}

Result<void> Validator::Validate(Element& root, const ValidateOptions& options, IssueSink& sink) const {
  root.definition = nullptr;
  root.type = nullptr;
  if (!root.is_resource) {
    sink.Report(Severity::kError, "structure", "resourceType is missing: the first thing a resource says is which type it has");
    return {};
  }
  Walk walk(registry_, *invariants_, options, sink);
  if (!walk.Resource(root, 0)) {
    return Error(ErrorKind::kInvalid, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }
  if (options.invariants) walk.Bound(root);
  return {};
}

Result<void> Validate(Element& root, const schema::Registry& registry, const ValidateOptions& options, IssueSink& sink) {
  return Validator(registry).Validate(root, options, sink);
}

}  // namespace fhir::validate
