// Reference parameters: literal, logical and canonical references (https://hl7.org/fhir/R4/search.html#reference).
#include "fhir/search/types/catalogue.h"

namespace fhir::search::types {
namespace {

// "Patient/123" and "Patient/123/_history/2" into type and id; anything else is no relative reference.
bool SplitRelative(std::string_view reference, std::string_view& type, std::string_view& id) {
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos || slash == 0 || reference.find(':') != std::string_view::npos) return false;
  type = reference.substr(0, slash);
  id = reference.substr(slash + 1);
  if (const std::size_t history = id.find("/_history/"); history != std::string_view::npos) id = id.substr(0, history);
  return !id.empty() && id.find('/') == std::string_view::npos;
}

std::string_view WithoutVersion(std::string_view url) { return url.substr(0, url.find("/_history/")); }

void AddLiteral(const schema::SearchParameter& parameter, std::string_view reference, std::vector<IndexValue>& out) {
  // A contained resource is not a resource that a search finds.
  if (reference.empty() || reference[0] == '#') return;
  IndexValue& value = Add(out, parameter, ValueType::kReference);
  std::string_view type, id;
  if (SplitRelative(reference, type, id)) {
    value.reference_type = type;
    value.reference_id = id;
  } else {
    value.text = WithoutVersion(reference);
  }
}

// A canonical with a version is found with and without it.
void AddCanonical(const schema::SearchParameter& parameter, std::string_view url, std::vector<IndexValue>& out) {
  if (url.empty() || url[0] == '#') return;
  AddLiteral(parameter, url, out);
  if (const std::size_t bar = url.find('|'); bar != std::string_view::npos) AddLiteral(parameter, url.substr(0, bar), out);
}

void AddReference(const schema::SearchParameter& parameter, const Element& reference, std::vector<IndexValue>& out) {
  const std::size_t before = out.size();
  AddLiteral(parameter, reference.ValueOf("reference"), out);
  const Element* identifier = reference.Find("identifier");
  if (!identifier || identifier->ValueOf("value").empty()) return;
  if (out.size() == before) {
    Add(out, parameter, ValueType::kReference).reference_type = reference.ValueOf("type");
  }
  out.back().identifier_system = identifier->ValueOf("system");
  out.back().identifier_value = identifier->ValueOf("value");
}

}  // namespace

void Reference(const path::Value& found, const schema::SearchParameter& parameter, std::vector<IndexValue>& out) {
  if (const std::string_view text = TextOf(found); !text.empty()) return AddCanonical(parameter, text, out);
  const std::string_view type = TypeOf(found);
  if (type == "Reference") return AddReference(parameter, *ElementOf(found), out);
  if (type == "Extension") {
    for (const Element& child : Children(*ElementOf(found))) {
      if (child.definition && child.definition->is_choice && child.definition->name == "value") Reference(&child, parameter, out);
    }
  }
}

}  // namespace fhir::search::types
