// $reconcile: a return on direct payments is recorded as spend entries, once, compared with the plan, and kept as a Task.
#include <algorithm>
#include <set>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/money/split.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/budget.h"
#include "server/care/budget/entry.h"
#include "server/care/budget/family.h"
#include "server/care/budget/matching.h"
#include "server/care/budget/return_task.h"
#include "server/care/budget/today.h"
#include "server/care/budget/writing.h"
#include "server/search/url.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Kind;
using fhir::money::Pence;

namespace {

struct Request {
  Arguments arguments;
  std::string system, value;
  const Element* period = nullptr;
  fhir::money::Days days;
  fhir::money::Day date = 0;
  std::vector<ReturnLine> lines;
};

Result<ReturnLine> ReadLine(const Element& item, const fhir::money::Days& days) {
  ReturnLine line;
  TRY_ASSIGN(line.arguments, Arguments::Read(item, {"key", "date", "amount", "code", "payee", "goal*", "note"}));
  TRY_ASSIGN(line.key, line.arguments.Needed("key", {"valueIdentifier"}));
  if (line.key->ValueOf("value").empty()) return Error(ErrorKind::kInvalid, "The key has no value.").At(fhir::PathOf(*line.key)).WithIssueType("required");
  TRY_ASSIGN(const auto day, line.arguments.Day("date"));
  if (!day) return line.arguments.Missing("date", "valueDate: the day of the payment");
  line.day = *day;
  if (!days.Has(*day)) {
    return Error(ErrorKind::kUnprocessable, fhir::money::FormatDay(*day) + " is not within the return's period, " + fhir::money::FormatDay(days.first) + " to " + fhir::money::FormatDay(*days.last) + ".")
        .At(PlaceOf(*line.arguments.Find("date"))).WithIssueType("business-rule");
  }
  TRY_ASSIGN(const auto amount, line.arguments.Money("amount"));
  if (!amount) return line.arguments.Missing("amount", "valueMoney");
  line.amount = *amount;
  TRY_ASSIGN(line.code, line.arguments.Needed("code", {"valueCodeableConcept", "valueCoding", "valueString"}));
  for (const Element* goal : line.arguments.All("goal")) {
    const Element* reference = goal->Find("valueReference");
    const auto id = reference ? fhir::money::IdOf(reference->ValueOf("reference"), "Goal") : std::nullopt;
    if (!id) return Error(ErrorKind::kInvalid, "Name the goal as a valueReference to Goal/[id].").At(PlaceOf(*goal)).WithIssueType("value");
    line.goals.insert(*id);
  }
  line.place = PlaceOf(item);
  return line;
}

Result<Request> Read(const App& app, const Element& parameters) {
  Request request;
  TRY_ASSIGN(request.arguments, Arguments::Read(parameters, {"identifier", "period", "date", "line*"}));
  TRY_ASSIGN(const Element* identifier, request.arguments.Needed("identifier", {"valueIdentifier"}));
  request.system = identifier->ValueOf("system");
  request.value = identifier->ValueOf("value");
  if (request.value.empty()) return Error(ErrorKind::kInvalid, "The return's identifier has no value.").At(fhir::PathOf(*identifier)).WithIssueType("required");
  TRY_ASSIGN(request.period, request.arguments.Needed("period", {"valuePeriod"}));
  TRY_ASSIGN(request.days, fhir::money::ReadDays(*request.period));
  if (!request.days.last || request.days.first == fhir::money::kNoBeginning) return Error(ErrorKind::kInvalid, "The return's period needs its first and its last day.").At(fhir::PathOf(*request.period)).WithIssueType("required");
  TRY_ASSIGN(const auto date, request.arguments.Day("date"));
  request.date = date.value_or(Today(app));
  std::set<std::string> keys;
  for (const Element* item : request.arguments.All("line")) {
    TRY_ASSIGN(ReturnLine line, ReadLine(*item, request.days));
    if (!keys.insert(line.KeyText()).second) return Error(ErrorKind::kInvalid, "Another line of the return has the same key. Each payment has its own.").At(PlaceOf(*line.arguments.Find("key"))).WithIssueType("duplicate");
    request.lines.push_back(std::move(line));
  }
  if (request.lines.empty()) return request.arguments.Missing("line", "parts {key, date, amount, code, payee, goal}, one for each payment");
  return request;
}

// The Task of the same return, received before. kConflict when it said something else.
Result<std::optional<Found>> FindBefore(const App& app, storage::Reader& reader, const Family& family, const Request& request, const Element& task) {
  TRY_ASSIGN(std::vector<Found> found, Search(app, reader, "Task", search::IdentifierCriterion(request.system, request.value)));
  if (found.empty()) return std::optional<Found>();
  if (IsSameReturn(*found.front().document.root, task)) return std::optional(std::move(found.front()));
  return Error(ErrorKind::kConflict, "Task/" + found.front().version.id + " is a return with that identifier, and says something else (its budget, period or lines). Send a corrected return under its own identifier, and reverse what is no longer so (" + family.head.name() + "/$record).")
      .At(PlaceOf(*request.arguments.Find("identifier"))).WithIssueType("duplicate");
}

Result<std::vector<fhir::money::Days>> ReturnedBefore(const App& app, storage::Reader& reader, const Family& family) {
  TRY_ASSIGN(const std::vector<Found> tasks, Search(app, reader, "Task", "focus=" + family.head.name()));
  std::vector<fhir::money::Days> returned;
  for (const Found& task : tasks) {
    const Element* period = task.document.root->Find("executionPeriod");
    if (!IsReturn(*task.document.root) || !period) continue;
    const auto days = fhir::money::ReadDays(*period);
    if (days) returned.push_back(*days);
  }
  return returned;
}

// The line's entries, one in each leaf, and what became of it.
Result<LineResult> AddLine(const App& app, storage::Reader& reader, Writing& writing, const Family& family, const ReturnLine& line, Allowance& allowance) {
  LineResult result;
  result.match = allowance.Take(NamesOf(*line.code), line.goals, line.amount.pence);
  EntryRequest entry;
  entry.arguments = &line.arguments;
  entry.kind = Kind::kSpend;
  entry.day = line.day;
  entry.key_system = line.key->ValueOf("system");
  entry.key_value = line.key->ValueOf("value");
  entry.place = line.place;
  entry.planned = result.match.lines;
  entry.goals_are_derived = line.goals.empty();
  if (entry.goals_are_derived) entry.goals.assign(result.match.goals.begin(), result.match.goals.end());
  for (const auto& [member, name] : {std::pair{"priceOverride", "amount"}, {"occurrence", "date"}, {"identifier", "key"}, {"code", "code"}}) entry.fields.emplace_back(member, PlaceOf(*line.arguments.Find(name)));
  const auto leaves = family.Leaves();
  std::vector<Pence> parts = {line.amount.pence};
  if (leaves.size() > 1) {
    std::vector<fhir::money::Share> shares;
    for (const StoredBudget* leaf : leaves) shares.push_back({fhir::money::Fraction(leaf->budget.agreed ? leaf->budget.agreed->pence : 0), leaf->budget.id});
    auto split = fhir::money::Split(line.amount.pence, shares);
    if (!split) return Error(ErrorKind::kUnprocessable, "The parts of " + family.head.name() + " have not agreed to any amounts to split by.").At(line.place).WithIssueType("business-rule");
    parts = *std::move(split);
  }
  const std::size_t first = writing.size();
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (parts[i] == 0 && (leaves.size() > 1 && !(line.amount.pence == 0 && i == 0))) continue;
    TRY(AddEntry(writing, entry, family, Share{leaves[i], parts[i], {}, {}}));
    result.entries.push_back(writing.last_url());
  }
  TRY_ASSIGN(const auto recorded, FindRecorded(app, reader, family, entry, writing, first));
  if (!recorded) return result;
  // It is there, maybe in other shares than it would be split into now: these stand.
  writing.Drop(first);
  result.entries.clear();
  for (const storage::Version& version : *recorded) result.entries.push_back("ChargeItem/" + version.id);
  return result;
}

}  // namespace

