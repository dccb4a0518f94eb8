// $record: one entry of a budget's ledger, once for its key. In an integrated budget it is split among the funders' parts by what they
// agreed to.
#include <algorithm>
#include <map>

#include "fhir/json/writer.h"
#include "fhir/money/split.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/budget.h"
#include "server/care/budget/entry.h"
#include "server/care/budget/family.h"
#include "server/care/budget/planned_line.h"
#include "server/care/budget/today.h"
#include "server/care/budget/writing.h"

namespace server::care::budget {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Kind;
using fhir::money::Pence;

namespace {

struct Request {
  Arguments arguments;
  EntryRequest entry;
  std::optional<fhir::money::Amount> amount;
};

std::string PlaceOrRoot(const Arguments& arguments, std::string_view name) { return arguments.Has(name) ? PlaceOf(*arguments.Find(name)) : "Parameters"; }

Result<Request> Read(const App& app, const Element& parameters) {
  Request request;
  TRY_ASSIGN(request.arguments, Arguments::Read(parameters, {"kind", "amount", "date", "code", "key", "goal*", "plan", "service", "partOf", "mechanism", "note", "activity", "unitPrice", "quantity", "frequency", "period"}));
  const Arguments& arguments = request.arguments;
  EntryRequest& entry = request.entry;
  entry.arguments = &arguments;
  TRY_ASSIGN(const std::string kind, arguments.Word("kind"));
  const auto known = fhir::money::KindOf(kind);
  if (!known) {
    if (kind.empty()) return arguments.Missing("kind", "valueCode: planned, commitment, charge, transfer, spend, contribution, reclaim or reversal");
    return Error(ErrorKind::kUnprocessable, "'" + kind + "' is no kind of entry. Allowed are planned, commitment, charge, transfer, spend, contribution, reclaim and reversal.").At(PlaceOf(*arguments.Find("kind"))).WithIssueType("code-invalid");
  }
  entry.kind = *known;
  TRY_ASSIGN(const Element* key, arguments.Value("key", {"valueIdentifier"}));
  if (key) {
    entry.key_system = key->ValueOf("system");
    entry.key_value = key->ValueOf("value");
    if (entry.key_value.empty()) return Error(ErrorKind::kInvalid, "The key has no value.").At(fhir::PathOf(*key)).WithIssueType("required");
  }
  TRY_ASSIGN(request.amount, arguments.Money("amount"));
  TRY_ASSIGN(const auto date, arguments.Day("date"));
  entry.day = date.value_or(Today(app));
  const std::initializer_list<std::string_view> of_lines = {"unitPrice", "quantity", "frequency", "period"};
  const std::initializer_list<std::string_view> of_entries = {"amount", "date", "partOf"};
  for (const std::string_view name : entry.kind == Kind::kPlanned ? of_entries : of_lines) {
    if (arguments.Has(name)) return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' does not belong to an entry of kind " + kind + ".").At(PlaceOf(*arguments.Find(name))).WithIssueType("value");
  }
  if (entry.kind != Kind::kPlanned && entry.kind != Kind::kReversal && !request.amount) return arguments.Missing("amount", "valueMoney");
  for (const auto& [member, name] : {std::pair{"priceOverride", "amount"}, {"occurrence", "date"}, {"partOf", "partOf"}, {"identifier", "key"}, {"extension", "mechanism"}, {"code", "code"}, {"supportingInformation", "goal"}}) {
    entry.fields.emplace_back(member, PlaceOrRoot(arguments, name));
  }
  return request;
}

// The shares of the parts: what they agreed to, else their indicative amounts.
std::vector<fhir::money::Share> SharesOf(const Family& family) {
  std::vector<fhir::money::Share> shares;
  for (const StoredBudget* leaf : family.Leaves()) {
    const auto& amount = leaf->budget.agreed ? leaf->budget.agreed : leaf->budget.indicative;
    shares.push_back({fhir::money::Fraction(amount ? amount->pence : 0), leaf->budget.id});
  }
  return shares;
}

Result<std::vector<std::int64_t>> SplitAmong(const Family& family, std::int64_t total, const std::string& place) {
  if (family.parts.empty()) return std::vector<std::int64_t>{total};
  auto parts = fhir::money::Split(total, SharesOf(family));
  if (!parts) return Error(ErrorKind::kUnprocessable, "The parts of " + family.head.name() + " have no amounts to split by. Agree on the budget first, or record in its parts.").At(place).WithIssueType("business-rule");
  return *std::move(parts);
}

// What a reversal takes back, in which leaf: one entry by its reference, or all that were recorded under one key.
Result<std::vector<Share>> WhatIsReversed(const App& app, storage::Reader& reader, const Family& family, const Request& request) {
  TRY_ASSIGN(const Element* part_of, request.arguments.Needed("partOf", {"valueReference", "valueIdentifier"}));
  const std::string place = PlaceOf(*request.arguments.Find("partOf"));
  const Element* key = part_of->name == "valueIdentifier" ? part_of : part_of->Find("identifier");
  std::vector<Share> shares;
  const auto take = [&](const Found& found) -> Result<void> {
    if (!fhir::money::IsEntry(*found.document.root)) return Error(ErrorKind::kUnprocessable, "ChargeItem/" + found.version.id + " is no entry of a ledger.").At(place).WithIssueType("value");
    TRY_ASSIGN(const fhir::money::Entry entry, fhir::money::ReadEntry(*found.document.root));
    for (const StoredBudget* leaf : family.Leaves()) {
      if (leaf->budget.id == entry.account) shares.push_back({leaf, entry.amount.pence, "ChargeItem/" + entry.id, found.document.root->Find("code") ? fhir::json::Write(*found.document.root->Find("code")) : ""});
    }
    return {};
  };
  if (const auto id = fhir::money::IdOf(part_of->ValueOf("reference"), "ChargeItem")) {
    auto found = Load(app, reader, "ChargeItem", *id);
    if (!found) return Error(ErrorKind::kUnprocessable, "ChargeItem/" + *id + " is not here. Name the entry that is taken back.").At(place).WithIssueType("not-found");
    TRY(take(*found));
  } else if (key) {
    TRY_ASSIGN(const std::vector<Found> found, FindByKey(app, reader, family, std::string(key->ValueOf("system")), std::string(key->ValueOf("value"))));
    for (const Found& one : found) {
      TRY(take(one));
    }
  }
  if (shares.empty()) return Error(ErrorKind::kUnprocessable, "There is no such entry in " + family.head.name() + ". Name it as ChargeItem/[id], or by the key that it was recorded under.").At(place).WithIssueType("not-found");
  Pence total = 0;
  for (const Share& share : shares) total += share.pence;
  if (request.amount && (request.amount->pence != total || request.amount->currency != family.currency())) {
    return Error(ErrorKind::kUnprocessable, "The reversal is of " + fhir::money::FormatPence(request.amount->pence) + " " + request.amount->currency + ", what it takes back of " + fhir::money::FormatPence(total) + " " + family.currency() +
                                                ". A reversal takes the whole entry back; record a new one for what remains.").At(PlaceOf(*request.arguments.Find("amount"))).WithIssueType("business-rule");
  }
  return shares;
}

Result<std::vector<Share>> SharesFor(const App& app, storage::Reader& reader, const Family& family, const Request& request) {
  if (request.entry.kind == Kind::kReversal) return WhatIsReversed(app, reader, family, request);
  std::string part_of;
  TRY_ASSIGN(const Element* commitment, request.arguments.Value("partOf", {"valueReference"}));
  if (commitment) part_of = commitment->ValueOf("reference");
  TRY_ASSIGN(const std::vector<std::int64_t> amounts, SplitAmong(family, request.amount->pence, PlaceOf(*request.arguments.Find("amount"))));
  std::vector<Share> shares;
  const auto leaves = family.Leaves();
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const bool is_last_chance = request.amount->pence == 0 && i == 0;
    if (amounts[i] != 0 || is_last_chance || leaves.size() == 1) shares.push_back({leaves[i], amounts[i], part_of, {}});
  }
  if (shares.size() < 2 || part_of.empty()) return shares;
  // The commitment was split among the same parts, under one key.
  const auto id = fhir::money::IdOf(part_of, "ChargeItem");
  TRY_ASSIGN(const std::vector<Found> siblings, FindSiblings(app, reader, family, id.value_or("")));
  for (Share& share : shares) {
    const auto own = std::ranges::find_if(siblings, [&](const Found& one) {
      const Element* account = one.document.root->Find("account");
      return account && account->ValueOf("reference") == share.leaf->name();
    });
    if (own != siblings.end()) share.part_of = "ChargeItem/" + own->version.id;
  }
  return shares;
}

Result<void> AddLines(Writing& writing, const Family& family, const Request& request) {
  TRY_ASSIGN(const std::int64_t quantity, ReadMillionths(request.arguments));
  TRY_ASSIGN(const std::vector<std::int64_t> parts, SplitAmong(family, quantity, "Parameters"));
  const auto leaves = family.Leaves();
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (parts[i] == 0 && leaves.size() > 1) continue;
    LineRequest line{&request.arguments, "Parameters", family.head.budget.subject, leaves[i]->name(), request.entry.key_system, {}, family.head.budget.period, leaves.size() > 1 ? parts[i] : 0};
    if (!request.entry.key_value.empty()) line.key_value = KeyIn(family, *leaves[i], request.entry.key_value);
    TRY(AddPlannedLine(writing, line));
  }
  return {};
}

}  // namespace

