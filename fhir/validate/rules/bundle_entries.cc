// Rule: what a Bundle's type asks of all its entries: requests (bdl-3), responses (bdl-4), and no two
// entries of one fullUrl and version (bdl-7). In FHIRPath each entry would look through the whole Bundle.
#include <string>
#include <unordered_set>

#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

struct Demand {
  std::string_view member, key;
  bool is_given;   // the Bundle is of a type whose entries have it
};

void CheckDemand(const Visit& visit, const Element& entry, const Demand& demand, std::string_view type) {
  if ((entry.Find(demand.member) != nullptr) == demand.is_given) return;
  const std::string member(demand.member);
  visit.Error("invariant", (demand.is_given ? "every entry of a " : "no entry of a ") + std::string(type) + " has \"" + member + "\" (" + std::string(demand.key) + ")", &entry);
}

void Run(const Visit& visit) {
  if (visit.type.name != "Bundle") return;
  const std::string_view type = visit.element.ValueOf("type");
  if (type.empty()) return;   // cardinality says so
  const bool is_history = type == "history";
  const Demand request{"request", "bdl-3", is_history || type == "batch" || type == "transaction"};
  const Demand response{"response", "bdl-4", is_history || type == "batch-response" || type == "transaction-response"};
  std::unordered_set<std::string> seen;
  for (const Element& entry : Repeats(visit.element, "entry")) {
    CheckDemand(visit, entry, request, type);
    CheckDemand(visit, entry, response, type);
    const std::string_view url = entry.ValueOf("fullUrl");
    if (is_history || url.empty()) continue;
    const Element* version = entry.Walk("resource", "meta", "versionId");
    if (!seen.insert(std::string(url) + "\n" + std::string(version ? version->value() : "")).second) {
      visit.Error("invariant", "the fullUrl \"" + std::string(url) + "\" stands twice; entries differ in fullUrl or meta.versionId (bdl-7)", &entry);
    }
  }
}

}  // namespace

Rule BundleEntries() {
  return {.name = "bundle_entries", .resource = Run, .shape = nullptr, .object = nullptr, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
