// References are known beforehand: what is stored by its id, what is new by a name out of its key.
#include "adapters/council/ledger/to_fhir.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/base/keys.h"
#include "adapters/base/nhs_number.h"
#include "adapters/base/source_tree.h"

namespace adapters::council::ledger {

using fhir::Element;
using fhir::Result;

namespace {

using enum Field;

constexpr Field kOfReturn[] = {kReturnFrom, kReturnTo, kReturnDue, kReturnReceived};

class Builder {
 public:
  Builder(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage, fhir::IssueSink& outcome)
      : input_(input), scope_(input.part.scope), target_(target), coverage_(coverage), outcome_(outcome) {}

  Result<std::vector<Output>> Make() {
    for (std::size_t i = 0; i < input_.lines.size(); ++i) {
      const Line& line = input_.lines[i];
      if (!line.id().empty()) (line.facts.record == Record::kBudget ? budgets_ : keys_).emplace(line.id(), i + 1);
    }
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
  const Line& At(std::size_t line) const { return input_.lines[line - 1]; }
  std::string Uuid(std::string_view type, std::string_view system, std::string_view value) const { return "urn:uuid:" + UuidOf(type, system, value); }
  static std::string IdOf(const Element& resource) { return std::string(resource.resource_type()) + "/" + std::string(resource.ValueOf("id")); }

  void Refer(SourceTree& tree, std::string_view name, const std::string& reference, std::uint32_t leaf = 0) const {
    if (!reference.empty()) tree.Text(tree.Add(tree.root(), name), "reference", reference, leaf);
  }
  std::string Patient() const { return input_.stored.patient() ? IdOf(*input_.stored.patient()) : Uuid("Patient", PersonSystemOf(scope_), input_.part.person); }
  std::string Council() const { return Uuid("Organization", kCouncilSystem, scope_); }
  std::string Account(const std::string& reference) const {
    if (const StoredRow* stood = input_.stored.Budget(reference)) return IdOf(*stood->resource);
    return Uuid("Account", SystemOf("council-budget", scope_), reference);
  }
  std::string Entry(const std::string& key) const {
    if (const StoredRow* stood = input_.stored.Entry(key)) return IdOf(*stood->resource);
    return Uuid("ChargeItem", SystemOf("ledger-entry", scope_), key);
  }
  std::string Named(std::string_view type, std::string_view kind, const std::string& value) const {
    const Element* stood = input_.stored.Find(type, SystemOf(kind, scope_), value);
    return stood ? IdOf(*stood) : Uuid(type, SystemOf(kind, scope_), value);
  }

  // Maps the tree and keeps the resource under its identifier.
  Result<Element*> Keep(SourceTree& tree, std::string_view group, std::string_view type, std::string_view system, std::string_view value, const Element* stood, std::size_t line) {
    TRY_ASSIGN(Element * made, input_.maps.Make(group, tree.root(), target_, coverage_, outcome_));
    outputs_.push_back({std::string(type), std::string(system), std::string(value), UuidOf(type, system, value), made, stood, line});
    if (line != 0 && At(line).facts[kRecord].size() > 0) coverage_.Note(LeafOf(line, kRecord), made->Find("status"));
    return made;
  }

  void AddConcept(SourceTree& tree, std::string_view name, std::size_t line, Field field) const {
    const Facts& facts = At(line).facts;
    tree.Concept(tree.root(), name, CodeSystemOf(field), facts[field], facts.words[static_cast<std::size_t>(field)], LeafOf(line, field));
  }
  void AddText(SourceTree& tree, std::size_t line, Field field) const { tree.Text(tree.root(), FactsOf(field).element, At(line).facts[field], LeafOf(line, field)); }
  void AddMoney(SourceTree& tree, std::size_t line, Field field) const { tree.Number(tree.root(), FactsOf(field).element, At(line).facts[field], LeafOf(line, field)); }

  void AddCurrency(SourceTree& tree, std::size_t line) const {
    const std::string& given = At(line).facts[kCurrency];
    tree.Text(tree.root(), "currency", given.empty() ? "GBP" : given, given.empty() ? 0 : LeafOf(line, kCurrency));
  }

  void AddPeriod(SourceTree& tree, std::size_t line) const {
    Element* period = tree.Add(tree.root(), "period");
    tree.Text(period, "start", At(line).facts[kStart], LeafOf(line, kStart));
    tree.Text(period, "end", At(line).facts[kEnd], LeafOf(line, kEnd));
  }

  void AddSubmitted(SourceTree& tree, std::size_t line) const {
    const Submission& file = input_.part.file;
    Element* submitted = tree.Add(tree.root(), "submitted");
    Element* period = tree.Add(submitted, "period");
    tree.Text(period, "start", file.from);
    tree.Text(period, "end", file.to, At(line).facts[kAsAt].empty() ? 0 : LeafOf(line, kAsAt));
    if (file.received_us != 0) tree.Text(submitted, "received", InstantOf(file.received_us));
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
    tree.Concept(tree.root(), "stage", CodeSystemOf(kStage), stage, facts.words[static_cast<std::size_t>(kStage)], facts[kStage].empty() ? 0 : LeafOf(line, kStage));
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
    tree.Concept(tree.root(), "service", CodeSystemOf(kService), (*lines.front())[kService], lines.front()->words[static_cast<std::size_t>(kService)]);
    Refer(tree, "subject", Patient());
    Refer(tree, "council", Council());
    Element* period = tree.Add(tree.root(), "period");
    tree.Text(period, "start", (*lines.front())[kStart]);
    tree.Text(period, "end", end);
    std::set<std::string> accounts;
    for (const Facts* facts : lines) accounts.insert(Account((*facts)[kBudget]));
    for (const std::string& account : accounts) tree.Text(Under(tree, "account"), "reference", account);
    TRY(Keep(tree, "Package", "EpisodeOfCare", system, reference, input_.stored.Find("EpisodeOfCare", system, reference), 0));
    return {};
  }
  static Element* Under(SourceTree& tree, std::string_view name) { return tree.Add(tree.root(), name); }

  void AddEpisode(SourceTree& tree, std::size_t line) const {
    const Facts& facts = At(line).facts;
    if (!facts[kPackage].empty()) {
      // An entry may speak of a package that no planned line has told of.
      const bool planned = std::ranges::any_of(input_.lines, [&](const Line& other) { return other.facts.record == Record::kPackage && other.facts[kPackage] == facts[kPackage]; });
      const std::string system = SystemOf("council-package", scope_);
      if (planned || input_.stored.Find("EpisodeOfCare", system, facts[kPackage])) {
        Refer(tree, "episode", Named("EpisodeOfCare", "council-package", facts[kPackage]), LeafOf(line, kPackage));
      } else {
        AddLogical(tree, "episode", "EpisodeOfCare", system, facts[kPackage], LeafOf(line, kPackage));
      }
    } else if (!facts[kEventReference].empty()) {
      AddLogical(tree, "episode", "EpisodeOfCare", SystemOf("la-event-reference", scope_), facts[kEventReference], LeafOf(line, kEventReference));
    }
  }

  // By identifier, and by id where exactly one such resource of the person is stored.
  void AddLogical(SourceTree& tree, std::string_view name, std::string_view type, const std::string& system, const std::string& value, std::uint32_t leaf) const {
    Element* reference = tree.Add(tree.root(), name);
    if (const Element* stood = input_.stored.Find(type, system, value)) tree.Text(reference, "reference", IdOf(*stood));
    Element* identifier = tree.Add(reference, "identifier");
    tree.Text(identifier, "system", system);
    tree.Text(identifier, "value", value, leaf);
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
      tree.Concept(tree.root(), "kind", CodeSystemOf(kKind), planned ? "planned" : "spend", {});
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

  void AddReturnLine(SourceTree& tree, const std::string& key, std::size_t count) const {
    const auto at = keys_.find(key);
    const Facts& facts = at != keys_.end() ? At(at->second).facts : input_.stored.Entry(key)->facts;
    Element* line = Under(tree, "line");
    tree.Text(line, "id", "line-" + std::to_string(count));
    Element* identifier = tree.Add(line, "key");
    tree.Text(identifier, "system", SystemOf("ledger-entry", scope_));
    tree.Text(identifier, "value", key);
    tree.Text(line, "date", facts[kDate]);
    tree.Number(line, "amount", facts[kAmount]);
    tree.Text(line, "currency", "GBP");
    tree.Concept(line, "service", CodeSystemOf(kService), facts[kService], facts.words[static_cast<std::size_t>(kService)]);
    tree.Text(line, "payee", facts[kProvider]);
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

  const FhirInput& input_;
  const std::string_view scope_;
  fhir::Document& target_;
  fhir::mapping::Coverage& coverage_;
  fhir::IssueSink& outcome_;
  std::map<std::string, std::size_t, std::less<>> budgets_, keys_;   // lines
  std::set<std::string> funders_;
  std::vector<Output> outputs_;
};

}  // namespace

Result<std::vector<Output>> MakeResources(const FhirInput& input, fhir::Document& target, fhir::mapping::Coverage& coverage, fhir::IssueSink& outcome) {
  return Builder(input, target, coverage, outcome).Make();
}

}  // namespace adapters::council::ledger