Result<Outcome> Record(App& app, const std::string& id, const Element& parameters) {
  TRY_ASSIGN(Request request, Read(app, parameters));
  request.entry.arguments = &request.arguments;
  for (int attempt = 1;; ++attempt) {
    Writing writing;
    std::vector<AgreedAt> agreed;
    {
      TRY_ASSIGN(const auto reader, app.store->OpenReader());
      TRY_ASSIGN(const Family family, ReadFamily(app, *reader, id));
      if (request.entry.kind == Kind::kPlanned) {
        TRY(AddLines(writing, family, request));
      } else {
        TRY_ASSIGN(const std::vector<Share> shares, SharesFor(app, *reader, family, request));
        for (const Share& share : shares) {
          TRY(AddEntry(writing, request.entry, family, share));
        }
      }
      TRY_ASSIGN(std::optional<std::vector<storage::Version>> before, FindRecorded(app, *reader, family, request.entry, writing));
      if (before) return Outcome{200, *std::move(before), {}};
      agreed = AgreedOf(family);
    }
    auto done = std::move(writing).Store(app, [&app, &agreed](storage::WriteTransaction& transaction, const std::vector<interactions::Done>&) { return StillAgreed(app, transaction, agreed); });
    const bool was_there = done && std::ranges::any_of(*done, [](const interactions::Done& one) { return one.status == 200; });
    const bool again = was_there || (!done && done.error().kind() == ErrorKind::kPrecondition);
    if (again && attempt < kAttempts) continue;
    if (!done) return std::move(done).error();
    Outcome outcome;
    outcome.status = 201;
    for (interactions::Done& one : *done) outcome.resources.push_back(std::move(one.version));
    return outcome;
  }
}

}  // namespace server::care::budget
