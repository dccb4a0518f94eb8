// By names of elements: the table is what mappings/council_ledger writes.
#include "adapters/council/ledger/kept.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "adapters/base/keys.h"

namespace adapters::council::ledger {

using fhir::Element;

namespace {

// A name that ends in '*' is a choice of types. Of a type that is not here nothing is the rows' own.
struct Written {
  std::string_view type, elements, extensions;
};
constexpr Written kWritten[] = {
    {"Account", " status type subject servicePeriod owner partOf ", " as-submitted budget-stage delivery-mechanism right-to-have review-due over-policy indicative-amount agreed-amount "},
    {"ChargeItem", " status code subject context occurrence* quantity priceOverride account partOf ", " as-submitted charge-kind delivery-mechanism provider unit-price "},
    {"EpisodeOfCare", " status type patient managingOrganization period account ", ""},
    {"Task", " status intent code focus for requester executionPeriod restriction authoredOn input ", ""},
};
constexpr std::string_view kOwnIdentifiers[] = {"council-budget/", "ledger-entry/", "council-package/", "direct-payment-return/"};

bool IsAmong(std::string_view names, std::string_view name) {
  for (std::string_view rest = names; rest.size() > 1;) {
    rest.remove_prefix(1);
    const std::string_view one = rest.substr(0, rest.find(' '));
    rest.remove_prefix(one.size());
    if (one == name || (one.ends_with('*') && name.starts_with(one.substr(0, one.size() - 1)))) return true;
  }
  return false;
}

bool IsOwnIdentifier(const Element& identifier) {
  const std::string_view system = identifier.ValueOf("system");
  return std::ranges::any_of(kOwnIdentifiers, [&](std::string_view kind) { return system.starts_with(std::string(kBase) + "id/" + std::string(kind)); });
}

bool IsOwnExtension(const Element& extension, std::string_view names) {
  const std::string base = std::string(kBase) + "StructureDefinition/";
  const std::string_view url = extension.ValueOf("url");
  return url.starts_with(base) && IsAmong(names, url.substr(base.size()));
}

bool IsKept(const Written* written, const Element& child, const Element& made) {
  if (child.name == "id" || (written && child.name == "text")) return false;
  if (!written) {   // a Patient: what was made adds to what stands
    if (child.name != "identifier") return true;
    for (const Element& own : fhir::Repeats(made, "identifier")) {
      if (own.ValueOf("system") == child.ValueOf("system") && own.ValueOf("value") == child.ValueOf("value")) return false;
    }
    return true;
  }
  if (child.name == "supportingInformation") {   // goals that the plan's people named
    const Element* system = child.Walk("identifier", "system");
    return !system || !system->value().starts_with(std::string(kBase) + "id/council-goal/");
  }
  if (child.name == "note" || child.name == "description") return !made.Find(child.name);
  if (child.name == "extension") return !IsOwnExtension(child, written->extensions);
  if (child.name == "identifier") return !IsOwnIdentifier(child);
  return !IsAmong(written->elements, child.name);
}

}  // namespace

void KeepOthers(const Element& stood, Element& made, fhir::Document& target) {
  const auto* at = std::ranges::find(kWritten, stood.resource_type(), &Written::type);
  const Written* written = at == std::end(kWritten) ? nullptr : at;
  if (!written) {
    if (Element* own = made.Find("managingOrganization"); own && stood.Find("managingOrganization")) fhir::Document::Detach(own);
  }
  for (const Element& child : fhir::Children(stood)) {
    if (child.name == "meta") {
      for (const Element& label : fhir::Children(child)) {
        if (label.name != "tag" && label.name != "security") continue;
        Element* meta = made.Find("meta");
        if (!meta) meta = target.Add(&made, "meta");
        target.Attach(meta, target.Copy(label));
      }
    } else if (IsKept(written, child, made)) {
      target.Attach(&made, target.Copy(child));
    }
  }
}

}  // namespace adapters::council::ledger
