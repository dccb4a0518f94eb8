// The order is that of who refers to whom; references are known beforehand, for they come from keys.
#include "adapters/council/cld/to_fhir.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/council/cld/keys.h"
#include "adapters/council/cld/source_tree.h"
#include "fhir/mapping/engine.h"

namespace adapters::council::cld {

using fhir::Element;
using fhir::Result;
using fhir::Severity;

namespace {

using enum Column;

// Columns of an event that its model has under another name, as concepts.
struct ConceptField {
  Column column;
  std::string_view name;
};
constexpr std::array<ConceptField, 8> kEventConcepts = {{{kRouteOfAccess, "routeOfAccess"},
                                                         {kAssessmentType, "assessmentType"},
                                                         {kEligibleNeeds, "eligibleNeeds"},
                                                         {kMethodOfAssessment, "methodOfAssessment"},
                                                         {kReviewReason, "reviewReason"},
                                                         {kReviewOutcomes, "reviewOutcomes"},
                                                         {kMethodOfReview, "methodOfReview"},
                                                         {kServiceType, "serviceType"}}};

class Builder {
 public:
  Builder(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage, fhir::IssueSink& outcome)
      : input_(input), lists_(input.maps.lists()), target_(target), coverage_(coverage), outcome_(outcome) {
    patient_ = UuidOf("Patient", PersonSystemOf(input.scope), input.person);
    council_ = UuidOf("Organization", kCouncilSystem, input.scope);
  }

  Result<std::vector<Output>> Make() {
    TRY(MakePatient());
    for (const Shared& need : input_.picture.needs) {
      TRY(MakeNeed(need));
    }
    for (const Shared& budget : input_.picture.budgets) {
      TRY(MakeBudget(budget));
    }
    for (const Run& run : input_.picture.runs) {
      TRY(MakeFact(run));
    }
    for (const Shared& person : input_.picture.cared_for) {
      TRY(MakeCarer(person));
    }
    for (const Placed& placed : input_.picture.events) {
      TRY(MakeEvent(placed));
    }
    TRY(MakePlan());
    return std::move(outputs_);
  }

 private:
  // Maps the tree and keeps the resource under its identifier.
  Result<Element*> Keep(SourceTree& tree, std::string_view group, std::string_view type, const std::string& kind, std::string_view value) {
    const Translation& translation = input_.maps.Of(group);
    fhir::schema::Bind(*tree.root(), input_.maps.registry(), translation.model);
    fhir::IssueSink issues(100);
    fhir::mapping::TransformContext context;
    context.issues = &issues;
    fhir::mapping::Coverage coverage;   // its own first: the engine looks through all that was noted
    context.coverage = &coverage;
    const Element* sources[] = {tree.root()};
    TRY_ASSIGN(Element * made, fhir::mapping::Transform(input_.maps.set(), *translation.group, sources, target_, context));
    for (const auto& pair : coverage.pairs()) coverage_.Note(pair.leaf, pair.target);
    for (const fhir::Issue& issue : issues.issues()) {
      // A code without an equal in another list stands in its own all the same.
      if (issue.code != "code-invalid") outcome_.Report(Severity::kWarning, issue.code, issue.text);
    }
    const std::string system = SystemOf(kind, input_.scope);
    outputs_.push_back({std::string(type), system, std::string(value), UuidOf(type, system, value), made});
    return made;
  }

  std::string Uuid(std::string_view type, const std::string& kind, std::string_view value) const {
    return UuidOf(type, SystemOf(kind, input_.scope), value);
  }
  std::string PatientUuid(std::string_view person) const { return UuidOf("Patient", PersonSystemOf(input_.scope), person); }
  std::string CarerKey(std::string_view cared_for) const { return KeyPart(cared_for) + "/" + KeyPart(input_.person); }

