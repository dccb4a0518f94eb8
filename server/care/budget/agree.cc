// $agree: an indicative or suspended budget becomes an agreed one, all parts of it at once, with the agreement on direct payments.
#include <algorithm>

#include "fhir/money/split.h"
#include "server/care/budget/agreement.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/budget.h"
#include "server/care/budget/family.h"
#include "server/care/budget/funders.h"
#include "server/care/budget/today.h"
#include "server/care/budget/writing.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Amount;
using fhir::money::Pence;
namespace code_system = fhir::money::code_system;
namespace extension = fhir::money::extension;

namespace {

constexpr std::string_view kBudgetAgreed = "https://careloom.example/fhir/StructureDefinition/budget-agreed";   // {date, by}

struct Request {
  Arguments arguments;
  std::optional<Amount> amount;
  std::vector<std::pair<std::string, Amount>> by_funder;   // owner's name or Account/[id]
  std::vector<std::string> places;
  fhir::money::Day date = 0;
  const Element *agreed_by = nullptr, *review_due = nullptr;
  std::string over_policy, mechanism;
};

Result<Request> Read(const App& app, const Element& parameters) {
  Request request;
  TRY_ASSIGN(request.arguments, Arguments::Read(parameters, {"amount", "funder*", "date", "agreedBy", "reviewDue", "overPolicy", "mechanism", "agreement"}));
  const Arguments& arguments = request.arguments;
  TRY_ASSIGN(request.amount, arguments.Money("amount"));
  for (const Element* item : arguments.All("funder")) {
    TRY_ASSIGN(const Arguments parts, Arguments::Read(*item, {"organisation", "account", "amount"}));
    TRY_ASSIGN(const Element* named, parts.Value(parts.Has("account") ? "account" : "organisation", {"valueReference", "valueIdentifier"}));
    if (!named) return parts.Missing("organisation", "valueReference or valueIdentifier, as it stands in the budget's owner");
    TRY_ASSIGN(std::string name, NameOf(*named));
    TRY_ASSIGN(const auto amount, parts.Money("amount"));
    if (!amount) return parts.Missing("amount", "valueMoney: what this funder has agreed to");
    request.by_funder.emplace_back(std::move(name), *amount);
    request.places.push_back(PlaceOf(*item));
  }
  if (request.amount && !request.by_funder.empty()) return Error(ErrorKind::kInvalid, "Give the amount in all, or the amounts by funder, not both.").At(PlaceOf(*arguments.Find("amount"))).WithIssueType("value");
  TRY_ASSIGN(const auto date, arguments.Day("date"));
  request.date = date.value_or(Today(app));
  TRY_ASSIGN(request.agreed_by, arguments.Value("agreedBy", {"valueReference"}));
  TRY_ASSIGN(request.review_due, arguments.Value("reviewDue", {"valueDate"}));
  TRY_ASSIGN(request.over_policy, arguments.Word("overPolicy"));
  TRY_ASSIGN(request.mechanism, arguments.Word("mechanism"));
  return request;
}

// What each of the leaves is agreed at, in their order.
Result<std::vector<Amount>> AmountsOf(const Request& request, const Family& family) {
  const std::vector<const StoredBudget*> leaves = family.Leaves();
  std::vector<Amount> amounts;
  if (request.by_funder.empty()) {
    const Amount total = request.amount ? *request.amount : family.head.budget.indicative.value_or(Amount{0, ""});
    if (total.currency.empty()) return request.arguments.Missing("amount", "valueMoney: the budget has no indicative amount to be agreed on");
    if (leaves.size() == 1) return std::vector<Amount>{total};
    std::vector<fhir::money::Share> shares;
    for (const StoredBudget* leaf : leaves) shares.push_back({fhir::money::Fraction(leaf->budget.indicative ? leaf->budget.indicative->pence : 0), leaf->budget.id});
    const auto parts = fhir::money::Split(total.pence, shares);
    if (!parts) return request.arguments.Missing("funder", "parts {organisation, amount}: the indicative amounts do not say how to share the amount out");
    for (const Pence part : *parts) amounts.push_back({part, total.currency});
    return amounts;
  }
  for (const StoredBudget* leaf : leaves) {
    const auto named = std::ranges::find_if(request.by_funder, [&](const auto& one) { return one.first == leaf->budget.owner || one.first == leaf->name(); });
    if (named == request.by_funder.end()) {
      return Error(ErrorKind::kInvalid, "The amount of '" + leaf->budget.owner + "' (" + leaf->name() + ") is missing. Give the amount of each funder.").At(request.places.front()).WithIssueType("required");
    }
    amounts.push_back(named->second);
  }
  for (std::size_t i = 0; i < request.by_funder.size(); ++i) {
    const std::string& name = request.by_funder[i].first;
    const auto count = std::ranges::count_if(leaves, [&](const StoredBudget* leaf) { return name == leaf->budget.owner || name == leaf->name(); });
    if (count != 1) return Error(ErrorKind::kUnprocessable, "'" + name + "' is no funder of " + family.head.name() + ". Name the owner of one of its parts.").At(request.places[i]).WithIssueType("value");
  }
  return amounts;
}

void Change(Writing& writing, const StoredBudget& stored, const Amount& amount, const Request& request) {
  Document& document = writing.document();
  Element* account = writing.Change(*stored.account.root, stored.version.version, "Parameters");
  writing.Field("extension('agreed-amount')", request.arguments.Has("amount") ? PlaceOf(*request.arguments.Find("amount")) : "Parameters");
  const auto set = [&](std::string_view url, auto&& add) {
    DropExtension(account, url);
    add(url);
  };
  set(extension::kBudgetStage, [&](std::string_view url) { AddCodeExtension(document, account, url, code_system::kBudgetStage, "agreed"); });
  set(extension::kAgreedAmount, [&](std::string_view url) { AddMoneyExtension(document, account, url, amount); });
  if (request.review_due) set(extension::kReviewDue, [&](std::string_view url) { AddCopy(document, AddExtension(document, account, url), "valueDate", *request.review_due); });
  if (!request.over_policy.empty()) set(extension::kOverPolicy, [&](std::string_view url) { document.AddString(AddExtension(document, account, url), "valueCode", request.over_policy); });
  if (!request.mechanism.empty()) set(extension::kDeliveryMechanism, [&](std::string_view url) { AddCodeExtension(document, account, url, code_system::kDeliveryMechanism, request.mechanism); });
  set(kBudgetAgreed, [&](std::string_view url) {
    Element* agreed = document.Add(account, "extension", true);
    document.AddString(AddExtension(document, agreed, "date"), "valueDate", fhir::money::FormatDay(request.date));
    if (request.agreed_by) AddCopy(document, AddExtension(document, agreed, "by"), "valueReference", *request.agreed_by);
    document.AddString(agreed, "url", url);
  });
  Element* status = account->Find("status");
  if (status) document.SetValue(status, fhir::ValueKind::kString, "active");
}

}  // namespace

