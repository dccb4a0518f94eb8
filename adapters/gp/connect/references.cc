// One walk over the working copy. One reference in thirty of real records points to what is not in them.
#include "adapters/gp/connect/references.h"

#include <optional>

#include "adapters/gp/connect/keys.h"

namespace adapters::gp::connect {

using fhir::Element;

namespace {

struct TypeAndId {
  std::string_view type, id;
};

// The last "Type/id" of a relative or absolute reference, a version passed over.
std::optional<TypeAndId> Split(std::string_view reference) {
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) reference = reference.substr(0, history);
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == reference.size()) return {};
  const std::string_view id = reference.substr(slash + 1);
  std::string_view type = reference.substr(0, slash);
  if (const std::size_t before = type.rfind('/'); before != std::string_view::npos) type.remove_prefix(before + 1);
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && c != '.' && c != '_') return {};
  }
  return TypeAndId{type, id};
}

class Rewriter {
 public:
  Rewriter(Record& record, const fhir::schema::Registry& registry, Ledger& ledger)
      : record_(record), registry_(registry), ledger_(ledger), id_system_(IdSystem(record)) {}

  void Walk(const Entry& entry, Element& element) {
    Element* next = nullptr;
    for (Element* child = element.first_child; child; child = next) {
      next = child->next;
      if (child->name == "reference" && child->kind == fhir::ValueKind::kString && element.name != "questionnaire") {
        Rewrite(entry, element, *child);
      } else if (child->name != "contained") {  // what is contained has an entry of its own
        Walk(entry, *child);
      }
    }
  }

 private:
  const Entry* Target(const Entry& from, std::string_view text, const std::optional<TypeAndId>& parts) const {
    if (text.starts_with('#')) {
      const Entry* container = from.container ? from.container : &from;
      if (text == "#") return container;
      const auto anchor = record_.by_anchor.find(std::pair(container, std::string(text)));
      return anchor == record_.by_anchor.end() ? nullptr : Kept(anchor->second);
    }
    // "List/id#id": into what the List contains.
    if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
      const auto outer = record_.by_reference.find(text.substr(0, hash));
      if (outer == record_.by_reference.end()) return nullptr;
      const auto anchor = record_.by_anchor.find(std::pair(Kept(outer->second), std::string(text.substr(hash))));
      return anchor == record_.by_anchor.end() ? nullptr : Kept(anchor->second);
    }
    auto found = record_.by_reference.find(text);
    if (found == record_.by_reference.end() && parts) {
      found = record_.by_reference.find(std::string(parts->type) + "/" + std::string(parts->id));
    }
    return found == record_.by_reference.end() ? nullptr : Kept(found->second);
  }

  static const Entry* Kept(const Entry* entry) { return entry->same_as ? entry->same_as : entry; }

  void Rewrite(const Entry& entry, Element& holder, Element& reference) {
    const std::string_view text = reference.text;
    const auto parts = Split(text);
    const Entry* target = Target(entry, text, parts);
    if (target && target->fate == Fate::kStored) {
      record_.work.SetValue(&reference, fhir::ValueKind::kString, "urn:uuid:" + target->uuid);
      return;
    }
    const bool absolute = text.starts_with("http://") || text.starts_with("https://");
    if (absolute && text.find(' ') == std::string_view::npos) return;
    const Kind* kind = parts ? FindKind(parts->type) : nullptr;
    if (parts && (kind || registry_.IsResourceType(parts->type))) {
      ToLogical(holder, reference, *parts, kind);
    } else if (text.starts_with("urn:") || text.starts_with("#")) {
      ToIdentifier(holder, reference, "urn:ietf:rfc:3986", text);
    } else {
      ToDisplay(holder, reference);
    }
  }

  // The record does not hold it: say what it is and what the GP system calls it.
  void ToLogical(Element& holder, Element& reference, const TypeAndId& parts, const Kind* kind) {
    const std::uint32_t leaf = reference.leaf;
    ToIdentifier(holder, reference, id_system_, parts.id);
    Element* identifier = holder.Find("identifier");
    if (!identifier || holder.Find("type")) return;
    record_.work.AddString(&holder, "type", kind ? kind->r4_type : parts.type);
    holder.Find("type")->leaf = leaf;
    if (kind && kind->type != kind->r4_type) {
      Element* type = record_.work.Add(identifier, "type");
      record_.work.AddString(type, "text", kind->type);
      type->Find("text")->leaf = leaf;
    }
  }

  void ToIdentifier(Element& holder, Element& reference, std::string_view system, std::string_view value) {
    fhir::Document::Detach(&reference);
    if (holder.Find("identifier")) {
      ledger_.Explain(reference.leaf, "the record does not hold what it points to, and an identifier is given beside it");
      return;
    }
    Element* identifier = record_.work.Add(&holder, "identifier");
    record_.work.AddString(identifier, "system", system);
    record_.work.AddString(identifier, "value", value);
    identifier->Find("value")->leaf = reference.leaf;
  }

  void ToDisplay(Element& holder, Element& reference) {
    fhir::Document::Detach(&reference);
    if (reference.text.empty() || holder.Find("display")) {
      ledger_.Explain(reference.leaf, "it is no reference, and there is a display already");
      return;
    }
    record_.work.AddString(&holder, "display", reference.text);
    holder.Find("display")->leaf = reference.leaf;
    ledger_.Remark(reference.leaf, "The reference is prose, not a reference; it was kept as the display.");
  }

  Record& record_;
  const fhir::schema::Registry& registry_;
  Ledger& ledger_;
  const std::string id_system_;
};

}  // namespace

void RewriteReferences(Record& record, const fhir::schema::Registry& registry, Ledger& ledger) {
  Rewriter rewriter(record, registry, ledger);
  for (Entry& entry : record.entries) {
    if (entry.fate == Fate::kStored) rewriter.Walk(entry, *entry.resource);
  }
}

}  // namespace adapters::gp::connect
