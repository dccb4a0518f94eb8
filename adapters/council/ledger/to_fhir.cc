// The order is that of who refers to whom.
#include "adapters/council/ledger/to_fhir.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/base/keys.h"
#include "adapters/council/ledger/row_trees.h"

namespace adapters::council::ledger {

using fhir::Element;
using fhir::Result;

namespace {

using enum Field;

constexpr Field kOfReturn[] = {kReturnFrom, kReturnTo, kReturnDue, kReturnReceived};

class Builder : RowTrees {
 public:
  Builder(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage, fhir::IssueSink& outcome)
      : RowTrees(input), target_(target), coverage_(coverage), outcome_(outcome) {}

  Result<std::vector<Output>> Make() {
    TRY(MakePatient());
    for (std::size_t i = 1; i <= input_.lines.size(); ++i) {
      if (At(i).IsWritten() && At(i).facts.record == Record::kBudget) { TRY(MakeBudget(i)); }
    }
    TRY(MakePackages());
    for (std::size_t i = 1; i <= input_.lines.size(); ++i) {
      if (At(i).IsWritten() && At(i).facts.record != Record::kBudget && !At(i).IsReturnAlone()) { TRY(MakeEntry(i)); }
    }
    TRY(MakeReturns());
    return std::move(outputs_);
  }

 private:
  // Maps the tree and keeps the resource under its identifier.
  Result<Element*> Keep(SourceTree& tree, std::string_view group, std::string_view type, std::string_view system, std::string_view value, const Element* stood,
      std::size_t line) {
    TRY_ASSIGN(Element * made, input_.maps.Make(group, tree.root(), target_, coverage_, outcome_));
    outputs_.push_back({std::string(type), std::string(system), std::string(value), UuidOf(type, system, value), made, stood, line});
    if (line != 0 && At(line).facts[kRecord].size() > 0) coverage_.Note(LeafOf(line, kRecord), made->Find("status"));
    return made;
  }

  // A Patient that is there stays the other source's, but for a number that it lacks.
  Result<void> MakePatient() {
    const auto line = std::ranges::find_if(input_.lines, [](const Line& one) { return !one.facts[kNhsNumber].empty(); });
    const bool brings_number = line != input_.lines.end() && input_.stored.nhs_number().empty();
    if (input_.stored.patient() && !brings_number) return {};
    SourceTree tree;
    const std::string system = PersonSystemOf(scope_);
    const std::size_t number = line == input_.lines.end() ? 0 : static_cast<std::size_t>(line - input_.lines.begin()) + 1;
    if (brings_number) tree.Text(tree.root(), "nhsNumber", line->facts[kNhsNumber], LeafOf(number, kNhsNumber));
    tree.Identifier(tree.root(), system, input_.part.person, input_.lines.empty() ? 0 : LeafOf(1, kPerson));
    Refer(tree, "council", Council());
    TRY(Keep(tree, "Person", "Patient", system, input_.part.person, input_.stored.patient(), 0));
    return {};
  }

  Result<void> MakeBudget(std::size_t line) {
    const Facts& facts = At(line).facts;
    const std::string_view stage = StageOf(facts);
    SourceTree tree;
    tree.Identifier(tree.root(), SystemOf("council-budget", scope_), facts[kBudget], LeafOf(line, kBudget));
    tree.Text(tree.root(), "status", stage == "closed" ? "inactive" : stage == "suspended" ? "on-hold" : "active");
    Refer(tree, "subject", Patient());
    AddConcept(tree, "budgetType", line, kBudgetType);
    if (!facts[kParent].empty()) Refer(tree, "parent", Account(facts[kParent]), LeafOf(line, kParent));
    TRY(AddFunder(tree, line));
    tree.Concept(tree.root(), "stage", input_.maps.layouts().SystemOf(kStage), stage, facts.words[static_cast<std::size_t>(kStage)],
        facts[kStage].empty() ? 0 : LeafOf(line, kStage));
    AddConcept(tree, "mechanism", line, kMechanism);
    AddConcept(tree, "rightToHave", line, kRightToHave);
    AddPeriod(tree, line);
    AddMoney(tree, line, kIndicative);
    AddMoney(tree, line, kAgreed);
    AddCurrency(tree, line);
    for (const Field field : {kOverPolicy, kReviewDue, kDescription}) AddText(tree, line, field);
    AddSubmitted(tree, line);
    const StoredRow* stood = input_.stored.Budget(facts[kBudget]);
    TRY(Keep(tree, "Budget", "Account", SystemOf("council-budget", scope_), facts[kBudget], stood ? stood->resource : nullptr, line));
    return MakeAgreement(line);
  }