Result<Outcome> Agree(App& app, const std::string& id, const Element& parameters) {
  TRY_ASSIGN(const Request request, Read(app, parameters));
  for (int attempt = 1;; ++attempt) {
    Writing writing;
    std::size_t accounts = 0;
    {
      TRY_ASSIGN(const auto reader, app.store->OpenReader());
      TRY_ASSIGN(const Family family, ReadFamily(app, *reader, id));
      if (family.head.budget.parent) {
        return Error(ErrorKind::kUnprocessable, family.head.name() + " is one funder's part of Account/" + *family.head.budget.parent + ". Agree on that one, with the amounts by funder.").At("Account.partOf").WithIssueType("business-rule");
      }
      TRY_ASSIGN(const std::vector<Amount> amounts, AmountsOf(request, family));
      Amount total{0, amounts.front().currency};
      for (const Amount& amount : amounts) total.pence += amount.pence;
      Change(writing, family.head, total, request);
      for (std::size_t i = 0; i < family.parts.size(); ++i) Change(writing, family.parts[i], amounts[i], request);
      accounts = writing.size();
      if (const Element* agreement = request.arguments.Find("agreement")) {
        TRY_ASSIGN(const Ledger ledger, ReadLedger(app, *reader, family));
        TRY(AddAgreement(writing, *agreement, family, ledger, request.date));
      }
    }
    auto done = std::move(writing).Store(app);
    if (!done && done.error().kind() == ErrorKind::kPrecondition && attempt < kAttempts) continue;
    if (!done) return std::move(done).error();
    Outcome outcome;
    for (std::size_t i = 0; i < done->size(); ++i) {
      if (i >= accounts && (*done)[i].status == 201) outcome.status = 201;
      outcome.resources.push_back(std::move((*done)[i].version));
    }
    return outcome;
  }
}

}  // namespace server::care::budget