Result<Outcome> Reconcile(App& app, const std::string& id, const Element& parameters) {
  TRY_ASSIGN(const Request request, Read(app, parameters));
  for (int attempt = 1;; ++attempt) {
    Writing writing;
    std::vector<AgreedAt> agreed;
    {
      TRY_ASSIGN(const auto reader, app.store->OpenReader());
      TRY_ASSIGN(const Family family, ReadFamily(app, *reader, id));
      Document asked;
      asked.root = asked.NewResource("Task");
      AddReturn(asked, asked.root, family, request.system, request.value, *request.period, request.lines);
      TRY_ASSIGN(std::optional<Found> before, FindBefore(app, *reader, family, request, *asked.root));
      if (before) {
        Outcome outcome;
        outcome.answer = ToAnswer(*before->document.root, true);
        return outcome;
      }
      TRY_ASSIGN(const Ledger ledger, ReadLedger(app, *reader, family));
      std::set<std::string> again;
      for (const ReturnLine& line : request.lines) {
        for (const StoredBudget* leaf : family.Leaves()) again.insert(std::string(line.key->ValueOf("system")) + "|" + KeyIn(family, *leaf, std::string(line.key->ValueOf("value"))));
      }
      Allowance allowance(family, ledger, request.days, again);
      std::vector<LineResult> results;
      for (const ReturnLine& line : request.lines) {
        TRY_ASSIGN(LineResult result, AddLine(app, *reader, writing, family, line, allowance));
        results.push_back(std::move(result));
      }
      TRY_ASSIGN(const std::vector<fhir::money::Days> returned, ReturnedBefore(app, *reader, family));
      Element* task = writing.Create("Task", "Parameters", search::IdentifierCriterion(request.system, request.value));
      AddReturn(writing.document(), task, family, request.system, request.value, *request.period, request.lines);
      writing.document().AddString(task, "authoredOn", fhir::money::FormatDay(request.date));
      AddResults(writing.document(), task, request.lines, results, WhatIsOverdue(family, ledger, request.days, returned), family.currency());
      agreed = AgreedOf(family);
    }
    auto done = std::move(writing).Store(app, [&app, &agreed](storage::WriteTransaction& transaction, const std::vector<interactions::Done>&) { return StillAgreed(app, transaction, agreed); });
    const bool again = done ? done->back().status == 200 : done.error().kind() == ErrorKind::kPrecondition;
    if (again && attempt < kAttempts) continue;
    if (!done) return std::move(done).error();
    TRY_ASSIGN(const Document task, fhir::json::Read(done->back().version.body));
    Outcome outcome;
    outcome.status = 201;
    outcome.answer = ToAnswer(*task.root, false);
    outcome.resources.push_back(std::move(done->back().version));
    return outcome;
  }
}

}  // namespace server::care::budget
