// String parameters: texts, and the texts inside names and addresses (https://hl7.org/fhir/R4/search.html#string).
#include <array>

#include "fhir/search/types/catalogue.h"

namespace fhir::search::types {
namespace {

constexpr std::array<std::string_view, 5> kNameParts = {"text", "family", "given", "prefix", "suffix"};
constexpr std::array<std::string_view, 7> kAddressParts = {"text", "line", "city", "district", "state", "postalCode", "country"};

void AddText(const schema::SearchParameter& parameter, std::string_view text, std::vector<IndexValue>& out) {
  if (!text.empty()) Add(out, parameter, ValueType::kString).text = text;
}

template <std::size_t N>
void AddParts(const schema::SearchParameter& parameter, const Element& element, const std::array<std::string_view, N>& parts, std::vector<IndexValue>& out) {
  for (std::string_view part : parts) {
    for (const Element& child : Repeats(element, part)) AddText(parameter, child.value(), out);
  }
}

}  // namespace

void String(const path::Value& found, const schema::SearchParameter& parameter, std::vector<IndexValue>& out) {
  if (const std::string_view text = TextOf(found); !text.empty()) return AddText(parameter, text, out);
  const Element* element = ElementOf(found);
  if (!element) return;
  const std::string_view type = TypeOf(found);
  if (type == "HumanName") return AddParts(parameter, *element, kNameParts, out);
  if (type == "Address") return AddParts(parameter, *element, kAddressParts, out);
  if (type == "Extension") {
    for (const Element& child : Children(*element)) {
      if (child.definition && child.definition->is_choice && child.definition->name == "value") String(&child, parameter, out);
    }
  }
}

}  // namespace fhir::search::types
