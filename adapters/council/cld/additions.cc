// By names of elements: the table is what mappings/council writes.
#include "adapters/council/cld/additions.h"

#include <algorithm>
#include <array>
#include <string>

#include "adapters/base/additions.h"
#include "adapters/base/nhs_number.h"
#include "adapters/base/stored.h"
#include "adapters/council/cld/keys.h"
#include "fhir/model/lookup.h"

namespace adapters::council::cld {

using fhir::Element;

namespace {

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

// The council's other files know the person by the same id, and may know a number that no row here has said.
bool IsNumber(const Element& child) { return child.name == "identifier" && child.ValueOf("system") == kNhsNumberSystem; }
bool HasNumber(const Element& patient) {
  for (const Element& identifier : fhir::Repeats(patient, "identifier")) {
    if (IsNumber(identifier)) return true;
  }
  return false;
}

bool IsServiceOfRow(const Element& activity) {
  const Element* detail = activity.Find("detail");
  return detail && fhir::FindOwnExtension(*detail, "episode");
}

constexpr std::string_view kShared[] = {"activity"};
const OwnParts& Own() {
  static const OwnParts own{.written = kWritten, .extension = &IsOwnExtension, .identifier = &IsOwnIdentifier, .repeat = &IsServiceOfRow, .shared = kShared};
  return own;
}

}  // namespace

bool IsOfRows(std::string_view type, std::string_view element) { return IsWritten(kWritten, type, element); }

void KeepAdditions(const Element& stored, Element& made, fhir::Document& target) {
  adapters::KeepAdditions(stored, made, target, Own());
  if (HasNumber(made)) return;
  for (const Element& identifier : fhir::Repeats(stored, "identifier")) {
    if (IsNumber(identifier)) target.Attach(&made, target.Copy(identifier));
  }
}

}  // namespace adapters::council::cld
