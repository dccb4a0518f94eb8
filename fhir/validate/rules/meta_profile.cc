// Rule: a profile that a resource says it meets, but that is not loaded, is said to be unchecked.
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

void Run(const Visit& visit) {
  const Element* meta = visit.element.Find("meta");
  if (!meta) return;
  for (const Element& profile : Repeats(*meta, "profile")) {
    if (profile.value().empty() || visit.registry.FindType(profile.value())) continue;
    visit.Warning("not-found", "the profile " + std::string(profile.value()) +
                                   " is not loaded, so the resource was checked against R4 only; loading a profile's package (--package FILE) is not supported yet", &profile);
  }
}

}  // namespace

Rule MetaProfile() {
  return {.name = "meta_profile", .resource = Run, .shape = nullptr, .object = nullptr, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
