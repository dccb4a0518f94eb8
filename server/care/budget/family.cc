// Reading budgets and ledgers from the store.
#include "server/care/budget/family.h"

#include <algorithm>

#include "fhir/json/reader.h"
#include "fhir/schema/read_bound.h"
#include "server/search/parse.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr int kPage = 1000;

// All that meet the criteria, the newest first, a page in memory at a time: `take` gets each.
template <typename Take>
Result<void> Each(const App& app, storage::Reader& reader, std::string_view type, const std::string& criteria, const Take& take) {
  search::ParseOptions options;
  options.criteria_only = true;
  TRY_ASSIGN(search::Query query, search::ParseQuery(type, criteria, *app.registry, *app.extractor, options));
  query.count = kPage;
  do {
    TRY_ASSIGN(storage::SearchPage page, reader.Search(query));
    for (storage::SearchEntry& entry : page.entries) { TRY(take(std::move(entry.version))); }
    query.cursor = std::move(page.next_cursor);
  } while (!query.cursor.empty());
  return {};
}

// The entry of a ChargeItem into `entries`, or why it is none into `unread`; neither of one that is in no ledger.
bool AddEntry(const fhir::Element& charge_item, const std::string& id, std::vector<fhir::money::Entry>& entries, std::vector<Unread>& unread) {
  if (!fhir::money::IsEntry(charge_item)) return false;
  auto entry = fhir::money::ReadEntry(charge_item);
  if (entry) {
    entries.push_back(*std::move(entry));
  } else {
    unread.push_back({"ChargeItem/" + id, entry.error().text() + " (" + entry.error().path() + ")"});
  }
  return entry.has_value();
}

Result<StoredBudget> ToBudget(Found found) {
  const std::string name = "Account/" + found.version.id;
  if (!fhir::money::IsBudget(*found.document.root)) {
    return Error(ErrorKind::kUnprocessable, name + " is no personal budget: its type is not of " + std::string(fhir::money::code_system::kBudgetType) + ".").At("Account.type").WithIssueType("business-rule");
  }
  auto budget = fhir::money::ReadBudget(*found.document.root);
  if (!budget) return Error(ErrorKind::kUnprocessable, name + " cannot be reckoned with: " + budget.error().text() + ".").At(budget.error().path()).WithIssueType(std::string(budget.error().issue_type()));
  return StoredBudget{std::move(found.version), std::move(found.document), *std::move(budget)};
}

}  // namespace

std::vector<const StoredBudget*> Family::Leaves() const {
  std::vector<const StoredBudget*> leaves;
  for (const StoredBudget& part : parts) leaves.push_back(&part);
  if (leaves.empty()) leaves.push_back(&head);
  return leaves;
}

std::string Family::currency() const {
  if (head.budget.agreed) return head.budget.agreed->currency;
  return head.budget.indicative ? head.budget.indicative->currency : std::string(fhir::money::kDefaultCurrency);
}

Result<Found> Load(const App& app, storage::Reader& reader, std::string_view type, std::string_view id) {
  TRY_ASSIGN(storage::Version version, reader.Read(type, id));
  if (version.deleted()) return Error(ErrorKind::kNotFound, std::string(type) + "/" + std::string(id) + " is not here.");
  TRY_ASSIGN(Document document, fhir::schema::ReadBound(version.body, *app.registry));
  return Found{std::move(version), std::move(document)};
}

Result<std::vector<Found>> Search(const App& app, storage::Reader& reader, std::string_view type, const std::string& criteria) {
  std::vector<Found> found;
  TRY(Each(app, reader, type, criteria, [&](storage::Version version) -> Result<void> {
    TRY_ASSIGN(Document document, fhir::schema::ReadBound(version.body, *app.registry));
    found.push_back({std::move(version), std::move(document)});
    return {};
  }));
  std::ranges::sort(found, {}, [](const Found& one) { return one.version.key; });
  return found;
}

Result<StoredBudget> ReadBudget(const App& app, storage::Reader& reader, const std::string& id) {
  TRY_ASSIGN(Found found, Load(app, reader, "Account", id));
  return ToBudget(std::move(found));
}

Result<Family> ReadFamily(const App& app, storage::Reader& reader, const std::string& id) {
  Family family;
  TRY_ASSIGN(family.head, ReadBudget(app, reader, id));
  TRY_ASSIGN(std::vector<Found> parts, Search(app, reader, "Account", "part-of=Account/" + id));
  for (Found& part : parts) {
    TRY_ASSIGN(StoredBudget budget, ToBudget(std::move(part)));
    family.parts.push_back(std::move(budget));
  }
  std::ranges::sort(family.parts, {}, [](const StoredBudget& part) { return part.budget.id; });
  return family;
}

Result<Ledger> ReadLedger(const App& app, storage::Reader& reader, const Family& family) {
  Ledger ledger;
  for (const StoredBudget* leaf : family.Leaves()) {
    TRY_ASSIGN(std::vector<Found> found, Search(app, reader, "ChargeItem", "account=" + leaf->name()));
    for (Found& one : found) {
      std::vector<fhir::money::Entry> entry;
      if (AddEntry(*one.document.root, one.version.id, entry, ledger.unread)) {
        ledger.entries.push_back({std::move(one.document), std::move(entry.front()), one.version.version});
      }
    }
  }
  return ledger;
}

Result<Entries> ReadEntries(const App& app, storage::Reader& reader, const Family& family) {
  Entries entries;
  std::vector<const StoredBudget*> leaves = family.Leaves();
  std::ranges::reverse(leaves);
  for (const StoredBudget* leaf : leaves) {
    TRY(Each(app, reader, "ChargeItem", "account=" + leaf->name(), [&](const storage::Version& version) -> Result<void> {
      TRY_ASSIGN(const Document document, fhir::json::Read(version.body));
      AddEntry(*document.root, version.id, entries.all, entries.unread);
      return {};
    }));
  }
  // By account, in order of arrival.
  std::ranges::reverse(entries.all);
  std::ranges::reverse(entries.unread);
  return entries;
}

}  // namespace server::care::budget
