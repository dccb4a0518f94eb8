// By names of elements: the table is what mappings/council_ledger writes.
#include "adapters/council/ledger/kept.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "adapters/base/additions.h"
#include "adapters/base/keys.h"

namespace adapters::council::ledger {

using fhir::Element;

namespace {

constexpr Written kWritten[] = {
    {"Account", " status type subject servicePeriod owner partOf "},
    {"ChargeItem", " status code subject context occurrence* quantity priceOverride account partOf "},
    {"EpisodeOfCare", " status type patient managingOrganization period account "},
    {"Patient", " "},   // the other source's, but for what is added
    {"Task", " status intent code focus for requester executionPeriod restriction authoredOn input "},
};
constexpr std::string_view kExtensions[] = {"as-submitted",      "budget-stage",  "delivery-mechanism", "right-to-have", "review-due", "over-policy",
                                            "indicative-amount", "agreed-amount", "charge-kind",        "provider",      "unit-price"};
constexpr std::string_view kIdentifiers[] = {"council-budget/", "ledger-entry/", "council-package/", "direct-payment-return/"};
constexpr std::string_view kShared[] = {"supportingInformation", "note", "description", "managingOrganization"};

bool IsOwnExtension(const Element& extension) {
  const std::string base = std::string(kBase) + "StructureDefinition/";
  const std::string_view url = extension.ValueOf("url");
  return url.starts_with(base) && std::ranges::find(kExtensions, url.substr(base.size())) != std::end(kExtensions);
}

bool IsOwnIdentifier(const Element& identifier) {
  const std::string_view system = identifier.ValueOf("system");
  return std::ranges::any_of(kIdentifiers, [&](std::string_view kind) { return system.starts_with(std::string(kBase) + "id/" + std::string(kind)); });
}

// A goal that a row names; of what there is one alone, the row's where it says it.
bool IsOwnRepeat(const Element& repeat, const Element& made) {
  if (repeat.name != "supportingInformation") return made.Find(repeat.name);
  const Element* system = repeat.Walk("identifier", "system");
  return system && system->value().starts_with(std::string(kBase) + "id/council-goal/");
}

// What stands is not said again beside itself.
void TakeOutStanding(const Element& stood, Element& made) {
  if (Element* council = made.Find("managingOrganization"); council && stood.Find("managingOrganization")) fhir::Document::Detach(council);
  for (const Element& identifier : fhir::Repeats(stood, "identifier")) {
    for (Element* own = made.Find("identifier"); own; own = own->next) {
      if (own->name == "identifier" && fhir::Equal(*own, identifier)) {
        fhir::Document::Detach(own);
        break;
      }
    }
  }
}

}  // namespace

void KeepOthers(const Element& stood, Element& made, fhir::Document& target) {
  if (stood.resource_type() == "Patient") TakeOutStanding(stood, made);
  const OwnParts own{.written = kWritten,
                     .extension = &IsOwnExtension,
                     .identifier = &IsOwnIdentifier,
                     .repeat = [&](const Element& repeat) { return IsOwnRepeat(repeat, made); },
                     .shared = kShared};
  KeepAdditions(stood, made, target, own);
}

}  // namespace adapters::council::ledger
