// Navigation, building and comparing of element trees.
#include "fhir/model/element.h"

#include <vector>

namespace fhir {

const Element* Element::Find(std::string_view child_name) const {
  for (const Element* child = first_child; child; child = child->next) {
    if (child->name == child_name) return child;
  }
  return nullptr;
}

Element* Element::Find(std::string_view child_name) {
  return const_cast<Element*>(static_cast<const Element*>(this)->Find(child_name));
}

std::string_view Element::ValueOf(std::string_view child_name) const {
  const Element* child = Find(child_name);
  return child ? child->value() : std::string_view();
}

const Element* Element::NextRepeat() const { return next && next->name == name ? next : nullptr; }

const Element* Element::Root() const {
  const Element* at = this;
  while (at->parent) at = at->parent;
  return at;
}

const Element* Element::Resource() const {
  const Element* at = this;
  while (at && !at->is_resource) at = at->parent;
  return at;
}

namespace {

std::string JoinPath(const Element& element, bool indexes) {
  std::vector<const Element*> chain;
  for (const Element* at = &element; at; at = at->parent) chain.push_back(at);
  std::string path;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const Element& step = **at;
    if (!step.parent) {
      path += step.is_resource ? step.text : step.name;
      continue;
    }
    if (!path.empty()) path += '.';
    path += step.name;
    if (!indexes || !step.in_array) continue;
    std::size_t index = 0;
    for (const Element* sibling = step.parent->Find(step.name); sibling != &step; sibling = sibling->next) ++index;
    path += '[';
    path += std::to_string(index);
    path += ']';
  }
  return path;
}

}  // namespace

std::string PathOf(const Element& element) { return JoinPath(element, true); }
std::string RulePathOf(const Element& element) { return JoinPath(element, false); }

Element* Document::New(std::string_view name) {
  Element* element = arena_.Make<Element>();
  element->name = arena_.Copy(name);
  return element;
}

Element* Document::NewResource(std::string_view resource_type) {
  Element* element = New({});
  element->is_resource = true;
  element->text = arena_.Copy(resource_type);
  return element;
}

Element* Document::Add(Element* parent, std::string_view name, bool in_array) {
  Element* element = New(name);
  element->in_array = in_array;
  Attach(parent, element);
  return element;
}

Element* Document::AddString(Element* parent, std::string_view name, std::string_view value, bool in_array) {
  Element* element = Add(parent, name, in_array);
  SetValue(element, ValueKind::kString, value);
  return element;
}

Element* Document::AddNumber(Element* parent, std::string_view name, std::string_view written, bool in_array) {
  Element* element = Add(parent, name, in_array);
  SetValue(element, ValueKind::kNumber, written);
  return element;
}

Element* Document::AddBoolean(Element* parent, std::string_view name, bool value, bool in_array) {
  Element* element = Add(parent, name, in_array);
  SetValue(element, ValueKind::kBoolean, value ? "true" : "false");
  return element;
}

void Document::SetValue(Element* element, ValueKind kind, std::string_view text) {
  element->kind = kind;
  element->text = arena_.Copy(text);
}

void Document::Attach(Element* parent, Element* child) {
  child->parent = parent;
  child->next = nullptr;
  if (!parent->first_child) {
    parent->first_child = parent->last_child = child;
    return;
  }
  if (parent->last_child->name != child->name) {
    for (Element* at = parent->first_child; at; at = at->next) {
      if (at->name != child->name) continue;
      while (at->next && at->next->name == child->name) at = at->next;
      child->next = at->next;
      at->next = child;
      if (parent->last_child == at) parent->last_child = child;
      return;
    }
  }
  parent->last_child->next = child;
  parent->last_child = child;
}

void Document::Detach(Element* child) {
  Element* parent = child->parent;
  if (!parent) return;
  Element* before = nullptr;
  for (Element* at = parent->first_child; at != child; at = at->next) before = at;
  (before ? before->next : parent->first_child) = child->next;
  if (parent->last_child == child) parent->last_child = before;
  child->parent = nullptr;
  child->next = nullptr;
}

Element* Document::Copy(const Element& from) {
  Element* copy = arena_.Make<Element>(from);
  copy->name = arena_.Copy(from.name);
  copy->text = arena_.Copy(from.text);
  copy->parent = copy->first_child = copy->last_child = copy->next = nullptr;
  for (const Element* child = from.first_child; child; child = child->next) {
    Element* inner = Copy(*child);
    inner->parent = copy;
    (copy->last_child ? copy->last_child->next : copy->first_child) = inner;
    copy->last_child = inner;
  }
  return copy;
}

bool Equal(const Element& a, const Element& b) {
  if (a.name != b.name || a.kind != b.kind || a.text != b.text || a.is_resource != b.is_resource) return false;
  const Element* x = a.first_child;
  const Element* y = b.first_child;
  for (; x && y; x = x->next, y = y->next) {
    if (!Equal(*x, *y)) return false;
  }
  return !x && !y;
}

}  // namespace fhir
