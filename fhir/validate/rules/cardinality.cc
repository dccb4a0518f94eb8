// Rule: as many of each element as its definition allows, and an array exactly where it may repeat.
#include <algorithm>
#include <array>
#include <vector>

#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

using schema::ElementDefinition;

constexpr std::size_t kUsual = 96;   // no R4 type has more elements; logical ones may

std::string Of(const ElementDefinition& definition) { return "\"" + std::string(definition.name) + "\""; }

void CheckForm(const Visit& visit, const Element& child, const ElementDefinition& definition) {
  if (child.in_array == definition.repeats()) return;
  if (child.in_array) visit.Error("structure", Of(definition) + " does not repeat: give the value itself, not an array", &child);
  else visit.Error("structure", Of(definition) + " may repeat: give an array, also for one", &child);
}

void CheckCounts(const Visit& visit, const std::uint16_t* counts) {
  const std::vector<ElementDefinition>& elements = visit.type.elements;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const ElementDefinition& definition = elements[i];
    if (counts[i] < definition.min) {
      visit.Error("required", (definition.is_choice ? std::string(definition.path) : Of(definition)) + " is required" +
                                  (definition.min > 1 ? " at least " + std::to_string(definition.min) + " times" : "") + ", " +
                                  (counts[i] == 0 ? "none was" : std::to_string(counts[i]) + " were") + " found");
    } else if (definition.max != schema::kUnbounded && counts[i] > definition.max && !definition.is_choice) {
      visit.Error("structure", Of(definition) + " stands " + std::to_string(counts[i]) + " times, at most " + std::to_string(definition.max) + " allowed");
    }
  }
}

void Run(const Visit& visit) {
  const std::vector<ElementDefinition>& elements = visit.type.elements;
  std::array<std::uint16_t, kUsual> usual;
  std::vector<std::uint16_t> many;
  std::uint16_t* counts = usual.data();
  if (elements.size() > kUsual) {
    many.resize(elements.size());
    counts = many.data();
  } else {
    std::fill_n(counts, elements.size(), std::uint16_t{0});
  }
  // Where an element is called resourceType, the reader has taken it for the type of a resource.
  if (visit.element.is_resource) {
    if (const ElementDefinition* named = visit.type.Find("resourceType").definition) counts[named - elements.data()] = 1;
  }
  const Element* before = nullptr;
  for (const Element& child : Children(visit.element)) {
    if (!child.definition) continue;
    std::uint16_t& count = counts[child.definition - elements.data()];
    if (count < schema::kUnbounded) ++count;
    if (!before || before->name != child.name) CheckForm(visit, child, *child.definition);
    before = &child;
  }
  CheckCounts(visit, counts);
}

}  // namespace

Rule Cardinality() {
  return {.name = "cardinality", .resource = nullptr, .shape = nullptr, .object = Run, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
