// By names of elements: the table is what mappings/tpp writes.
#include "adapters/gp/tpp/own_parts.h"

#include <algorithm>
#include <array>

#include "adapters/base/keys.h"
#include "adapters/base/nhs_number.h"
#include "adapters/gp/tpp/source_row.h"

namespace adapters::gp::tpp {

using fhir::Element;

namespace {

constexpr Written kWritten[] = {
    {"CarePlan", " status intent title description subject encounter period created author contributor "},
    {"Condition", " clinicalStatus verificationStatus code subject encounter onset* abatement* recordedDate recorder "},
    {"Goal", " lifecycleStatus achievementStatus category description subject start* target statusDate "},
    {"Patient", " active name telecom gender birthDate deceased* managingOrganization "},
    {"ServiceRequest", " status intent category priority code subject encounter authoredOn requester performer "},
    {"Task", " status intent code focus for encounter executionPeriod authoredOn requester owner restriction "},
};
constexpr std::array<std::string_view, 10> kExtensions = {"source-row",     "need-priority",  "need-met",       "importance",           "goal-action",
                                                          "recorded-in",    "care-occurrence", "plan-agreement", "section-117-aftercare", "as-given"};
constexpr std::array<std::string_view, 7> kShared = {"activity", "goal", "addresses", "note", "category", "output", "reasonCode"};

bool IsOwnExtension(const Element& extension) {
  const std::string_view url = extension.ValueOf("url");
  if (url == "http://hl7.org/fhir/StructureDefinition/patient-birthPlace") return true;
  const std::string base = std::string(kBase) + "StructureDefinition/";
  return url.starts_with(base) && std::ranges::find(kExtensions, url.substr(base.size())) != kExtensions.end();
}

bool IsOwnIdentifier(const Element& identifier) {
  const std::string_view system = identifier.ValueOf("system");
  return system == kNhsNumberSystem || system.starts_with(std::string(kBase) + "id/tpp-");
}

// Is the repeat of a shared element the maps' own? A reference to a resource of the set's is told by what it points to (`ours`).
bool IsOwnRepeat(const Element& repeat, const std::set<std::string, std::less<>>& ours) {
  if (repeat.name == "activity") {
    const Element* detail = repeat.Find("detail");
    for (const Element& extension : fhir::Repeats(detail ? *detail : repeat, "extension")) {
      if (IsSourceRow(extension)) return true;
    }
    return false;
  }
  if (repeat.name == "goal" || repeat.name == "addresses") return ours.contains(repeat.ValueOf("reference"));
  if (repeat.name == "output") {
    const Element* system = repeat.Walk("type", "coding", "system");
    return system && system->value() == std::string(kBase) + "CodeSystem/tpp-column";
  }
  if (repeat.name == "category" && repeat.Resource()->resource_type() != "CarePlan") return true;
  if (!repeat.ValueOf("id").empty()) return true;
  const Element* code = repeat.Walk("coding", "code");
  return repeat.name == "category" && code && code->value() == "734163000";
}

bool IsOwnLabel(const Element& label) { return label.name == "tag" && label.ValueOf("code") == "HTEST"; }

}  // namespace

OwnParts OwnPartsOf(const std::set<std::string, std::less<>>& ours) {
  return {.written = kWritten, .extension = &IsOwnExtension, .identifier = &IsOwnIdentifier, .repeat = [&ours](const Element& repeat) { return IsOwnRepeat(repeat, ours); },
          .shared = kShared, .label = &IsOwnLabel};
}

}  // namespace adapters::gp::tpp
