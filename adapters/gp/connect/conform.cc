// Depth first: children before what holds them, so that an element left empty goes too.
#include "adapters/gp/connect/conform.h"

#include <algorithm>
#include <functional>
#include <string>

#include "fhir/base/date_time.h"
#include "fhir/validate/primitives.h"

namespace adapters::gp::connect {

using fhir::Element;
using fhir::schema::ElementDefinition;
using fhir::schema::TypeKind;

namespace {

constexpr std::string_view kAbsent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

bool HasChild(const Element& element, const ElementDefinition& definition) {
  for (const Element& child : fhir::Children(element)) {
    if (child.definition == &definition) return true;
  }
  return false;
}

bool SaysAbsent(const Element& element) {
  for (const Element& extension : fhir::Repeats(element, "extension")) {
    if (extension.ValueOf("url") == kAbsent) return true;
  }
  return false;
}

// How JSON writes it.
fhir::ValueKind KindOf(fhir::schema::Primitive primitive) {
  using fhir::schema::Primitive;
  switch (primitive) {
    case Primitive::kBoolean:
      return fhir::ValueKind::kBoolean;
    case Primitive::kDecimal:
    case Primitive::kInteger:
    case Primitive::kPositiveInt:
    case Primitive::kUnsignedInt:
      return fhir::ValueKind::kNumber;
    default:
      return fhir::ValueKind::kString;
  }
}

// An extension's content: a value or further extensions.
bool SaysSomething(const Element& extension) {
  for (const Element& child : fhir::Children(extension)) {
    if (child.name == "extension" || child.name.starts_with("value")) return true;
  }
  return false;
}

// The codings of a CodeableConcept, or the Coding itself, all are outside of the required value set.
bool AllOutside(const Element& element, const ElementDefinition& definition, const fhir::schema::Registry& registry) {
  const auto outside = [&](const Element& coding) {
    return registry.InValueSet(definition.value_set, coding.ValueOf("system"), coding.ValueOf("code")) == fhir::schema::Membership::kNotIn;
  };
  if (element.type->name == "Coding") return element.Find("code") && outside(element);
  bool any = false;
  for (const Element& coding : fhir::Repeats(element, "coding")) {
    if (!outside(coding)) return false;
    any = true;
  }
  return any;
}

}  // namespace

Conformer::Conformer(const fhir::schema::Registry& registry, fhir::Document& output, const fhir::mapping::Coverage& coverage,
                     Ledger& ledger, std::function<std::string_view(std::string_view)> type_of)
    : registry_(registry), output_(output), ledger_(ledger), type_of_(std::move(type_of)), pairs_(coverage.pairs()) {
  std::ranges::stable_sort(pairs_, std::less<>(), &fhir::mapping::Coverage::Pair::target);
}

void Conformer::ExplainTargets(const Element& element, std::string_view reason) {
  auto at = std::lower_bound(pairs_.begin(), pairs_.end(), &element,
                             [](const auto& pair, const Element* target) { return std::less<>()(pair.target, target); });
  for (; at != pairs_.end() && at->target == &element; ++at) ledger_.Explain(at->leaf, reason);
  for (const Element& child : fhir::Children(element)) ExplainTargets(child, reason);
}

void Conformer::TakeOut(Element& element, std::string_view reason) {
  ExplainTargets(element, reason);
  fhir::Document::Detach(&element);
}

void Conformer::Conform(Element& resource) {
  fhir::schema::Bind(resource, registry_);
  Children(resource);
  Invariants(resource);
  Complete(resource);
  UkCore(resource);
}

// Unlinks as it goes: Document::Detach would look for each child from the front.
void Conformer::Children(Element& element) {
  Element* kept = nullptr;
  Element* next = nullptr;
  for (Element* child = element.first_child; child; child = next) {
    next = child->next;
    if (Check(*child)) {
      kept = child;
      continue;
    }
    (kept ? kept->next : element.first_child) = next;
    if (element.last_child == child) element.last_child = kept;
    child->parent = child->next = nullptr;
  }
}

bool Conformer::Check(Element& element) {
  if (!element.definition || !element.type) {
    ExplainTargets(element, "FHIR R4 has no such element there");
    return false;
  }
  Children(element);
  if (!element.has_value() && !element.first_child) {
    ExplainTargets(element, "nothing of it is left");
    return false;
  }
  return element.type->kind == TypeKind::kPrimitive ? CheckPrimitive(element) : CheckComplex(element);
}

bool Conformer::CheckPrimitive(Element& element) {
  if (!element.has_value()) {
    element.kind = fhir::ValueKind::kNull;  // it has extensions only
    return true;
  }
  const std::string_view type = element.type->name;
  const fhir::schema::Primitive primitive = element.type->primitive;
  if (element.text.empty()) {
    ExplainTargets(element, "an empty text says nothing, and FHIR R4 forbids it");
  } else if (element.kind != KindOf(primitive)) {
    ExplainTargets(element, "it is not written as JSON writes a " + std::string(type));
  } else if (const char* allowed = fhir::validate::WrongForm(primitive, element.text)) {
    ExplainTargets(element, "it is not a valid " + std::string(type) + ": " + allowed);
  } else if (element.definition->binding == fhir::schema::BindingStrength::kRequired && type == "code" &&
             registry_.InValueSet(element.definition->value_set, {}, element.text) == fhir::schema::Membership::kNotIn) {
    ExplainTargets(element, "the code is none that FHIR R4 allows there");
  } else {
    return true;
  }
  return false;
}

bool Conformer::CheckComplex(Element& element) {
  const std::string_view type = element.type->name;
  if (element.definition->binding == fhir::schema::BindingStrength::kRequired && AllOutside(element, *element.definition, registry_)) {
    ExplainTargets(element, "the code is none that FHIR R4 allows there");
    return false;
  }
  if (type == "Extension") {
    if (!element.Find("url") || !SaysSomething(element)) {
      ExplainTargets(element, "FHIR R4 demands that an extension has a url, and a value or extensions");
      return false;
    }
  }
  if (type == "Reference") {
    std::string_view target = element.ValueOf("reference");
    target = target.starts_with("urn:uuid:") ? type_of_(target) : element.ValueOf("type");
    for (const auto& choice : element.definition->types) {
      if (choice.type != element.type || choice.targets.empty() || target.empty()) continue;
      if (std::ranges::find(choice.targets, target) != choice.targets.end() ||
          std::ranges::find(choice.targets, "Resource") != choice.targets.end())
        continue;
      ExplainTargets(element, "FHIR R4 does not let this element point to a resource of type " + std::string(target));
      return false;
    }
  }
  if (type == "Period" && element.Find("start") && element.Find("end")) {
    const auto start = fhir::DateTime::Parse(element.ValueOf("start")), end = fhir::DateTime::Parse(element.ValueOf("end"));
    if (start && end && start->FirstMicrosecond() >= end->EndMicrosecond()) {
      TakeOut(*element.Find("end"), "FHIR R4 forbids a period that ends before it starts");
    }
  }
  if (type == "ContactPoint" && element.Find("value") && !element.Find("system")) {
    // cpt-2: a value needs a system.
    Element* system = output_.Add(&element, "system");
    system->kind = fhir::ValueKind::kNull;
    system->type = registry_.FindType("code");
    system->definition = element.type->Find("system").definition;
    MarkAbsent(*system);
  }
  Complete(element);
  return true;
}

void Conformer::MarkAbsent(Element& element) {
  Element* extension = output_.Add(&element, "extension", true);
  output_.AddString(extension, "url", kAbsent);
  output_.AddString(extension, "valueCode", "unknown");
}

// What R4 demands and the source does not have.
void Conformer::Complete(Element& element) {
  if (!element.type || element.type->kind == TypeKind::kPrimitive || SaysAbsent(element)) return;
  for (const ElementDefinition& definition : element.type->elements) {
    if (definition.min == 0 || HasChild(element, definition) || definition.name == "url") continue;
    const fhir::schema::Type* type = definition.types.empty() ? nullptr : definition.types.front().type;
    if (!type) continue;
    std::string name(definition.name);
    if (definition.is_choice) {
      name += type->name;
      name[definition.name.size()] = static_cast<char>(name[definition.name.size()] & ~0x20);
    }
    Element* missing = output_.Add(&element, name, definition.repeats());
    missing->kind = type->kind == TypeKind::kPrimitive ? fhir::ValueKind::kNull : fhir::ValueKind::kNone;
    missing->definition = &definition;
    missing->type = type;
    MarkAbsent(*missing);
  }
}

void Conformer::Invariants(Element& resource) {
  const std::string_view type = resource.text;
  if (type == "Observation") {
    bool has_value = false;
    for (const Element& child : fhir::Children(resource)) has_value = has_value || child.name.starts_with("value");
    Element* reason = resource.Find("dataAbsentReason");
    if (has_value && reason) TakeOut(*reason, "FHIR R4 forbids a reason for the absence of a value that is there (obs-6)");
    Element* next = nullptr;
    for (Element* range = resource.Find("referenceRange"); range; range = next) {
      next = range->next && range->next->name == "referenceRange" ? range->next : nullptr;
      if (!range->Find("low") && !range->Find("high") && !range->Find("text"))
        TakeOut(*range, "FHIR R4 forbids a range without low, high or text (obs-3)");
    }
  }
  if (type == "Patient") {
    Element* next = nullptr;
    for (Element* contact = resource.Find("contact"); contact; contact = next) {
      next = contact->next && contact->next->name == "contact" ? contact->next : nullptr;
      if (!contact->Find("name") && !contact->Find("telecom") && !contact->Find("address") && !contact->Find("organization")) {
        TakeOut(*contact, "FHIR R4 forbids a contact without name, telecom, address or organization (pat-1)");
      }
    }
  }
  if (type == "AllergyIntolerance" || type == "Condition") {
    Element* status = resource.Find("clinicalStatus");
    const Element* verification = resource.Walk("verificationStatus", "coding", "code");
    const bool in_error = verification && verification->value() == "entered-in-error";
    if (status && in_error) TakeOut(*status, "FHIR R4 forbids a clinical status of what was entered in error (ait-2, con-5)");
    // ait-1: the source's own may have been taken out.
    if (!status && !in_error && type == "AllergyIntolerance") MarkAbsent(*output_.Add(&resource, "clinicalStatus"));
  }
  if (type == "Condition") {
    const Element* code = resource.Walk("clinicalStatus", "coding", "code");
    Element* abatement = nullptr;
    for (Element* child = resource.first_child; child; child = child->next) {
      if (child->name.starts_with("abatement")) abatement = child;
    }
    if (abatement && code && code->value() != "inactive" && code->value() != "resolved" && code->value() != "remission") {
      TakeOut(*abatement, "FHIR R4 forbids an abatement of a problem that is active (con-4)");
    }
  }
}

// The profiles of UK Core demand little more than R4; what they do is asked here.
std::string_view MissingForUkCore(const Element& resource) {
  std::string_view missing;
  const std::string_view type = resource.text;
  const auto needs = [&](std::string_view name) {
    const Element* element = resource.Find(name);
    if (!element || SaysAbsent(*element)) missing = name;
  };
  if (type == "AllergyIntolerance" || type == "Medication") needs("code");
  if (type == "MedicationRequest") needs("substitution");
  if (type == "MedicationStatement") needs("identifier");
  if (type == "Immunization" && resource.ValueOf("status") == "not-done") needs("statusReason");
  return missing;
}

void Conformer::UkCore(Element& resource) {
  Element* meta = resource.Find("meta");
  Element* profile = meta ? meta->Find("profile") : nullptr;
  const std::string_view missing = MissingForUkCore(resource);
  if (!profile || missing.empty()) return;
  Element* next = nullptr;
  for (; profile; profile = next) {
    next = profile->next && profile->next->name == "profile" ? profile->next : nullptr;
    ExplainTargets(*profile,
                   "the UK Core profile demands " + std::string(missing) + ", which the source does not have; the resource is plain R4");
    fhir::Document::Detach(profile);
  }
  if (!meta->first_child) fhir::Document::Detach(meta);
}

}  // namespace adapters::gp::connect
