// $close: the end of a budget. What is still held or ordered is settled with it, or it is refused.
#include <algorithm>
#include <map>

#include "fhir/json/writer.h"
#include "fhir/money/split.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/budget.h"
#include "server/care/budget/entry.h"
#include "server/care/budget/family.h"
#include "server/care/budget/statement.h"
#include "server/care/budget/today.h"
#include "server/care/budget/writing.h"
#include "server/care/parts.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Kind;
using fhir::money::Pence;
namespace code_system = fhir::money::code_system;
namespace extension = fhir::money::extension;

namespace {

constexpr std::string_view kBudgetClosed = "https://careloom.example/fhir/StructureDefinition/budget-closed";   // {date, reason}

struct Request {
  Arguments arguments, reclaim;
  fhir::money::Day date = 0;
  std::string reason;
  std::optional<fhir::money::Amount> reclaimed;
  bool reverses_commitments = false;
};

Result<Request> Read(const App& app, const Element& parameters) {
  Request request;
  TRY_ASSIGN(request.arguments, Arguments::Read(parameters, {"date", "reason", "reclaim", "commitments"}));
  TRY_ASSIGN(const auto date, request.arguments.Day("date"));
  request.date = date.value_or(Today(app));
  TRY_ASSIGN(request.reason, request.arguments.Word("reason"));
  if (request.reason.empty()) return request.arguments.Missing("reason", "valueString: why the budget ends");
  TRY_ASSIGN(const std::string commitments, request.arguments.Word("commitments"));
  if (!commitments.empty() && commitments != "reverse") return Error(ErrorKind::kInvalid, "'" + commitments + "' is not known. Allowed is reverse: what is ordered and not charged is taken back.").At(PlaceOf(*request.arguments.Find("commitments"))).WithIssueType("value");
  request.reverses_commitments = !commitments.empty();
  if (const Element* reclaim = request.arguments.Find("reclaim")) {
    TRY_ASSIGN(request.reclaim, Arguments::Read(*reclaim, {"amount", "key", "code", "note"}));
    TRY_ASSIGN(request.reclaimed, request.reclaim.Money("amount"));
    if (!request.reclaimed) return request.reclaim.Missing("amount", "valueMoney: what came back");
  }
  return request;
}

struct Open {
  std::map<std::string, Pence> held;                       // by leaf
  std::vector<const StoredEntry*> commitments;             // not met, not taken back
};

Open WhatIsOpen(const Ledger& ledger) {
  Open open;
  std::map<std::string, const StoredEntry*> by_id;
  std::map<std::string, bool> reversed;
  for (const StoredEntry& one : ledger.entries) {
    by_id[one.entry.id] = &one;
    if (one.entry.kind == Kind::kReversal && one.entry.part_of) reversed[*one.entry.part_of] = true;
  }
  std::map<std::string, Pence> met;
  for (const StoredEntry& one : ledger.entries) {
    const fhir::money::Entry& entry = one.entry;
    if (!entry.counts || reversed.contains(entry.id)) continue;
    if (entry.kind == Kind::kTransfer) open.held[entry.account] += entry.amount.pence;
    if (entry.kind == Kind::kSpend || entry.kind == Kind::kReclaim) open.held[entry.account] -= entry.amount.pence;
    if (entry.kind == Kind::kCharge && entry.part_of) met[*entry.part_of] += entry.amount.pence;
  }
  for (const StoredEntry& one : ledger.entries) {
    const bool is_open = one.entry.kind == Kind::kCommitment && one.entry.counts && !reversed.contains(one.entry.id) && met[one.entry.id] < one.entry.amount.pence;
    if (is_open) open.commitments.push_back(&one);
  }
  return open;
}

fhir::money::Day DayWithin(const Family& family, fhir::money::Day day) {
  const fhir::money::Days& period = family.head.budget.period;
  if (period.last && day > *period.last) return *period.last;
  return day;
}

// A leaf whose money is not all accounted for gives back what it holds; more or less than that is shared out by it.
Result<void> AddReclaims(Writing& writing, const Request& request, const Family& family, const Open& open) {
  EntryRequest entry;
  entry.arguments = &request.reclaim;
  entry.kind = Kind::kReclaim;
  entry.day = DayWithin(family, request.date);
  entry.place = PlaceOf(*request.arguments.Find("reclaim"));
  TRY_ASSIGN(const Element* key, request.reclaim.Value("key", {"valueIdentifier"}));
  if (key) {
    entry.key_system = key->ValueOf("system");
    entry.key_value = key->ValueOf("value");
  }
  std::vector<fhir::money::Share> shares;
  const auto leaves = family.Leaves();
  for (const StoredBudget* leaf : leaves) {
    const auto held = open.held.find(leaf->budget.id);
    shares.push_back({fhir::money::Fraction(held == open.held.end() ? 0 : std::max<Pence>(0, held->second)), leaf->budget.id});
  }
  std::vector<Pence> parts = {request.reclaimed->pence};
  if (leaves.size() > 1) {
    auto split = fhir::money::Split(request.reclaimed->pence, shares);
    if (!split) return Error(ErrorKind::kUnprocessable, "Nothing of " + family.head.name() + " is with the person or a third party, so nothing can come back.").At(entry.place).WithIssueType("business-rule");
    parts = *std::move(split);
  }
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (parts[i] == 0) continue;
    TRY(AddEntry(writing, entry, family, Share{leaves[i], parts[i], {}, {}}));
  }
  return {};
}

