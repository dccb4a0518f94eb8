// Verdicts on budgets.
#include "server/care/review/budgets.h"

#include <algorithm>
#include <set>
#include <vector>

#include "fhir/money/day.h"
#include "server/care/budget/family.h"
#include "server/care/budget/statement.h"
#include "server/care/budget/today.h"

namespace server::care::review {

using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Day;
using fhir::money::Entry;
using fhir::money::Kind;

namespace {

constexpr std::string_view kReturns = "code=https://careloom.example/fhir/CodeSystem/budget-task|direct-payment-return&status=completed&focus=Account/";

bool IsOfStore(ErrorKind kind) { return kind == ErrorKind::kUnavailable || kind == ErrorKind::kInternal || kind == ErrorKind::kThrottled; }

// The last day that a return of the budget, or of the whole that it is part of, covers; nothing: there is none.
Result<std::optional<Day>> LastReturned(const App& app, storage::Reader& reader, const budget::Family& family) {
  std::vector<std::string> accounts = {family.head.budget.id};
  if (family.head.budget.parent) accounts.push_back(*family.head.budget.parent);
  for (const budget::StoredBudget& part : family.parts) accounts.push_back(part.budget.id);
  std::optional<Day> last;
  for (const std::string& account : accounts) {
    TRY_ASSIGN(const std::vector<budget::Found> returns, budget::Search(app, reader, "Task", std::string(kReturns) + account));
    for (const budget::Found& one : returns) {
      const fhir::Element* end = one.document.root->Walk("executionPeriod", "end");
      const auto day = end ? fhir::money::ParseDay(end->value()) : std::nullopt;
      if (day && (!last || *day > *last)) last = day;
    }
  }
  return last;
}

bool IsUnreturned(const std::vector<Entry>& entries, std::optional<Day> returned, Day latest) {
  std::set<std::string> reversed;
  for (const Entry& entry : entries) {
    if (entry.counts && entry.kind == Kind::kReversal && entry.part_of) reversed.insert(*entry.part_of);
  }
  return std::ranges::any_of(entries, [&](const Entry& entry) {
    return entry.counts && entry.kind == Kind::kTransfer && entry.day < latest && (!returned || entry.day > *returned) && !reversed.contains(entry.id);
  });
}

Result<std::optional<Verdict>> Judge(const App& app, storage::Reader& reader, const std::string& id, int unreturned_days) {
  TRY_ASSIGN(const budget::Family family, budget::ReadFamily(app, reader, id));
  TRY_ASSIGN(const budget::Entries ledger, budget::ReadEntries(app, reader, family));
  const std::vector<Entry>& entries = ledger.all;
  const Day today = budget::Today(app);
  TRY_ASSIGN(const fhir::money::Statement statement, budget::Reckon(family, entries, {std::nullopt, today}));
  TRY_ASSIGN(const std::optional<Day> returned, LastReturned(app, reader, family));
  return std::optional<Verdict>({statement.total.over, statement.total.under, unreturned_days > 0 && IsUnreturned(entries, returned, today - unreturned_days)});
}

}  // namespace

Result<std::optional<Verdict>> JudgeBudget(const App& app, const std::string& id, int unreturned_days) {
  TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app.store->OpenReader());
  auto verdict = Judge(app, *reader, id, unreturned_days);
  if (!verdict && !IsOfStore(verdict.error().kind())) return std::optional<Verdict>();
  return verdict;
}

}  // namespace server::care::review
