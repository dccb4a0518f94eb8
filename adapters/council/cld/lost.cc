// The table of what the way in adds by itself, and the search for the rest.
#include "adapters/council/cld/lost.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "adapters/council/cld/keys.h"

namespace adapters::council::cld {

using fhir::Element;
using fhir::Severity;

namespace {

// What the way in writes beside the cells: the path without indexes, and the value; empty: any, as it depends on
// what else is there (NameContradictions looks at some).
struct Added {
  std::string_view path, value;
};
constexpr Added kAdded[] = {
    {"Patient.managingOrganization", ""},
    {"Patient.link", ""},
    {"Patient.active", "true"},
    {"ServiceRequest.status", ""},
    {"ServiceRequest.intent", "order"},
    {"ServiceRequest.subject", ""},
    {"ServiceRequest.authoredOn", ""},
    {"ServiceRequest.reasonReference", ""},
    {"ServiceRequest.performer", ""},
    {"Task.status", ""},
    {"Task.intent", "order"},
    {"Task.for", ""},
    {"Task.owner", ""},
    {"Task.reasonReference", ""},
    {"Task.input.type", ""},
    {"Task.output.type", ""},
    {"EpisodeOfCare.status", ""},
    {"EpisodeOfCare.patient", ""},
    {"EpisodeOfCare.managingOrganization", ""},
    {"EpisodeOfCare.diagnosis.condition", ""},
    {"EpisodeOfCare.account", ""},
    {"ChargeItem.status", ""},
    {"ChargeItem.code", ""},
    {"ChargeItem.subject", ""},
    {"ChargeItem.context", ""},
    {"ChargeItem.account", ""},
    {"ChargeItem.occurrenceTiming.repeat", ""},
    {"ChargeItem.extension.valueMoney.currency", "GBP"},
    {"Observation.status", "final"},
    {"Observation.category", ""},
    {"Observation.code", ""},
    {"Observation.subject", ""},
    {"Observation.effectivePeriod", ""},
    {"Condition.category", ""},
    {"Condition.subject", ""},
    {"Account.status", "active"},
    {"Account.type", ""},
    {"Account.subject", ""},
    {"Account.owner", ""},
    {"CarePlan.status", ""},
    {"CarePlan.intent", "plan"},
    {"CarePlan.category", ""},
    {"CarePlan.subject", ""},
    {"CarePlan.addresses", ""},
    {"CarePlan.supportingInfo", ""},
    {"CarePlan.activity.detail.extension", ""},
    {"CarePlan.activity.detail.code", ""},
    {"CarePlan.activity.detail.status", ""},
    {"RelatedPerson.active", "true"},
    {"RelatedPerson.patient", ""},
};
// Code systems in which the way in says a second time what a code of the file says.
constexpr std::string_view kSaidAgain[] = {"UKCore-EthnicCategory", "https://careloom.example/fhir/CodeSystem/delivery-mechanism"};
constexpr std::string_view kReviewOfCarePlan = "425268008";   // SNOMED CT
// Extensions of ours that are marks of the way in, or that are read beside the maps.
constexpr std::string_view kMarks[] = {"as-submitted", "as-given", "charge-kind"};

bool IsAdded(const Element& element) {
  const std::string path = fhir::RulePathOf(element);
  return std::ranges::any_of(kAdded, [&](const Added& added) { return added.path == path && (added.value.empty() || added.value == element.value()); });
}

bool GoesWithoutSaying(const Element& element) {
  const std::string_view parent = element.parent ? element.parent->name : std::string_view();
  if (element.parent && element.parent->is_resource && (element.name == "id" || element.name == "meta")) return true;
  if (element.name == "identifier") return element.ValueOf("system").starts_with(kBase);
  if (element.name == "url") return parent == "extension" || parent == "modifierExtension";
  if (element.name == "system" || element.name == "display") return parent == "coding" || parent == "identifier";
  if (element.name == "use") return parent == "identifier";
  // The position of a person cared for; where it is none of three, the person is not carried either.
  if (element.name == "valuePositiveInt" || (element.name == "extension" && element.Find("valuePositiveInt"))) return true;
  if (element.name == "coding") {
    const std::string_view system = element.ValueOf("system");
    const auto is_said = [&](std::string_view again) { return system.find(again) != std::string_view::npos; };
    return element.ValueOf("code") == kReviewOfCarePlan || std::ranges::any_of(kSaidAgain, is_said);
  }
  if (element.name == "extension" && element.ValueOf("url").starts_with(kBase)) {
    const std::string_view url = element.ValueOf("url");
    return std::ranges::any_of(kMarks, [&](std::string_view mark) { return url.ends_with(mark); });
  }
  return false;
}

// Something in it stands in a cell, or is the way in's own.
bool AnyAccountedFor(const Element& element, const std::vector<bool>& carried) {
  if (element.leaf < carried.size() && carried[element.leaf]) return true;
  if (IsAdded(element)) return true;
  for (const Element& child : fhir::Children(element)) {
    if (AnyAccountedFor(child, carried)) return true;
  }
  return false;
}

bool AnyLeaf(const Element& element) {
  if (element.leaf != 0) return true;
  for (const Element& child : fhir::Children(element)) {
    if (AnyLeaf(child)) return true;
  }
  return false;
}

void NameIn(const Element& element, const std::vector<bool>& carried, const Element& resource, fhir::IssueSink& outcome) {
  for (const Element& child : fhir::Children(element)) {
    if (GoesWithoutSaying(child) || IsAdded(child)) continue;
    if (AnyAccountedFor(child, carried)) {
      NameIn(child, carried, resource, outcome);
    } else if (AnyLeaf(child)) {
      outcome.Report(Severity::kWarning, "not-supported",
                     "A council's file has no column for this element of " + std::string(resource.resource_type()) + "/" +
                         std::string(resource.ValueOf("id")) + "; it was left out.",
                     fhir::PathOf(child));
    }
  }
}

// The status that the way in gives.
std::string_view StatusOf(const Element& resource, const Event& event) {
  const std::string_view type = resource.resource_type();
  if (event.withdrawn) return "entered-in-error";
  if (type == "EpisodeOfCare") return resource.Walk("period", "end") ? "finished" : "active";
  return type == "ChargeItem" ? "planned" : "completed";
}

void NameStatus(const Element& resource, const Event& event, fhir::IssueSink& outcome) {
  const Element* status = resource.Find("status");
  if (!status || status->value() == StatusOf(resource, event)) return;
  outcome.Report(Severity::kWarning, "not-supported",
                 "A council's file has no column for the status '" + std::string(status->value()) + "' of " + std::string(resource.resource_type()) + "/" +
                     std::string(resource.ValueOf("id")) + "; the row says what its dates say.",
                 fhir::PathOf(*status));
}

}  // namespace

void NameLost(const Element& resource, const std::vector<bool>& carried, fhir::IssueSink& outcome) { NameIn(resource, carried, resource, outcome); }

void NameContradictions(const Element& resource, const Element* charge, const Event& event, fhir::IssueSink& outcome) {
  NameStatus(resource, event, outcome);
  for (const std::string_view one : {"diagnosis", "reasonReference", "account"}) {
    const Element* first = resource.Find(one);
    if (const Element* second = first ? first->NextRepeat() : nullptr) {
      outcome.Report(Severity::kWarning, "not-supported", "A council's file has room for one " + std::string(one) + " of an event; the others were left out.",
                     fhir::PathOf(*second));
    }
  }
  const Element* authored = resource.Find("authoredOn");
  if (authored && resource.resource_type() == "ServiceRequest" && authored->value() != event[Column::kEventStart]) {
    outcome.Report(Severity::kWarning, "not-supported", "A request's authoredOn has no column of its own; the row's Event Start Date is the occurrence's.",
                   fhir::PathOf(*authored));
  }
  if (!charge) return;
  NameStatus(*charge, event, outcome);
  const Element* code = charge->Walk("code", "coding", "code");
  const Element* component = nullptr;
  for (const Element& type : fhir::Repeats(resource, "type")) {
    const Element* coding = type.Find("coding");
    if (!component && coding && coding->ValueOf("system").ends_with("cld-service-component")) component = coding->Find("code");
  }
  if (code && (!component || component->value() != code->value())) {
    outcome.Report(Severity::kWarning, "not-supported", "The charge's code is not the service component of its EpisodeOfCare, which is what the row says.",
                   fhir::PathOf(*code));
  }
}

}  // namespace adapters::council::cld