  Result<void> MakePatient() {
    SourceTree tree(lists_);
    Element* root = tree.root();
    const auto value = [&](Column column) -> const Value& { return input_.picture.person[static_cast<std::size_t>(column)]; };
    const auto text = [&](std::string_view name, Column column) { tree.Text(root, name, value(column).text, LeafOf(value(column).line, column)); };
    const auto concept_of = [&](std::string_view name, Column column) {
      tree.Concept(root, name, column, value(column).text, LeafOf(value(column).line, column));
    };
    tree.Identifier(root, PersonSystemOf(input_.scope), input_.person, LeafOf(value(kPersonId).line, kPersonId));
    tree.Reference(root, "council", council_);
    text("nhsNumber", kNhsNumber);
    text("firstName", kFirstName);
    text("lastName", kLastName);
    concept_of("gender", kGender);
    concept_of("ethnicity", kEthnicity);
    text("birthDate", kDateOfBirth);
    text("deathDate", kDateOfDeath);
    text("postcode", kPostcode);
    text("practiceName", kGpPracticeName);
    text("practiceCode", kGpPracticeCode);
    for (const Shared& person : input_.picture.cared_for) tree.Reference(root, "carer", Uuid("RelatedPerson", "cld-carer", CarerKey(person.key)));
    TRY(Keep(tree, "Person", "Patient", "la-person-id", input_.person));
    return {};
  }

  Result<void> MakeNeed(const Shared& need) {
    SourceTree tree(lists_);
    tree.Identifier(tree.root(), SystemOf("cld-need", input_.scope), need.key);
    tree.Reference(tree.root(), "subject", patient_);
    tree.Concept(tree.root(), "reason", kPrimarySupportReason, need.value.text, LeafOf(need.value.line, kPrimarySupportReason));
    TRY(Keep(tree, "Need", "Condition", "cld-need", need.key));
    return {};
  }

  Result<void> MakeBudget(const Shared& budget) {
    SourceTree tree(lists_);
    tree.Identifier(tree.root(), SystemOf("cld-account", input_.scope), budget.key);
    tree.Reference(tree.root(), "subject", patient_);
    tree.Reference(tree.root(), "council", council_);
    tree.Concept(tree.root(), "mechanism", kDeliveryMechanism, budget.value.text, LeafOf(budget.value.line, kDeliveryMechanism));
    TRY(Keep(tree, "Budget", "Account", "cld-account", budget.key));
    return {};
  }

  Result<void> MakeFact(const Run& run) {
    SourceTree tree(lists_);
    const std::string key = KeyPart(input_.person) + "/" + std::string(FactsOf(run.column).code) + "/" + run.first;
    tree.Identifier(tree.root(), SystemOf("cld-fact", input_.scope), key);
    tree.Reference(tree.root(), "subject", patient_);
    tree.Text(tree.root(), "column", FactsOf(run.column).code);
    Element* period = tree.Add(tree.root(), "period");
    tree.Text(period, "start", run.first);
    tree.Text(period, "end", run.last);
    tree.Concept(tree.root(), "value", run.column, run.value.text, LeafOf(run.value.line, run.column));
    TRY(Keep(tree, "Fact", "Observation", "cld-fact", key));
    return {};
  }

  Result<void> MakeCarer(const Shared& person) {
    SourceTree tree(lists_);
    tree.Identifier(tree.root(), SystemOf("cld-carer", input_.scope), CarerKey(person.key));
    tree.Reference(tree.root(), "caredFor", PatientUuid(person.key));
    TRY(Keep(tree, "Carer", "RelatedPerson", "cld-carer", CarerKey(person.key)));
    return {};
  }

  struct Kind {
    std::string_view group, type, status;
  };
  static Kind KindOf(const Placed& placed) {
    const std::string& type = placed.said->event[kEventType];
    const bool withdrawn = placed.said->event.withdrawn;
    if (type == "Request") return {"Request", "ServiceRequest", withdrawn ? "entered-in-error" : "completed"};
    if (type != "Service") return {"Work", "Task", withdrawn ? "entered-in-error" : "completed"};
    return {"Service", "EpisodeOfCare", withdrawn ? "entered-in-error" : placed.end.empty() ? "active" : "finished"};
  }

