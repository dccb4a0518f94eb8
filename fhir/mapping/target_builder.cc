// Placing, writing and copying target elements.
#include "fhir/mapping/target_builder.h"

#include <algorithm>
#include <cctype>

#include "fhir/mapping/primitive_text.h"

namespace fhir::mapping {
namespace {

std::string Capitalised(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

const schema::Type* DataTypeNamed(std::string_view capitalised, const schema::Registry& registry) {
  std::string lower(capitalised);
  lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  const schema::Type* type = registry.FindType(lower);
  if (!type) type = registry.FindType(capitalised);
  const bool is_data_type = type && (type->kind == schema::TypeKind::kPrimitive || type->kind == schema::TypeKind::kComplex);
  return is_data_type ? type : nullptr;
}

std::string ChoicesOf(const schema::ElementDefinition& definition) {
  std::string list;
  for (const schema::TypeChoice& choice : definition.types) {
    if (!choice.type) continue;
    if (list.size() > 200) return list + ", …";
    if (!list.empty()) list += ", ";
    list += choice.type->name;
  }
  return list;
}

bool IsPrimitive(const Element& element) { return element.type && element.type->kind == schema::TypeKind::kPrimitive; }

bool IsResourceSlot(const schema::Type* type) { return type && (type->name == "Resource" || type->name == "DomainResource"); }

}  // namespace

std::string_view TypeNameOf(const Element& element, const schema::Registry& registry) {
  if (element.is_resource) return element.text;
  if (element.type) return element.type->name;
  for (std::size_t at = 1; at < element.name.size(); ++at) {
    if (!IsUpper(element.name[at])) continue;
    if (const schema::Type* type = DataTypeNamed(element.name.substr(at), registry)) return type->name;
  }
  switch (element.kind) {
    case ValueKind::kBoolean: return "boolean";
    case ValueKind::kNumber: return HasFormOf("integer", element.text) ? "integer" : "decimal";
    case ValueKind::kString: return "string";
    default: return {};
  }
}

bool TargetBuilder::Find(const Element& parent, std::string_view name, std::string_view wanted, Slot& slot, std::string& why) const {
  slot = {};
  slot.json_name = std::string(name);
  if (!parent.type) {
    slot.type = wanted.empty() ? nullptr : registry_.FindType(wanted);
    if (registry_.IsResourceType(wanted)) slot.resource_type = std::string(wanted);
    slot.repeats = false;
    return true;
  }
  const schema::Type::Match match = parent.type->Find(name);
  if (!match.definition) {
    why = std::string(parent.type->name) + " has no element '" + std::string(name) + "'";
    return false;
  }
  slot.definition = match.definition;
  slot.repeats = match.definition->repeats();
  if (!match.type) return FindChoice(slot, *match.definition, wanted, slot, why);
  slot.type = match.type;
  if (IsResourceSlot(match.type)) {
    if (!registry_.IsResourceType(wanted)) {
      why = std::string(match.definition->path) + " takes a resource; name its type with create('…')";
      return false;
    }
    slot.resource_type = std::string(wanted);
    slot.type = registry_.FindType(wanted);
  }
  return true;
}

bool TargetBuilder::FindChoice(const Slot& bare, const schema::ElementDefinition& definition, std::string_view wanted, Slot& slot,
                               std::string& why) const {
  const schema::Type* chosen = nullptr;
  for (const schema::TypeChoice& choice : definition.types) {
    if (choice.type && choice.type->name == wanted) chosen = choice.type;
  }
  for (const schema::TypeChoice& choice : definition.types) {
    if (!chosen && choice.type && Widens(wanted, choice.type->name)) chosen = choice.type;
  }
  if (!chosen) {
    why = std::string(definition.path) + " is one of " + ChoicesOf(definition) +
          (wanted.empty() ? "; say which with create('…') or cast" : ", not " + std::string(wanted));
    return false;
  }
  slot.json_name = bare.json_name + Capitalised(chosen->name);
  slot.type = chosen;
  return true;
}

void TargetBuilder::ForgetAll(const Element& element) {
  if (!coverage_) return;
  coverage_->Forget(&element);
  for (const Element& child : Children(element)) ForgetAll(child);
}

Element* TargetBuilder::Place(Element* parent, const Slot& slot, TargetListMode mode, bool reuse, const Element* source) {
  Element* present = parent->Find(slot.json_name);
  const bool single = slot.definition && !slot.repeats;
  if (present && ((single && reuse) || mode == TargetListMode::kCollate)) return present;
  if (single && !present && slot.definition->is_choice) {   // the other choices make way
    for (Element* child = parent->first_child; child; child = child->next) {
      if (child->definition == slot.definition) present = child;
    }
  }
  if (single && present) {
    reporter_.Report(Severity::kWarning, "multiple-values",
                     std::string(slot.definition->path) + " takes one value; what an earlier rule put there is replaced", source);
    ForgetAll(*present);
    Document::Detach(present);
  }
  Element* element = document_.New(slot.json_name);
  element->type = slot.type;
  Adopt(parent, slot, element, mode, source);
  if (!slot.resource_type.empty()) {
    element->is_resource = true;
    element->text = document_.arena().Copy(slot.resource_type);
  }
  return element;
}

void TargetBuilder::Adopt(Element* parent, const Slot& slot, Element* made, TargetListMode mode, const Element*) {
  made->name = document_.arena().Copy(slot.json_name);
  made->definition = slot.definition;
  if (!made->type) made->type = slot.type;
  made->in_array = slot.repeats;
  if (!slot.definition) {
    Element* present = parent->Find(slot.json_name);
    made->in_array = present != nullptr;
    if (present) present->in_array = true;
  }
  document_.Attach(parent, made);
  Order(parent, made, mode);
}

void TargetBuilder::Order(Element* parent, Element* element, TargetListMode mode) {
  Element* first = parent->Find(element->name);
  if (mode == TargetListMode::kFirst && first != element) {
    Document::Detach(element);
    Element* before = nullptr;
    for (Element* at = parent->first_child; at != first; at = at->next) before = at;
    element->parent = parent;
    element->next = first;
    (before ? before->next : parent->first_child) = element;
  }
  if (mode == TargetListMode::kLast) last_.insert(element);
  if (mode == TargetListMode::kLast || last_.empty()) return;
  for (Element* at = first; at && at->name == element->name && at != element; at = at->next) {
    if (!last_.contains(at)) continue;
    Document::Detach(at);
    document_.Attach(parent, at);
    return;
  }
}

bool TargetBuilder::SetValue(Element* target, const Datum& value, const Element* source) {
  const std::string_view type = target->type ? target->type->name : std::string_view();
  if (target->type && target->type->kind != schema::TypeKind::kPrimitive) {
    reporter_.Report(Severity::kError, "structure", "a single value cannot stand as " + std::string(type), source);
    return false;
  }
  if (value.text.empty()) {
    reporter_.Report(Severity::kError, "value", "an empty text cannot stand in FHIR", source);
    return false;
  }
  if (target->type && !HasFormOf(type, value.text)) {
    reporter_.Report(Severity::kError, "value", "the value has not the form of " + std::string(type) + " that '" + std::string(target->name) + "' takes", source);
    return false;
  }
  if (target->has_value() && target->text != value.text) {
    reporter_.Report(Severity::kWarning, "multiple-values", "'" + std::string(target->name) + "' takes one value; what an earlier rule put there is replaced", source);
    if (coverage_) coverage_->Forget(target);
  }
  document_.SetValue(target, target->type ? KindOf(type) : value.kind, value.text);
  if (coverage_) coverage_->Note(value.leaves, target);
  return true;
}

bool TargetBuilder::CopyInto(Element* target, const Element& from) {
  ++copied_;
  if (from.has_value()) {
    Datum value;
    value.kind = from.kind;
    value.text = std::string(from.text);
    value.leaves.push_back(from.leaf);
    if (!SetValue(target, value, &from)) return false;
    if (coverage_ && from.leaf == 0) coverage_->NoteSame(&from, target);   // from the target, or a constant
  } else if (from.kind == ValueKind::kNull) {
    if (target->kind == ValueKind::kNone) target->kind = ValueKind::kNull;
    if (coverage_) coverage_->Note(from.leaf, target);
  } else if (IsPrimitive(*target) && !target->has_value()) {
    reporter_.Report(Severity::kError, "structure",
                     "an element with parts cannot stand as " + std::string(target->type->name) + " in '" + std::string(target->name) + "'", &from);
    return false;
  }
  bool any = from.has_value() || !from.first_child;
  for (const Element& child : Children(from)) any = CopyChild(target, child) || any;
  return any;
}

bool TargetBuilder::CopyChild(Element* target, const Element& child) {
  Slot slot;
  std::string why;
  if (!Find(*target, child.name, child.is_resource ? child.text : std::string_view(), slot, why)) {
    reporter_.Report(Severity::kWarning, "not-supported", why + "; this part is not copied", &child);
    return false;
  }
  if (slot.definition && !slot.repeats && target->Find(slot.json_name)) {
    reporter_.Report(Severity::kWarning, "multiple-values", std::string(slot.definition->path) + " takes one; this further one is not copied", &child);
    return false;
  }
  Element* copy = Place(target, slot, TargetListMode::kNone, false, &child);
  if (!slot.definition) copy->in_array = child.in_array;
  if (CopyInto(copy, child)) return true;
  Document::Detach(copy);
  return false;
}

Element* TargetBuilder::MakeRoot(const schema::Type* type, std::string_view type_name) {
  const bool is_resource = type && type->kind == schema::TypeKind::kResource;
  Element* root = is_resource ? document_.NewResource(type_name) : document_.New({});
  root->type = type;
  return root;
}

bool TargetBuilder::Prune(Element* element) {
  for (Element* child = element->first_child; child;) {
    Element* next = child->next;
    if (Prune(child)) Document::Detach(child);
    child = next;
  }
  // A primitive with nothing but extensions is a null in JSON.
  if (IsPrimitive(*element) && element->kind == ValueKind::kNone && element->first_child) element->kind = ValueKind::kNull;
  return !element->has_value() && !element->first_child && !element->is_resource;
}

}  // namespace fhir::mapping
