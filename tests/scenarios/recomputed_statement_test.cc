// The statement of every budget of a store, beside a program that shares nothing with ours: it reads the store's NDJSON export and knows
// fhir/money/README.md alone (tests/support/recompute_statement.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "fhir/money/statement.h"
#include "tests/scenarios/recomputed.h"
#include "tests/server/command/ran.h"
#include "tests/support/budget_generator.h"
#include "tests/support/size.h"
#include "tests/support/store_fixture.h"

namespace {

using namespace fhir::money;
using careloom_test::FirstDifference;
using careloom_test::LineOf;
using careloom_test::Recomputed;
using careloom_test::WindowOf;
using fhir::Result;
using server::storage::WriteTransaction;
namespace fs = std::filesystem;

// The resources as the statement reads them.
struct Ledger {
  std::vector<Budget> budgets;
  std::map<std::string, std::vector<Budget>> children;   // by their parent
  std::size_t count = 0;
  std::map<std::string, std::vector<Entry>> entries;   // by account

  void Add(const std::string& json) {
    const auto document = fhir::json::Read(json);
    ASSERT_TRUE(document);
    if (IsBudget(*document->root)) {
      auto budget = ReadBudget(*document->root);
      ASSERT_TRUE(budget) << budget.error().ToString() << json;
      if (budget->parent) children[*budget->parent].push_back(*budget);
      budgets.push_back(*std::move(budget));
    } else if (IsEntry(*document->root)) {
      auto entry = ReadEntry(*document->root);
      ASSERT_TRUE(entry) << entry.error().ToString() << json;
      ++count;
      entries[entry->account].push_back(*std::move(entry));
    }
  }
  // Of these Accounts.
  std::vector<Entry> EntriesOf(const std::vector<Budget>& accounts) const {
    std::vector<Entry> of;
    for (const Budget& budget : accounts) {
      const auto own = entries.find(budget.id);
      if (own != entries.end()) of.insert(of.end(), own->second.begin(), own->second.end());
    }
    return of;
  }
  // The budget, or those that it is the sum of.
  std::vector<Budget> PartsOf(const Budget& budget) const {
    const auto parts = children.find(budget.id);
    return parts == children.end() ? std::vector<Budget>{budget} : parts->second;
  }
};

TEST(RecomputedStatement, IsTheSameToThePennyAndTheEntry) {
  if (!careloom_test::HasPython()) GTEST_SKIP() << "python3 is not installed";
  const careloom_test::TempFolder folder;
  const std::string data = folder.path() / "data", out = folder.path() / "export";
  fs::create_directory(data);
  Ledger ledger;
  {
    const std::vector<std::string> resources = careloom_test::GenerateLedgers(11, {.people = careloom_test::EveryDayOrLong(100, 1'500), .entries_each = 25});
    auto ports = std::make_shared<careloom_test::TestPorts>();
    auto store = server::storage::sqlite::OpenSqlite(server::storage::sqlite::StoreFile(data), *careloom_test::SharedDefinitions().registry,
                                                     careloom_test::SharedDefinitions().extractor, {}, careloom_test::TestClock{ports}, careloom_test::TestRandom{ports});
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->Write([&](WriteTransaction& transaction) -> Result<void> {
      for (const std::string& json : resources) {
        TRY_ASSIGN(fhir::Document document, fhir::json::Read(json));
        const std::string type(document.root->resource_type()), id(document.root->ValueOf("id"));
        TRY(transaction.Put({.type = type, .id = id, .document = &document}));
      }
      return {};
    }));
    for (const std::string& json : resources) ASSERT_NO_FATAL_FAILURE(ledger.Add(json));
  }
  const careloom_test::Ran exported = careloom_test::RunCommand("export", {{"--data", data}, {"--out", out}});
  ASSERT_EQ(exported.exit, server::command::Exit::kDone) << exported.err;
  int compared = 0, seed = 0;
  for (const Window& window : {WindowOf("", "2026-12-31"), WindowOf("", "2025-06-30"), WindowOf("2024-02-29", "2024-02-29"), WindowOf("2024-06-01", "2025-03-31"),
                               WindowOf("2023-01-01", "2024-12-31"), WindowOf("2025-09-03", "2025-09-09")}) {
    const auto lines = Recomputed(out, window, ++seed);
    EXPECT_EQ(lines.size(), ledger.budgets.size());
    for (const Budget& budget : ledger.budgets) {
      const std::vector<Budget> parts = ledger.PartsOf(budget);
      const std::vector<Entry> entries = ledger.EntriesOf(parts);
      const auto statement = MakeStatement(parts, entries, window);
      if (!statement && statement.error().text().find("before it begins") != std::string::npos) continue;
      ASSERT_TRUE(statement) << statement.error().ToString();
      ASSERT_EQ(FirstDifference(LineOf(budget.id, *statement, entries), lines.at(budget.id)), "") << budget.id << " to " << FormatDay(window.to);
      ++compared;
    }
  }
  EXPECT_GT(compared, 5 * static_cast<int>(ledger.budgets.size()));
  RecordProperty("statements", compared);
  std::printf("%d statements of %zu budgets over %zu entries recomputed\n", compared, ledger.budgets.size(), ledger.count);
}

}  // namespace
