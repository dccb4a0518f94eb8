// By names of elements: the table is what mappings/council writes.
#include "adapters/council/cld/additions.h"

#include <algorithm>
#include <array>
#include <string>

#include "adapters/base/nhs_number.h"
#include "adapters/base/stored.h"
#include "adapters/council/cld/keys.h"

namespace adapters::council::cld {

using fhir::Element;

namespace {

// A name that ends in '*' is a choice of types.
struct Written {
  std::string_view type, elements;
};
constexpr Written kWritten[] = {
    {"Account", " status type subject owner "},
    {"CarePlan", " status intent category subject addresses supportingInfo activity "},
    {"ChargeItem", " status code subject context occurrence* quantity account "},
    {"Condition", " category code subject "},
    {"EpisodeOfCare", " status type diagnosis patient managingOrganization period account "},
    {"Observation", " status category code subject effective* value* dataAbsentReason "},
    {"Patient", " name gender birthDate deceased* address generalPractitioner managingOrganization link "},
    {"RelatedPerson", " active patient "},
    {"ServiceRequest", " status intent subject occurrence* authoredOn performer reasonReference "},
    {"Task", " status intent code description for owner executionPeriod reasonCode reasonReference input output "},
};
constexpr std::array<std::string_view, 12> kExtensions = {"as-submitted",    "as-given", "client-type", "event-outcome",      "event-description", "route-of-access",
                                                          "provider",        "cared-for", "unit-price", "delivery-mechanism", "charge-kind",       "episode"};

bool IsOwnExtension(const Element& extension) {
  const std::string_view url = extension.ValueOf("url");
  if (url.ends_with("-EthnicCategory")) return true;
  const std::string base = std::string(kBase) + "StructureDefinition/";
  return url.starts_with(base) && std::ranges::find(kExtensions, url.substr(base.size())) != kExtensions.end();
}

bool IsOwnIdentifier(const Element& identifier) {
  const std::string_view system = identifier.ValueOf("system");
  return system == kNhsNumberSystem || system.starts_with(std::string(kBase) + "id/");
}

bool IsServiceOfRow(const Element& activity) {
  const Element* detail = activity.Find("detail");
  return detail && ExtensionOf(*detail, "episode");
}

void KeepLabels(const Element& stored_meta, Element& made, fhir::Document& target) {
  for (const Element& label : fhir::Children(stored_meta)) {
    if (label.name != "tag" && label.name != "security") continue;
    Element* meta = made.Find("meta");
    if (!meta) meta = target.Add(&made, "meta");
    target.Attach(meta, target.Copy(label));
  }
}

bool IsKept(std::string_view type, const Element& child) {
  if (child.name == "id" || child.name == "text") return false;
  if (child.name == "extension") return !IsOwnExtension(child);
  if (child.name == "identifier") return !IsOwnIdentifier(child);
  if (child.name == "activity") return !IsServiceOfRow(child);
  return !IsOfRows(type, child.name);
}

}  // namespace

bool IsOfRows(std::string_view type, std::string_view element) {
  const auto* at = std::ranges::find(kWritten, type, &Written::type);
  if (at == std::end(kWritten)) return true;
  for (std::string_view rest = at->elements.substr(1); !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(name.size() + 1);
    if (name == element || (name.ends_with('*') && element.starts_with(name.substr(0, name.size() - 1)))) return true;
  }
  return false;
}

void KeepAdditions(const Element& stored, Element& made, fhir::Document& target) {
  for (const Element& child : fhir::Children(stored)) {
    if (child.name == "meta") {
      KeepLabels(child, made, target);
    } else if (IsKept(stored.resource_type(), child)) {
      target.Attach(&made, target.Copy(child));
    }
  }
}

}  // namespace adapters::council::cld