  // "council", "cassr:211" or "ods:QWO".
  Result<void> AddFunder(SourceTree& tree, std::size_t line) {
    const std::string& funder = At(line).facts[kFunder];
    if (funder.empty()) return {};
    if (funder == "council") {
      Refer(tree, "funder", Council(), LeafOf(line, kFunder));
      return {};
    }
    const std::string_view system = funder.starts_with("ods:") ? kOdsSystem : kCouncilSystem;
    const std::string code = funder.substr(funder.find(':') + 1);
    Refer(tree, "funder", Uuid("Organization", system, code), LeafOf(line, kFunder));
    if (!funders_.insert(funder).second) return {};
    Element* organization = target_.NewResource("Organization");
    Element* identifier = target_.Add(organization, "identifier", true);
    target_.AddString(identifier, "system", system);
    target_.AddString(identifier, "value", code);
    target_.AddBoolean(organization, "active", true);
    outputs_.push_back({"Organization", std::string(system), code, UuidOf("Organization", system, code), organization, nullptr, 0});
    return {};
  }

  // A package that lines name: from the first day of any of them to the last; its service is the first line's.
  Result<void> MakePackages() {
    struct Package {
      std::vector<const Facts*> lines;
      std::size_t line = 0;          // of the file
      bool changes = false;
    };
    std::map<std::string, Package> packages;
    for (const auto& [key, stood] : input_.stored.entries()) {
      if (stood.facts.record != Record::kPackage || stood.facts[kPackage].empty()) continue;
      const auto at = keys_.find(key);
      const bool replaced = at != keys_.end() && At(at->second).IsWritten();
      if (!replaced) packages[stood.facts[kPackage]].lines.push_back(&stood.facts);
    }
    for (std::size_t i = 1; i <= input_.lines.size(); ++i) {
      const Facts& facts = At(i).facts;
      if (!At(i).IsWritten() || facts.record != Record::kPackage || facts[kPackage].empty()) continue;
      Package& package = packages[facts[kPackage]];
      package.lines.push_back(&facts);
      package.changes = package.changes || At(i).fate != Fate::kConfirmed;
      if (package.line == 0) package.line = i;
    }
    for (const auto& [reference, package] : packages) {
      if (package.changes) { TRY(MakePackage(reference, package.lines, package.line)); }
    }
    return {};
  }

  Result<void> MakePackage(const std::string& reference, std::vector<const Facts*> lines, std::size_t line) {
    std::ranges::sort(lines, {}, [](const Facts* facts) { return std::pair((*facts)[kStart], (*facts)[kKey]); });
    const bool open = std::ranges::any_of(lines, [](const Facts* facts) { return (*facts)[kEnd].empty(); });
    const Facts* last = *std::ranges::max_element(lines, {}, [](const Facts* facts) { return (*facts)[kEnd]; });
    const std::string end = open ? std::string() : (*last)[kEnd];
    const std::string system = SystemOf("council-package", scope_);
    SourceTree tree;
    tree.Identifier(tree.root(), system, reference, LeafOf(line, kPackage));
    tree.Text(tree.root(), "status", end.empty() || end >= input_.part.file.to ? "active" : "finished");
    tree.Concept(tree.root(), "service", input_.maps.layouts().SystemOf(kService), (*lines.front())[kService],
        lines.front()->words[static_cast<std::size_t>(kService)]);
    Refer(tree, "subject", Patient());
    Refer(tree, "council", Council());
    Element* period = tree.Add(tree.root(), "period");
    tree.Text(period, "start", (*lines.front())[kStart]);
    tree.Text(period, "end", end);
    std::set<std::string> accounts;
    for (const Facts* facts : lines) accounts.insert(Account((*facts)[kBudget]));
    for (const std::string& account : accounts) tree.Text(tree.Add(tree.root(), "account"), "reference", account);
    TRY(Keep(tree, "Package", "EpisodeOfCare", system, reference, input_.stored.Find("EpisodeOfCare", system, reference), 0));
    return {};
  }

