// Reading budgets and ledgers from the store.
#include "server/care/budget/family.h"

#include <algorithm>

#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "server/search/parse.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr int kPage = 1000;

Result<Document> Parse(const App& app, const storage::Version& version) {
  TRY_ASSIGN(Document document, fhir::json::Read(version.body));
  fhir::schema::Bind(*document.root, *app.registry);
  return document;
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
  TRY_ASSIGN(Document document, Parse(app, version));
  return Found{std::move(version), std::move(document)};
}

Result<std::vector<Found>> Search(const App& app, storage::Reader& reader, std::string_view type, const std::string& criteria) {
  search::ParseOptions options;
  options.criteria_only = true;
  TRY_ASSIGN(search::Query query, search::ParseQuery(type, criteria, *app.registry, *app.extractor, options));
  query.count = kPage;
  std::vector<Found> found;
  while (true) {
    TRY_ASSIGN(storage::SearchPage page, reader.Search(query));
    for (storage::SearchEntry& entry : page.entries) {
      TRY_ASSIGN(Document document, Parse(app, entry.version));
      found.push_back({std::move(entry.version), std::move(document)});
    }
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
  }
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
      if (!fhir::money::IsEntry(*one.document.root)) continue;
      auto entry = fhir::money::ReadEntry(*one.document.root);
      if (entry) {
        ledger.entries.push_back({std::move(one.document), *std::move(entry), one.version.version});
      } else {
        ledger.unread.push_back({"ChargeItem/" + one.version.id, entry.error().text() + " (" + entry.error().path() + ")"});
      }
    }
  }
  return ledger;
}

}  // namespace server::care::budget
