// Quantity parameters: a number with a unit, or a range of them (https://hl7.org/fhir/R4/search.html#quantity).
#include <limits>

#include "fhir/search/types/catalogue.h"

namespace fhir::search::types {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();

void SetUnit(const Element& quantity, IndexValue& value) {
  value.system = quantity.ValueOf("system");
  value.has_system = !value.system.empty();
  value.code = quantity.ValueOf("code");
  value.text = quantity.ValueOf("unit");
}

void AddQuantity(const schema::SearchParameter& parameter, const Element& quantity, std::vector<IndexValue>& out) {
  NumberRange range;
  if (!ReadNumber(quantity.ValueOf("value"), range)) return;
  IndexValue& value = Add(out, parameter, ValueType::kQuantity);
  value.low = range.low;
  value.high = range.high;
  value.exact = range.exact;
  // "Less than 5" is every number below.
  const std::string_view comparator = quantity.ValueOf("comparator");
  if (!comparator.empty() && comparator[0] == '<') value.low = -kMost;
  if (!comparator.empty() && comparator[0] == '>') value.high = kMost;
  SetUnit(quantity, value);
}

void AddMoney(const schema::SearchParameter& parameter, const Element& money, std::vector<IndexValue>& out) {
  AddQuantity(parameter, money, out);
  if (out.empty() || out.back().parameter != &parameter) return;
  out.back().code = money.ValueOf("currency");
  out.back().system = "urn:iso:std:iso:4217";
  out.back().has_system = true;
}

void AddRange(const schema::SearchParameter& parameter, const Element& range, std::vector<IndexValue>& out) {
  const Element* low = range.Find("low");
  const Element* high = range.Find("high");
  NumberRange from, to;
  const bool has_low = low && ReadNumber(low->ValueOf("value"), from);
  const bool has_high = high && ReadNumber(high->ValueOf("value"), to);
  if (!has_low && !has_high) return;
  IndexValue& value = Add(out, parameter, ValueType::kQuantity);
  value.low = has_low ? from.low : -kMost;
  value.high = has_high ? to.high : kMost;
  value.exact = has_low ? from.exact : to.exact;
  SetUnit(has_low ? *low : *high, value);
}

}  // namespace

void Quantity(const path::Value& found, const schema::SearchParameter& parameter, std::vector<IndexValue>& out) {
  const Element* element = ElementOf(found);
  if (!element || !element->type) return;
  if (element->type->name == "Range") return AddRange(parameter, *element, out);
  if (element->type->name == "Money") return AddMoney(parameter, *element, out);
  if (element->type->IsA("Quantity")) AddQuantity(parameter, *element, out);
}

}  // namespace fhir::search::types