  Result<void> MakeEntry(std::size_t line) {
    const Facts& facts = At(line).facts;
    const bool planned = facts.record == Record::kPackage;
    SourceTree tree;
    tree.Identifier(tree.root(), SystemOf("ledger-entry", scope_), facts[kKey], LeafOf(line, kKey));
    tree.Text(tree.root(), "status", planned ? "planned" : "billable");
    Refer(tree, "subject", Patient());
    if (planned) AddSubmitted(tree, line);
    if (facts.record == Record::kPayment) {
      AddConcept(tree, "kind", line, kKind);
    } else {
      tree.Concept(tree.root(), "kind", input_.maps.layouts().SystemOf(kKind), planned ? "planned" : "spend", {});
    }
    AddConcept(tree, "mechanism", line, kMechanism);
    AddConcept(tree, "service", line, kService);
    AddConcept(tree, "frequency", line, kFrequency);
    for (const Field field : {kProvider, kDate, kDescription}) AddText(tree, line, field);
    for (const Field field : {kUnitPrice, kAmount, kQuantity}) AddMoney(tree, line, field);
    AddCurrency(tree, line);
    if (planned) AddPeriod(tree, line);
    for (const Field field : {kReverses, kMeets}) {
      if (!facts[field].empty()) Refer(tree, "partOf", Entry(facts[field]), LeafOf(line, field));
    }
    AddEpisode(tree, line);
    if (!facts[kGoal].empty()) AddLogical(tree, "goal", "Goal", SystemOf("council-goal", scope_), facts[kGoal], LeafOf(line, kGoal));
    Refer(tree, "account", Account(facts[kBudget]), LeafOf(line, kBudget));
    const StoredRow* stood = input_.stored.Entry(facts[kKey]);
    TRY(Keep(tree, "Entry", "ChargeItem", SystemOf("ledger-entry", scope_), facts[kKey], stood ? stood->resource : nullptr, line));
    return {};
  }

  // The agreement on direct payments, once its signature is known; what was signed does not change.
  Result<void> MakeAgreement(std::size_t line) {
    const Facts& facts = At(line).facts;
    const std::string system = SystemOf("council-agreement", scope_);
    if (facts[kSignedOn].empty() || input_.stored.Find("Contract", system, facts[kBudget])) return {};
    SourceTree tree;
    tree.Identifier(tree.root(), system, facts[kBudget]);
    Refer(tree, "subject", Patient());
    Refer(tree, "council", Council());
    Refer(tree, "account", Account(facts[kBudget]));
    AddPeriod(tree, line);
    AddText(tree, line, kSignedOn);
    AddText(tree, line, kSignedBy);
    TRY(Keep(tree, "Agreement", "Contract", system, facts[kBudget], nullptr, 0));
    return {};
  }

  // A return with all its lines, those of earlier files too. A line says the same of its return as all others.
  Result<void> MakeReturns() {
    std::map<std::string, std::size_t> returns;
    for (std::size_t i = 1; i <= input_.lines.size(); ++i) {
      if (At(i).facts.record == Record::kReturn && (At(i).IsWritten() || TellsMore(At(i).facts, input_.stored))) returns.emplace(At(i).facts[kReturn], i);
    }
    for (const auto& [reference, line] : returns) {
      Facts facts = At(line).facts;
      if (const auto& stood = input_.stored.Return(reference)) {
        for (const Field field : kOfReturn) facts[field] = facts[field].empty() ? (*stood)[field] : facts[field];
      }
      const std::string system = SystemOf("direct-payment-return", scope_);
      SourceTree tree;
      tree.Identifier(tree.root(), system, reference, LeafOf(line, kReturn));
      tree.Text(tree.root(), "status", facts[kReturnReceived].empty() ? "requested" : "completed");
      Refer(tree, "subject", Patient());
      Refer(tree, "council", Council());
      Refer(tree, "account", Account(facts[kBudget]));
      Element* period = tree.Add(tree.root(), "period");
      tree.Text(period, "start", facts[kReturnFrom], LeafOf(line, kReturnFrom));
      tree.Text(period, "end", facts[kReturnTo], LeafOf(line, kReturnTo));
      tree.Text(tree.root(), "due", facts[kReturnDue], LeafOf(line, kReturnDue));
      tree.Text(tree.root(), "received", facts[kReturnReceived], LeafOf(line, kReturnReceived));
      std::set<std::string> keys;
      for (const auto& [key, stood] : input_.stored.entries()) {
        if (stood.facts[kReturn] == reference) keys.insert(key);
      }
      for (const Line& other : input_.lines) {
        if (other.facts.record == Record::kReturn && other.facts[kReturn] == reference && !other.IsReturnAlone()) keys.insert(other.facts[kKey]);
      }
      std::size_t count = 0;
      for (const std::string& key : keys) AddReturnLine(tree, key, ++count);
      TRY(Keep(tree, "Return", "Task", system, reference, input_.stored.Find("Task", system, reference), 0));
      for (std::size_t i = 1; i <= input_.lines.size(); ++i) {
        if (At(i).IsReturnAlone() && At(i).facts[kReturn] == reference) coverage_.Note(LeafOf(i, kRecord), outputs_.back().resource->Find("status"));
      }
    }
    return {};
  }

  fhir::Document& target_;
  fhir::mapping::Coverage& coverage_;
  fhir::IssueSink& outcome_;
  std::set<std::string> funders_;
  std::vector<Output> outputs_;
};

}  // namespace

Result<std::vector<Output>> MakeResources(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage, fhir::IssueSink& outcome) {
  return Builder(input, target, coverage, outcome).Make();
}

}  // namespace adapters::council::ledger
