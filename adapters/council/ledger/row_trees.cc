// References are known beforehand: what is stored by its id, what is new by a name out of its key.
#include "adapters/council/ledger/row_trees.h"

#include <algorithm>

#include "adapters/base/keys.h"

namespace adapters::council::ledger {

using fhir::Element;
using enum Field;

RowTrees::RowTrees(const FhirInput& input) : input_(input), scope_(input.part.scope) {
  for (std::size_t i = 0; i < input.lines.size(); ++i) {
    const Line& line = input.lines[i];
    if (!line.id().empty()) (line.facts.record == Record::kBudget ? budgets_ : keys_).emplace(line.id(), i + 1);
  }
}

const Line& RowTrees::At(std::size_t line) const { return input_.lines[line - 1]; }

std::string RowTrees::Uuid(std::string_view type, std::string_view system, std::string_view value) const { return "urn:uuid:" + UuidOf(type, system, value); }

std::string RowTrees::IdOf(const Element& resource) { return std::string(resource.resource_type()) + "/" + std::string(resource.ValueOf("id")); }

void RowTrees::Refer(SourceTree& tree, std::string_view name, const std::string& reference, std::uint32_t leaf) const {
  if (!reference.empty()) tree.Text(tree.Add(tree.root(), name), "reference", reference, leaf);
}

std::string RowTrees::Patient() const { return input_.stored.patient() ? IdOf(*input_.stored.patient()) : Uuid("Patient", PersonSystemOf(scope_),
    input_.part.person); }

std::string RowTrees::Council() const { return Uuid("Organization", kCouncilSystem, scope_); }

std::string RowTrees::Account(const std::string& reference) const {
  if (const StoredRow* stood = input_.stored.Budget(reference)) return IdOf(*stood->resource);
  return Uuid("Account", SystemOf("council-budget", scope_), reference);
}

std::string RowTrees::Entry(const std::string& key) const {
  if (const StoredRow* stood = input_.stored.Entry(key)) return IdOf(*stood->resource);
  return Uuid("ChargeItem", SystemOf("ledger-entry", scope_), key);
}

std::string RowTrees::Named(std::string_view type, std::string_view kind, const std::string& value) const {
  const Element* stood = input_.stored.Find(type, SystemOf(kind, scope_), value);
  return stood ? IdOf(*stood) : Uuid(type, SystemOf(kind, scope_), value);
}

void RowTrees::AddConcept(SourceTree& tree, std::string_view name, std::size_t line, Field field) const {
  const Facts& facts = At(line).facts;
  tree.Concept(tree.root(), name, input_.maps.layouts().SystemOf(field), facts[field], facts.words[static_cast<std::size_t>(field)], LeafOf(line, field));
}

void RowTrees::AddText(SourceTree& tree, std::size_t line, Field field) const { tree.Text(tree.root(), FactsOf(field).element, At(line).facts[field],
    LeafOf(line, field)); }

void RowTrees::AddMoney(SourceTree& tree, std::size_t line, Field field) const { tree.Number(tree.root(), FactsOf(field).element, At(line).facts[field],
    LeafOf(line, field)); }

void RowTrees::AddCurrency(SourceTree& tree, std::size_t line) const {
  const std::string& given = At(line).facts[kCurrency];
  tree.Text(tree.root(), "currency", given.empty() ? "GBP" : given, given.empty() ? 0 : LeafOf(line, kCurrency));
}

void RowTrees::AddPeriod(SourceTree& tree, std::size_t line) const {
  Element* period = tree.Add(tree.root(), "period");
  tree.Text(period, "start", At(line).facts[kStart], LeafOf(line, kStart));
  tree.Text(period, "end", At(line).facts[kEnd], LeafOf(line, kEnd));
}

void RowTrees::AddSubmitted(SourceTree& tree, std::size_t line) const {
  const Submission& file = input_.part.file;
  Element* submitted = tree.Add(tree.root(), "submitted");
  Element* period = tree.Add(submitted, "period");
  tree.Text(period, "start", file.from);
  tree.Text(period, "end", file.to, At(line).facts[kAsAt].empty() ? 0 : LeafOf(line, kAsAt));
  if (file.received_us != 0) tree.Text(submitted, "received", InstantOf(file.received_us));
}

void RowTrees::AddEpisode(SourceTree& tree, std::size_t line) const {
  const Facts& facts = At(line).facts;
  if (!facts[kPackage].empty()) {
    // An entry may speak of a package that no planned line has told of.
    const bool planned = std::ranges::any_of(input_.lines, [&](const Line& other) { return other.facts.record == Record::kPackage &&
        other.facts[kPackage] == facts[kPackage]; });
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

void RowTrees::AddLogical(SourceTree& tree, std::string_view name, std::string_view type, const std::string& system, const std::string& value,
    std::uint32_t leaf) const {
  Element* reference = tree.Add(tree.root(), name);
  if (const Element* stood = input_.stored.Find(type, system, value)) tree.Text(reference, "reference", IdOf(*stood));
  Element* identifier = tree.Add(reference, "identifier");
  tree.Text(identifier, "system", system);
  tree.Text(identifier, "value", value, leaf);
}

void RowTrees::AddReturnLine(SourceTree& tree, const std::string& key, std::size_t count) const {
  const auto at = keys_.find(key);
  const Facts& facts = at != keys_.end() ? At(at->second).facts : input_.stored.Entry(key)->facts;
  Element* line = tree.Add(tree.root(), "line");
  tree.Text(line, "id", "line-" + std::to_string(count));
  Element* identifier = tree.Add(line, "key");
  tree.Text(identifier, "system", SystemOf("ledger-entry", scope_));
  tree.Text(identifier, "value", key);
  tree.Text(line, "date", facts[kDate]);
  tree.Number(line, "amount", facts[kAmount]);
  tree.Text(line, "currency", "GBP");
  tree.Concept(line, "service", input_.maps.layouts().SystemOf(kService), facts[kService], facts.words[static_cast<std::size_t>(kService)]);
  tree.Text(line, "payee", facts[kProvider]);
}

}  // namespace adapters::council::ledger
