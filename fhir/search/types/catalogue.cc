// The table of search parameter types, and what they share.
#include "fhir/search/types/catalogue.h"

#include <array>
#include <charconv>
#include <cmath>

#include "fhir/base/decimal.h"
#include "fhir/path/scalar.h"

namespace fhir::search {
namespace {

constexpr std::array<SearchType, 9> kTypes = {{
    {"token", types::Token},
    {"string", types::String},
    {"date", types::Date},
    {"number", types::Number},
    {"quantity", types::Quantity},
    {"reference", types::Reference},
    {"uri", types::Uri},
    {"composite", nullptr},
    {"special", nullptr},
}};

// The place of the last digit that counts, as a power of ten: -1 for 2.0, 0 for 100, 0 for 1.00e2. The
// specification reads a single digit with an exponent as two digits: 1e2 is [95, 105).
bool LastPlace(std::string_view written, int& place) {
  const std::size_t e = written.find_first_of("eE");
  std::string_view mantissa = written.substr(0, e);
  int exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view power = written.substr(e + 1);
    if (!power.empty() && power[0] == '+') power.remove_prefix(1);
    if (std::from_chars(power.data(), power.data() + power.size(), exponent).ec != std::errc()) return false;
  }
  if (!mantissa.empty() && mantissa[0] == '-') mantissa.remove_prefix(1);
  const std::size_t point = mantissa.find('.');
  const int places = point == std::string_view::npos ? 0 : static_cast<int>(mantissa.size() - point - 1);
  place = exponent - places;
  if (mantissa.size() == 1 && exponent > 0) --place;
  return true;
}

}  // namespace

const SearchType* FindSearchType(std::string_view code) {
  for (const SearchType& type : kTypes) {
    if (type.code == code) return &type;
  }
  return nullptr;
}

const Element* ElementOf(const path::Value& value) {
  const Element* const* element = std::get_if<const Element*>(&value);
  return element ? *element : nullptr;
}

std::string_view TextOf(const path::Value& value) {
  if (const path::SystemValue* system = std::get_if<path::SystemValue>(&value)) return system->text;
  return ElementOf(value)->value();
}

std::string_view TypeOf(const path::Value& value) {
  const Element* element = ElementOf(value);
  return element && element->type ? element->type->name : std::string_view();
}

IndexValue& Add(std::vector<IndexValue>& out, const schema::SearchParameter& parameter, ValueType type) {
  IndexValue& value = out.emplace_back();
  value.parameter = &parameter;
  value.type = type;
  return value;
}

bool ReadNumber(std::string_view written, NumberRange& range) {
  const std::optional<Decimal> exact = Decimal::Parse(written);
  int place = 0;
  if (!exact || !LastPlace(written, place)) return false;
  const std::optional<Decimal> half = Decimal::Parse("5e" + std::to_string(place - 1));
  if (!half) return false;
  const std::optional<Decimal> low = exact->Minus(*half), high = exact->Plus(*half);
  if (!low || !high) return false;
  range = {low->ToDouble(), high->ToDouble(), exact->ToDouble()};
  return std::isfinite(range.low) && std::isfinite(range.high);
}

}  // namespace fhir::search
