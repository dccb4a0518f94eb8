// ChargeItem: unit price, frequency and quantity; EpisodeOfCare: from when to when.
#include "tests/support/planned_cost.h"

#include <map>
#include <string>

#include "tests/support/cld_file.h"

namespace careloom_test {

namespace {

using fhir::Element;
using fhir::Repeats;

std::string UnitPrice(const Element& charge) {
  for (const Element& extension : Repeats(charge, "extension")) {
    const Element* money = extension.Find("valueMoney");
    if (extension.ValueOf("url").ends_with("/unit-price") && money) return std::string(money->ValueOf("value"));
  }
  return {};
}

bool IsPlanned(const Element& charge) {
  if (charge.ValueOf("status") != "planned") return false;
  for (const Element& extension : Repeats(charge, "extension")) {
    if (!extension.ValueOf("url").ends_with("/charge-kind")) continue;
    const Element* code = extension.Walk("valueCodeableConcept", "coding", "code");
    return code && code->value() == "planned";
  }
  return false;
}

}  // namespace

std::int64_t PlannedPenniesOf(std::span<const fhir::Document> resources, std::string_view from, std::string_view to) {
  std::map<std::string, const Element*> episodes;
  for (const fhir::Document& document : resources) {
    if (document.root->resource_type() == "EpisodeOfCare") episodes["EpisodeOfCare/" + std::string(document.root->ValueOf("id"))] = document.root;
  }
  std::int64_t parts = 0;
  for (const fhir::Document& document : resources) {
    const Element& charge = *document.root;
    if (charge.resource_type() != "ChargeItem" || !IsPlanned(charge)) continue;
    const Element* context = charge.Walk("context", "reference");
    const auto episode = episodes.find(context ? std::string(context->value()) : std::string());
    if (episode == episodes.end() || episode->second->ValueOf("status") == "entered-in-error") continue;
    const Element* period = episode->second->Find("period");
    const Element* frequency = charge.Walk("occurrenceTiming", "code");
    const Element* code = frequency ? frequency->Walk("coding", "code") : nullptr;
    const Element* units = charge.Walk("quantity", "value");
    parts += PennyParts({UnitPrice(charge), std::string(code ? code->value() : frequency ? frequency->ValueOf("text") : ""), std::string(units ? units->value() : ""),
                         std::string(period ? period->ValueOf("start") : ""), std::string(period ? period->ValueOf("end") : "")},
                        from, to);
  }
  return Pennies(parts);
}

}  // namespace careloom_test
