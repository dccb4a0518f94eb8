// From own elements to types with everything in them.
#include "fhir/schema/type_builder.h"

#include <cctype>
#include <string>

#include "fhir/schema/columns.h"

namespace fhir::schema {
namespace {

BindingStrength StrengthOf(char letter) {
  switch (letter) {
    case 'r': return BindingStrength::kRequired;
    case 'x': return BindingStrength::kExtensible;
    case 'p': return BindingStrength::kPreferred;
    default: return BindingStrength::kExample;
  }
}

std::string_view ParentOf(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

constexpr std::string_view kChoice = "[x]";
constexpr std::uint32_t kBareChoice = 0xFF;

}  // namespace

TypeBuilder::Pending* TypeBuilder::NewType(const Type& head, std::string_view base, Scope& scope) {
  Type& type = impl_.types.emplace_back(head);
  impl_.by_name.emplace(type.name, &type);
  if (!type.url.empty()) impl_.by_url.emplace(type.url, &type);
  Pending& pending = pending_.emplace_back();
  pending.type = &type;
  pending.scope = &scope;
  pending.base = base;
  by_type_[&type] = &pending;
  return &pending;
}

void TypeBuilder::AddType(const Type& head, std::string_view base, std::string_view root_path) {
  Scope& scope = scopes_.emplace_back();
  scope.root_path = root_path;
  scope.root = NewType(head, base, scope);
}

// The type that an element with this path belongs to; made when the path is below an element.
TypeBuilder::Pending* TypeBuilder::OwnerOf(std::string_view path) {
  Scope& scope = scopes_.back();
  const std::string_view parent = ParentOf(path);
  if (parent == scope.root_path) return scope.root;
  const auto found = scope.places.find(parent);
  if (found == scope.places.end()) return nullptr;
  Place& place = found->second;
  if (!place.content) {
    Type head;
    head.name = parent;
    head.kind = TypeKind::kBackbone;
    const std::string_view declared = place.owner->own_types[place.index];
    place.content = NewType(head, declared.empty() ? "Element" : declared, scope);
    place.owner->own_content[place.index] = place.content->type;
  }
  return place.content;
}

bool TypeBuilder::AddElement(const ElementFacts& facts) {
  Pending* owner = OwnerOf(facts.path);
  if (!owner) return false;
  ElementDefinition& element = owner->type->elements.emplace_back();
  element.path = facts.path;
  element.name = facts.path.substr(facts.path.rfind('.') + 1);
  if (element.name.ends_with(kChoice)) {
    element.is_choice = true;
    element.name.remove_suffix(kChoice.size());
  }
  element.min = facts.min;
  element.max = facts.max;
  element.is_summary = facts.flags.find('s') != std::string_view::npos;
  element.is_modifier = facts.flags.find('m') != std::string_view::npos;
  if (facts.binding.size() > 2) {
    element.binding = StrengthOf(facts.binding[0]);
    element.value_set = facts.binding.substr(2);
  }
  element.constraints = SplitList(facts.constraints, ',');
  scopes_.back().places[facts.path] = Place{owner, owner->own_types.size(), nullptr};
  owner->own_types.push_back(facts.types);
  owner->own_content.push_back(nullptr);
  return true;
}

Result<void> TypeBuilder::Finish() {
  for (Pending& pending : pending_) {
    TRY(Complete(pending));
  }
  return {};
}

Result<void> TypeBuilder::Complete(Pending& pending) {
  if (pending.done) return {};
  pending.done = true;
  Type& type = *pending.type;
  for (std::size_t i = 0; i < pending.own_types.size(); ++i) {
    TRY(ResolveTypes(pending, i));
  }
  if (!pending.base.empty()) {
    const auto base = impl_.by_name.find(pending.base);
    if (base == impl_.by_name.end()) {
      return Error(ErrorKind::kInvalid, "the base type \"" + std::string(pending.base) + "\" is not known").At(std::string(type.name));
    }
    type.base = base->second;
    if (const auto waiting = by_type_.find(type.base); waiting != by_type_.end()) {
      TRY(Complete(*waiting->second));
    }
    Inherit(type);
  }
  Index(type);
  return {};
}

Result<void> TypeBuilder::ResolveTypes(Pending& pending, std::size_t index) {
  ElementDefinition& element = pending.type->elements[index];
  std::string_view column = pending.own_types[index];
  if (pending.own_content[index]) {
    element.types.push_back({pending.own_content[index], {}, {}});
    return {};
  }
  if (column.starts_with('#')) {
    const auto found = pending.scope->places.find(column.substr(1));
    if (found == pending.scope->places.end() || !found->second.content) {
      return Error(ErrorKind::kInvalid, "the content reference \"" + std::string(column) + "\" leads nowhere").At(std::string(element.path));
    }
    const Place& place = found->second;
    element.types.push_back({place.content->type, {}, {}});
    // The referenced element's own rules hold here too. Inherited elements may stand before it by now.
    for (const ElementDefinition& other : place.owner->type->elements) {
      if (other.path == found->first) element.constraints = other.constraints;
    }
    return {};
  }
  while (!column.empty()) {
    std::string_view one = Take(column, ',');
    TypeChoice choice;
    const std::size_t paren = one.find('(');
    if (paren != std::string_view::npos) {
      choice.targets = SplitList(one.substr(paren + 1, one.size() - paren - 2), '|');
      if (choice.targets.size() == 1 && choice.targets[0] == "Resource") choice.targets.clear();
      one = one.substr(0, paren);
    }
    if (const std::size_t angle = one.find('<'); angle != std::string_view::npos) {
      choice.profile = one.substr(angle + 1, one.size() - angle - 2);
      one = one.substr(0, angle);
    }
    auto found = impl_.by_name.find(one);
    if (found == impl_.by_name.end()) {
      found = impl_.by_url.find(one);
      if (found == impl_.by_url.end()) {
        return Error(ErrorKind::kInvalid, "the type \"" + std::string(one) + "\" is not known").At(std::string(element.path));
      }
    }
    choice.type = found->second;
    element.types.push_back(std::move(choice));
  }
  return {};
}

// Puts the base's elements first, under this type's path.
void TypeBuilder::Inherit(Type& type) {
  std::vector<ElementDefinition> own;
  own.swap(type.elements);
  type.elements.reserve(type.base->elements.size() + own.size());
  for (const ElementDefinition& inherited : type.base->elements) {
    ElementDefinition& copy = type.elements.emplace_back(inherited);
    std::string path(type.name);
    path.append(inherited.path.substr(inherited.path.rfind('.')));
    copy.path = impl_.arena.Copy(path);
  }
  for (ElementDefinition& element : own) type.elements.push_back(std::move(element));
}

void TypeBuilder::Index(Type& type) {
  for (std::uint32_t i = 0; i < type.elements.size(); ++i) {
    const ElementDefinition& element = type.elements[i];
    type.index.emplace(element.name, i << 8 | (element.is_choice ? kBareChoice : 0));
    if (!element.is_choice) continue;
    for (std::uint32_t choice = 0; choice < element.types.size(); ++choice) {
      std::string name(element.name);
      const std::size_t at = name.size();
      name += element.types[choice].type->name;
      name[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[at])));
      type.index.emplace(impl_.arena.Copy(name), i << 8 | choice);
    }
  }
}

}  // namespace fhir::schema