Result<void> AddReversals(Writing& writing, const Request& request, const Family& family, const Open& open) {
  EntryRequest entry;
  entry.arguments = &request.arguments;
  entry.kind = Kind::kReversal;
  entry.day = DayWithin(family, request.date);
  entry.place = PlaceOf(*request.arguments.Find("commitments"));
  for (const StoredEntry* commitment : open.commitments) {
    for (const StoredBudget* leaf : family.Leaves()) {
      if (leaf->budget.id != commitment->entry.account) continue;
      const Element* code = commitment->charge_item.root->Find("code");
      TRY(AddEntry(writing, entry, family, Share{leaf, commitment->entry.amount.pence, "ChargeItem/" + commitment->entry.id, code ? fhir::json::Write(*code) : ""}));
    }
  }
  return {};
}

void ChangeToClosed(Writing& writing, const StoredBudget& stored, const Request& request) {
  Document& document = writing.document();
  Element* account = writing.Change(*stored.account.root, stored.version.version, "Parameters");
  DropExtension(account, extension::kBudgetStage);
  AddCodeExtension(document, account, extension::kBudgetStage, code_system::kBudgetStage, "closed");
  DropExtension(account, kBudgetClosed);
  Element* closed = document.Add(account, "extension", true);
  document.AddString(AddExtension(document, closed, "date"), "valueDate", fhir::money::FormatDay(request.date));
  document.AddString(AddExtension(document, closed, "reason"), "valueString", request.reason);
  document.AddString(closed, "url", kBudgetClosed);
  if (Element* status = account->Find("status")) document.SetValue(status, fhir::ValueKind::kString, "inactive");
}

}  // namespace

Result<Outcome> Close(App& app, const std::string& id, const Element& parameters) {
  TRY_ASSIGN(const Request request, Read(app, parameters));
  for (int attempt = 1;; ++attempt) {
    Writing writing;
    {
      TRY_ASSIGN(const auto reader, app.store->OpenReader());
      TRY_ASSIGN(const Family family, ReadFamily(app, *reader, id));
      if (family.head.budget.parent) {
        return Error(ErrorKind::kUnprocessable, family.head.name() + " is one funder's part of Account/" + *family.head.budget.parent + ". Close that one.").At("Account.partOf").WithIssueType("business-rule");
      }
      TRY_ASSIGN(const Ledger ledger, ReadLedger(app, *reader, family));
      const Open open = WhatIsOpen(ledger);
      const bool is_closed = family.head.budget.stage == fhir::money::Stage::kClosed;
      if (request.reclaimed && !is_closed) {
        TRY(AddReclaims(writing, request, family, open));
      }
      if (request.reverses_commitments && !is_closed) {
        TRY(AddReversals(writing, request, family, open));
      }
      ChangeToClosed(writing, family.head, request);
      for (const StoredBudget& part : family.parts) ChangeToClosed(writing, part, request);
    }
    auto done = std::move(writing).Store(app);
    if (done) break;
    if (done.error().kind() != ErrorKind::kPrecondition || attempt == kAttempts) return std::move(done).error();
  }
  TRY_ASSIGN(const auto reader, app.store->OpenReader());
  Document wish;
  wish.root = wish.NewResource("Parameters");
  wish.AddString(AddParameter(wish, wish.root, "date"), "valueDate", fhir::money::FormatDay(request.date));
  return MakeStatement(app, *reader, id, *wish.root);
}

}  // namespace server::care::budget
