// What the way in put into a resource beside the maps (keys.cc, references.cc, conform.cc) is taken back here.
#include "adapters/gp/connect/emit_prepare.h"

#include <string>

#include "adapters/base/nhs_number.h"
#include "adapters/gp/connect/conform.h"
#include "adapters/gp/connect/keys.h"

namespace adapters::gp::connect {

using fhir::Document;
using fhir::Element;
using fhir::Severity;

namespace {

constexpr std::string_view kAbsent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
constexpr std::string_view kSnomed = "http://snomed.info/sct";

// Says only that R4 demands the element and that the source did not have it.
bool IsStandIn(const Element& element) {
  const Element* only = element.first_child;
  if (element.has_value() || !only || only->next || only->name != "extension") return false;
  if (only->ValueOf("url") != kAbsent || only->ValueOf("valueCode") != "unknown") return false;
  const bool telecom_system =
      element.name == "system" && element.parent && element.parent->type && element.parent->type->name == "ContactPoint";
  if (element.name == "clinicalStatus") return true;  // demanded by ait-1
  return telecom_system || (element.definition && element.definition->min > 0);
}

class Preparer {
 public:
  Preparer(const Item& item, const Selection& selection, Document& work, fhir::IssueSink& outcome)
      : item_(item), selection_(selection), work_(work), outcome_(outcome) {}

  void Run(Element& resource) {
    SetId(resource);
    TakeOutStoresOwn(resource);
    RestoreProfile(resource);
    TakeOutIdentifiers(resource);
    TakeOutJoins(resource);
    TakeOutCategory(resource);
    Walk(resource);
  }

 private:
  void SetId(Element& resource) {
    Element* id = resource.Find("id");
    if (id && item_.id.empty()) Document::Detach(id);
    if (id && !item_.id.empty()) work_.SetValue(id, fhir::ValueKind::kString, item_.id);
    if (!id && !item_.id.empty()) work_.AddString(&resource, "id", item_.id);
  }

  // STU3 has no meta.source; version and time are the store's (the GP system's are in extensions).
  static void TakeOutStoresOwn(Element& resource) {
    Element* meta = resource.Find("meta");
    if (!meta) return;
    for (const std::string_view name : {"versionId", "lastUpdated", "source"}) {
      if (Element* own = meta->Find(name)) Document::Detach(own);
    }
  }

  // The way in takes UK Core's profile off where the resource does not meet it; GP Connect's it did meet.
  void RestoreProfile(Element& resource) {
    Element* meta = resource.Find("meta");
    if ((meta && meta->Find("profile")) || MissingForUkCore(resource).empty()) return;
    if (!meta) meta = work_.Add(&resource, "meta");
    work_.AddString(meta, "profile", "https://fhir.hl7.org.uk/StructureDefinition/UKCore-" + std::string(resource.text), true);
  }

  // Keys of ours and of other sources; a number that was not verified goes back under the system of NHS numbers.
  void TakeOutIdentifiers(Element& resource) {
    const std::string ours = std::string(kBase) + "id/";
    Element* next = nullptr;
    for (Element* identifier = resource.Find("identifier"); identifier; identifier = next) {
      next = identifier->next && identifier->next->name == "identifier" ? identifier->next : nullptr;
      Element* system = identifier->Find("system");
      if (!system || !system->value().starts_with(ours)) continue;
      if (system->value() == kUnverifiedNhsNumber) {
        work_.SetValue(system, fhir::ValueKind::kString, kNhsNumberSystem);
      } else {
        Document::Detach(identifier);
      }
    }
  }

  // Links to the person's Patients of other sources are the store's own.
  static void TakeOutJoins(Element& resource) {
    if (resource.resource_type() != "Patient") return;
    Element* next = nullptr;
    for (Element* link = resource.Find("link"); link; link = next) {
      next = link->next && link->next->name == "link" ? link->next : nullptr;
      const std::string_view type = link->ValueOf("type");
      if (type == "replaced-by" || type == "replaces") Document::Detach(link);
    }
  }

  void TakeOutCategory(Element& resource) {
    const std::string_view code = RequestCategory(item_.kind->type);
    if (code.empty()) return;
    for (Element* category = resource.Find("category"); category && category->name == "category"; category = category->next) {
      if (!HasCoding(*category, kSnomed, code)) continue;
      Document::Detach(category);
      return;
    }
  }

  // Children first: what holds only what was taken out goes too.
  void Walk(Element& element) {
    Element* next = nullptr;
    for (Element* child = element.first_child; child; child = next) {
      next = child->next;
      Walk(*child);
      if (IsStandIn(*child) || (!child->has_value() && !child->first_child)) Document::Detach(child);
    }
    if (element.type && element.type->name == "Reference") Restore(element);
  }

  void Restore(Element& holder) {
    Element* reference = holder.Find("reference");
    if (!reference) {
      FromLogical(holder);
    } else if (const Item* target = selection_.Find(reference->text); target && CanName(*target)) {
      work_.SetValue(reference, fhir::ValueKind::kString, NameOf(*target));
    } else if (reference->text.find(':') == std::string_view::npos && !reference->text.starts_with("#")) {
      outcome_.Report(
          Severity::kWarning, "not-found",
          "The reference to " + std::string(reference->text) + " was left out: what it points to is not in the record that is written.",
          fhir::PathOf(holder));
      Document::Detach(reference);
    }
  }

  const Item* Outermost() const { return item_.container ? item_.container : &item_; }
  bool CanName(const Item& target) const { return !target.id.empty() || &target == item_.container; }

  // What the record calls it: "Type/id"; within one entry "#id", and "#" for the entry; from outside "List/id#id".
  std::string NameOf(const Item& target) const {
    if (target.id.empty()) return "#";
    if (!target.container) return std::string(target.kind->type) + "/" + target.id;
    const bool near = target.container == Outermost();
    return (near ? std::string() : std::string(target.container->kind->type) + "/" + target.container->id) + "#" + target.id;
  }

  // {type, identifier} of what the record did not hold: the text that the GP system had sent.
  void FromLogical(Element& holder) {
    Element* identifier = holder.Find("identifier");
    if (!identifier) return;
    const std::string_view system = identifier->ValueOf("system"), value = identifier->ValueOf("value");
    std::string text;
    if (system == std::string(kBase) + "id/gp-connect/" + selection_.practice && holder.Find("type")) {
      const Element* stu3_type = identifier->Walk("type", "text");
      text = std::string(stu3_type ? stu3_type->value() : holder.ValueOf("type")) + "/" + std::string(value);
    } else if (system == "urn:ietf:rfc:3986" && !holder.Find("type") && (value.starts_with("urn:") || value.starts_with("#"))) {
      text = value;
    } else {
      return;
    }
    Document::Detach(identifier);
    if (Element* type = holder.Find("type")) Document::Detach(type);
    Element* reference = work_.AddString(&holder, "reference", text);
    reference->type = nullptr;
    if (const Element* said = identifier->Find("value")) reference->leaf = said->leaf;
  }

  const Item& item_;
  const Selection& selection_;
  Document& work_;
  fhir::IssueSink& outcome_;
};

}  // namespace

Element* Prepare(const Item& item, const Selection& selection, const fhir::schema::Registry& registry, Document& work,
                 fhir::IssueSink& outcome) {
  Element* copy = work.Copy(*item.resource);
  fhir::schema::Bind(*copy, registry);
  Preparer(item, selection, work, outcome).Run(*copy);
  fhir::schema::Bind(*copy, registry);  // what was added here is bound too
  return copy;
}

}  // namespace adapters::gp::connect
