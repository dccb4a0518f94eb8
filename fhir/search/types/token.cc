// Token parameters: codes with or without a system (https://hl7.org/fhir/R4/search.html#token).
#include "fhir/path/scalar.h"
#include "fhir/search/types/catalogue.h"

namespace fhir::search::types {
namespace {

void AddCode(const schema::SearchParameter& parameter, std::string_view system, std::string_view code, std::string_view text,
             std::vector<IndexValue>& out) {
  if (system.empty() && code.empty() && text.empty()) return;
  IndexValue& value = Add(out, parameter, ValueType::kToken);
  value.system = system;
  value.has_system = !system.empty();
  value.code = code;
  value.text = text;
}

void AddCoding(const schema::SearchParameter& parameter, const Element& coding, std::string_view text, std::vector<IndexValue>& out) {
  const std::string_view display = coding.ValueOf("display");
  AddCode(parameter, coding.ValueOf("system"), coding.ValueOf("code"), display.empty() ? text : display, out);
}

// Its codings; the concept's own text stands with the first that says nothing else, or alone.
void AddConcept(const schema::SearchParameter& parameter, const Element& concept_, std::vector<IndexValue>& out) {
  const std::string_view text = concept_.ValueOf("text");
  bool has_text = text.empty();
  for (const Element& coding : Repeats(concept_, "coding")) {
    const std::string_view display = coding.ValueOf("display");
    AddCoding(parameter, coding, text, out);
    has_text = has_text || display.empty() || display == text;
  }
  if (!has_text) AddCode(parameter, {}, {}, text, out);
}

}  // namespace

void Token(const path::Value& found, const schema::SearchParameter& parameter, std::vector<IndexValue>& out) {
  if (const std::string_view text = TextOf(found); !text.empty()) return AddCode(parameter, {}, text, {}, out);
  const Element* element = ElementOf(found);
  if (!element) return;
  const std::string_view type = TypeOf(found);
  if (type == "CodeableConcept") return AddConcept(parameter, *element, out);
  if (type == "Coding") return AddCoding(parameter, *element, {}, out);
  if (type == "Identifier") {
    const Element* kind = element->Find("type");
    return AddCode(parameter, element->ValueOf("system"), element->ValueOf("value"), kind ? kind->ValueOf("text") : std::string_view(), out);
  }
  // A ContactPoint's system is no namespace of codes; only its value is searched for.
  if (type == "ContactPoint") return AddCode(parameter, {}, element->ValueOf("value"), {}, out);
  if (type == "Extension") {
    // Of parameters on a whole extension the value is meant.
    for (const Element& child : Children(*element)) {
      if (child.definition && child.definition->is_choice && child.definition->name == "value") Token(&child, parameter, out);
    }
  }
}

}  // namespace fhir::search::types