  Result<void> MakeEvent(const Placed& placed) {
    const Event& event = placed.said->event;
    const std::uint32_t line = placed.said->line;
    const Kind kind = KindOf(placed);
    SourceTree tree(lists_);
    Element* root = tree.root();
    const auto leaf = [&](Column column) { return LeafOf(line, column); };
    tree.Identifier(root, SystemOf("cld-event", input_.scope), event.key);
    tree.Identifier(root, SystemOf("la-event-reference", input_.scope), event[kEventReference], leaf(kEventReference), "secondary");
    tree.Text(root, "status", kind.status);
    tree.Reference(root, "subject", patient_);
    tree.Reference(root, "council", council_);
    AddSubmitted(tree, event, line);
    tree.Concept(root, "clientType", kClientType, event[kClientType], leaf(kClientType));
    tree.Concept(root, "type", kEventType, event[kEventType], leaf(kEventType));
    Element* period = tree.Add(root, "period");
    tree.Text(period, "start", event[kEventStart], leaf(kEventStart));
    tree.Text(period, "end", placed.end, placed.end == event[kEventEnd] ? leaf(kEventEnd) : 0);
    tree.Text(root, "description", event[kEventDescription], leaf(kEventDescription));
    tree.Concept(root, "outcome", kEventOutcome, event[kEventOutcome], leaf(kEventOutcome));
    for (const ConceptField& field : kEventConcepts) {
      if (HasPlace(event[kEventType], field.column)) tree.Concept(root, field.name, field.column, event[field.column], leaf(field.column));
    }
    if (kind.group == "Service") AddService(tree, event, line);
    if (!placed.need.empty()) tree.Reference(root, "need", Uuid("Condition", "cld-need", placed.need));
    if (!placed.budget.empty()) tree.Reference(root, "account", Uuid("Account", "cld-account", placed.budget));
    AddCaredFor(tree, event, line);
    AddAsGiven(tree, placed, line);
    TRY_ASSIGN(Element * made, Keep(tree, kind.group, kind.type, "cld-event", event.key));
    // The type of the event is the type of the resource; the key says it, too.
    if (const Element* key = made->Walk("identifier", "value")) coverage_.Note(leaf(kEventType), key);
    if (IsCharged(event)) {
      TRY(MakeCharge(placed));
    }
    return {};
  }

  static void AddSubmitted(SourceTree& tree, const Event& event, std::uint32_t line) {
    Element* submitted = tree.Add(tree.root(), "submitted");
    Element* period = tree.Add(submitted, "period");
    tree.Text(period, "start", event.said_by.from, LeafOf(line, kPeriodStart));
    tree.Text(period, "end", event.said_by.to, LeafOf(line, kPeriodEnd));
    if (event.said_by.received_us != 0) tree.Text(submitted, "received", InstantOf(event.said_by.received_us));
  }

  static void AddService(SourceTree& tree, const Event& event, std::uint32_t line) {
    tree.Concept(tree.root(), "serviceComponent", kServiceComponent, event[kServiceComponent], LeafOf(line, kServiceComponent));
    tree.Text(tree.root(), "providerName", event[kProviderName], LeafOf(line, kProviderName));
    tree.Text(tree.root(), "providerId", event[kProviderId], LeafOf(line, kProviderId));
  }

  void AddCaredFor(SourceTree& tree, const Event& event, std::uint32_t line) const {
    for (const Column column : {kAdult1, kAdult2, kAdult3}) {
      if (event[column].empty()) continue;
      Element* cared_for = tree.Add(tree.root(), "caredFor");
      tree.Number(cared_for, "position", std::to_string(1 + static_cast<int>(column) - static_cast<int>(kAdult1)));
      // By identifier as well: the way back is not given other people's Patients.
      Element* reference = tree.Reference(cared_for, "person", PatientUuid(event[column]), LeafOf(line, column));
      tree.Identifier(reference, PersonSystemOf(input_.scope), event[column], LeafOf(line, column));
    }
  }

  static void AddAsGiven(SourceTree& tree, const Placed& placed, std::uint32_t line) {
    for (const AsGiven& given : placed.as_given) {
      Element* as_given = tree.Add(tree.root(), "asGiven");
      tree.Text(as_given, "column", FactsOf(given.column).code);
      tree.Text(as_given, "text", given.text, LeafOf(line, given.column));
    }
  }

