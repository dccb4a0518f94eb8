// Transforms that make a data type from its parts: cc, c, qty, id, cp.
#include "fhir/mapping/primitive_text.h"
#include "fhir/mapping/transforms/catalogue.h"

namespace fhir::mapping {
namespace {

// Adds a child with an argument's value, when it has one, and notes the leaves behind it.
void AddPart(const TransformInput& input, Element* to, std::string_view name, std::size_t index) {
  if (index >= input.arguments.size() || input.arguments[index].text.empty()) return;
  const Datum& argument = input.arguments[index];
  Element* part = name == "value" && to->type && to->type->name == "Quantity"
                      ? input.target.AddNumber(to, name, argument.text)
                      : input.target.AddString(to, name, argument.text);
  if (to->type) {
    const schema::Type::Match match = to->type->Find(name);
    part->definition = match.definition;
    part->type = match.type;
  }
  if (input.context.coverage) input.context.coverage->Note(argument.leaves, part);
}

Element* Make(const TransformInput& input, std::string_view type) {
  Element* element = input.target.New({});
  element->type = input.registry.FindType(type);
  return element;
}

Datum Made(Element* element, std::string_view type) {
  Datum datum;
  datum.made = element->first_child ? element : nullptr;
  datum.type = std::string(type);
  return datum;
}

Element* AddTyped(const TransformInput& input, Element* to, std::string_view name, std::string_view type, bool in_array) {
  Element* child = input.target.Add(to, name, in_array);
  child->type = input.registry.FindType(type);
  if (to->type) child->definition = to->type->Find(name).definition;
  return child;
}

void FillCoding(const TransformInput& input, Element* coding) {
  AddPart(input, coding, "system", 0);
  AddPart(input, coding, "code", 1);
  AddPart(input, coding, "display", 2);
}

// "5.4 mg", "< 5 'mg'" → comparator, value, unit.
struct QuantityText { std::string_view comparator, value, unit; };
QuantityText Split(std::string_view text) {
  QuantityText parts;
  const auto trim = [&] { while (!text.empty() && text.front() == ' ') text.remove_prefix(1); };
  trim();
  std::size_t at = 0;
  while (at < text.size() && (text[at] == '<' || text[at] == '>' || text[at] == '=')) ++at;
  parts.comparator = text.substr(0, at);
  text.remove_prefix(at);
  trim();
  at = text.find(' ');
  parts.value = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at);
  trim();
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') text = text.substr(1, text.size() - 2);
  parts.unit = text;
  return parts;
}

}  // namespace

Result<Datum> MakeCoding(const TransformInput& input) {
  Element* coding = Make(input, "Coding");
  FillCoding(input, coding);
  return Made(coding, "Coding");
}

Result<Datum> MakeCodeableConcept(const TransformInput& input) {
  Element* concept_element = Make(input, "CodeableConcept");
  if (input.arguments.size() == 1) {
    AddPart(input, concept_element, "text", 0);
  } else {
    FillCoding(input, AddTyped(input, concept_element, "coding", "Coding", true));
  }
  return Made(concept_element, "CodeableConcept");
}

Result<Datum> MakeQuantity(const TransformInput& input) {
  Element* quantity = Make(input, "Quantity");
  if (input.arguments.size() > 1) {
    if (!HasFormOf("decimal", input.Text(0))) return Error(ErrorKind::kUnprocessable, "qty() takes a decimal number as its value");
    AddPart(input, quantity, "value", 0);
    AddPart(input, quantity, "unit", 1);
    AddPart(input, quantity, "system", 2);
    AddPart(input, quantity, "code", 3);
    return Made(quantity, "Quantity");
  }
  const QuantityText parts = Split(input.Text(0));
  const bool known_comparator = parts.comparator.empty() || parts.comparator == "<" || parts.comparator == "<=" || parts.comparator == ">" || parts.comparator == ">=";
  if (!HasFormOf("decimal", parts.value) || !known_comparator) {
    return Error(ErrorKind::kUnprocessable, "qty() takes a number and a unit, such as '5.4 mg' or '<5 mg'");
  }
  Element* value = input.target.AddNumber(quantity, "value", parts.value);
  if (input.context.coverage) input.context.coverage->Note(input.Leaves(), value);
  if (!parts.comparator.empty()) input.target.AddString(quantity, "comparator", parts.comparator);
  if (!parts.unit.empty()) input.target.AddString(quantity, "unit", parts.unit);
  return Made(quantity, "Quantity");
}

Result<Datum> MakeIdentifier(const TransformInput& input) {
  Element* identifier = Make(input, "Identifier");
  AddPart(input, identifier, "system", 0);
  AddPart(input, identifier, "value", 1);
  if (!input.Text(2).empty()) {
    Element* type = AddTyped(input, identifier, "type", "CodeableConcept", false);
    Element* coding = AddTyped(input, type, "coding", "Coding", true);
    input.target.AddString(coding, "system", "http://terminology.hl7.org/CodeSystem/v2-0203");
    AddPart(input, coding, "code", 2);
  }
  return Made(identifier, "Identifier");
}

// With one argument the system is not stated, since a number alone does not tell phone from fax; an address
// with '@' is e-mail and a web address is url.
Result<Datum> MakeContactPoint(const TransformInput& input) {
  Element* point = Make(input, "ContactPoint");
  if (input.arguments.size() == 2) {
    AddPart(input, point, "system", 0);
    AddPart(input, point, "value", 1);
    return Made(point, "ContactPoint");
  }
  const std::string_view value = input.Text(0);
  const bool is_url = value.substr(0, 7) == "http://" || value.substr(0, 8) == "https://";
  if (is_url) {
    input.target.AddString(point, "system", "url");
  } else if (value.find('@') != std::string_view::npos) {
    input.target.AddString(point, "system", "email");
  }
  AddPart(input, point, "value", 0);
  return Made(point, "ContactPoint");
}

}  // namespace fhir::mapping