  Result<void> MakeCharge(const Placed& placed) {
    const Event& event = placed.said->event;
    const std::uint32_t line = placed.said->line;
    SourceTree tree(lists_);
    Element* root = tree.root();
    tree.Identifier(root, SystemOf("cld-charge", input_.scope), event.key);
    tree.Text(root, "status", event.withdrawn ? "entered-in-error" : "planned");
    tree.Reference(root, "subject", patient_);
    tree.Reference(root, "service", Uuid("EpisodeOfCare", "cld-event", event.key));
    tree.Reference(root, "account", Uuid("Account", "cld-account", placed.budget));
    const bool has_component = !event[kServiceComponent].empty();
    const Column code = has_component ? kServiceComponent : kServiceType;
    tree.Concept(root, "code", code, event[code], LeafOf(line, code));
    Element* period = tree.Add(root, "period");
    tree.Text(period, "start", event[kEventStart]);
    tree.Text(period, "end", placed.end);
    tree.Number(root, "unitCost", event[kUnitCost], LeafOf(line, kUnitCost));
    tree.Concept(root, "frequency", kCostFrequency, event[kCostFrequency], LeafOf(line, kCostFrequency));
    tree.Number(root, "units", event[kPlannedUnits], LeafOf(line, kPlannedUnits));
    TRY_ASSIGN(Element * made, Keep(tree, "Charge", "ChargeItem", "cld-charge", event.key));
    if (!made->Find("code")) MarkAbsent(made, "code");
    return {};
  }

  // What R4 demands and the file does not say.
  void MarkAbsent(Element* resource, std::string_view name) {
    Element* extension = target_.Add(target_.Add(resource, name), "extension", true);
    target_.AddString(extension, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    target_.AddString(extension, "valueCode", "unknown");
  }

  Result<void> MakePlan() {
    SourceTree tree(lists_);
    Element* root = tree.root();
    bool has_service = false, is_open = false;
    const std::string key = KeyPart(input_.person);
    tree.Identifier(root, SystemOf("cld-plan", input_.scope), key);
    tree.Reference(root, "subject", patient_);
    std::vector<std::string_view> needs, budgets;
    for (const Placed& placed : input_.picture.events) {
      const Event& event = placed.said->event;
      if (event[kEventType] != "Service" || event.withdrawn) continue;
      has_service = true;
      is_open = is_open || placed.end.empty();
      if (!placed.need.empty() && std::ranges::find(needs, placed.need) == needs.end()) needs.push_back(placed.need);
      if (!placed.budget.empty() && std::ranges::find(budgets, placed.budget) == budgets.end()) budgets.push_back(placed.budget);
      Element* service = tree.Add(root, "service");
      tree.Text(service, "status", placed.end.empty() ? "in-progress" : "completed");
      tree.Concept(service, "component", kServiceComponent, event[kServiceComponent]);
      tree.Reference(service, "episode", Uuid("EpisodeOfCare", "cld-event", event.key));
    }
    if (!has_service) return {};
    tree.Text(root, "status", is_open ? "active" : "completed");
    for (const std::string_view need : needs) tree.Reference(root, "need", Uuid("Condition", "cld-need", need));
    for (const std::string_view budget : budgets) tree.Reference(root, "account", Uuid("Account", "cld-account", budget));
    TRY(Keep(tree, "Plan", "CarePlan", "cld-plan", key));
    return {};
  }

  const FhirInput& input_;
  const Lists& lists_;
  fhir::Document& target_;
  fhir::mapping::Coverage& coverage_;
  fhir::IssueSink& outcome_;
  std::string patient_, council_;   // uuids
  std::vector<Output> outputs_;
};

}  // namespace

Result<std::vector<Output>> MakeResources(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage,
                                          fhir::IssueSink& outcome) {
  return Builder(input, target, coverage, outcome).Make();
}

}  // namespace adapters::council::cld
