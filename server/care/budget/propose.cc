// $propose: an indicative budget, shared out among its funders, with the lines that its plan begins with.
#include <algorithm>

#include "fhir/money/ledger.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/budget.h"
#include "server/care/budget/family.h"
#include "server/care/budget/funders.h"
#include "server/care/budget/planned_line.h"
#include "server/care/budget/writing.h"
#include "server/search/url.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Amount;
using fhir::money::FormatPence;
using fhir::money::Pence;
namespace code_system = fhir::money::code_system;
namespace extension = fhir::money::extension;

namespace {

struct Proposal {
  Arguments arguments;
  std::string subject, type, currency, mechanism, right_to_have, key_system, key_value;
  const Element* period = nullptr;
  fhir::money::Days days;
  std::string plan;                        // id of the CarePlan
  Funders funders;
  std::vector<Arguments> actions;
  std::vector<std::string> action_places;
  std::vector<const Funder*> action_funders;   // null: of all, by their shares
  Pence total = 0;
  std::vector<Pence> parts;                // of the funders, in their order
};

Result<void> ReadActions(Proposal& proposal) {
  for (const Element* item : proposal.arguments.All("action")) {
    TRY_ASSIGN(Arguments action, Arguments::Read(*item, {"goal*", "plan", "activity", "code", "service", "unitPrice", "frequency", "quantity", "period", "mechanism", "funder"}));
    TRY_ASSIGN(const Element* funder, action.Value("funder", {"valueReference", "valueIdentifier"}));
    const Funder* named = nullptr;
    if (funder) {
      TRY_ASSIGN(const std::string name, NameOf(*funder));
      named = proposal.funders.Find(name);
      if (!named) return Error(ErrorKind::kUnprocessable, "'" + name + "' is not among the funders of the budget. Name one of them as its organisation is named there.").At(fhir::PathOf(*funder)).WithIssueType("value");
    }
    proposal.actions.push_back(std::move(action));
    proposal.action_places.push_back(PlaceOf(*item));
    proposal.action_funders.push_back(named);
  }
  return {};
}

Result<Proposal> Read(const Element& parameters) {
  Proposal proposal;
  TRY_ASSIGN(proposal.arguments, Arguments::Read(parameters, {"subject", "type", "period", "currency", "mechanism", "rightToHave", "carePlan", "identifier", "reviewDue", "funder*", "amount", "action*"}));
  const Arguments& arguments = proposal.arguments;
  TRY_ASSIGN(const Element* subject, arguments.Needed("subject", {"valueReference"}));
  proposal.subject = subject->ValueOf("reference");
  if (!fhir::money::IdOf(proposal.subject, "Patient")) return Error(ErrorKind::kInvalid, "The subject is '" + proposal.subject + "'. Name the person as Patient/[id].").At(fhir::PathOf(*subject)).WithIssueType("value");
  TRY_ASSIGN(proposal.type, arguments.Word("type"));
  if (proposal.type.empty()) return arguments.Missing("type", "valueCode of budget-type: personal-health-budget, care-act-personal-budget, integrated-personal-budget or personal-wheelchair-budget");
  TRY_ASSIGN(proposal.period, arguments.Needed("period", {"valuePeriod"}));
  TRY_ASSIGN(proposal.days, fhir::money::ReadDays(*proposal.period));
  if (proposal.days.first == fhir::money::kNoBeginning) return Error(ErrorKind::kInvalid, "The period has no start. A budget is for a period from a day on.").At(fhir::PathOf(*proposal.period)).WithIssueType("required");
  TRY_ASSIGN(proposal.currency, arguments.Word("currency"));
  if (proposal.currency.empty()) proposal.currency = fhir::money::kDefaultCurrency;
  TRY_ASSIGN(proposal.mechanism, arguments.Word("mechanism"));
  TRY_ASSIGN(proposal.right_to_have, arguments.Word("rightToHave"));
  TRY_ASSIGN(const Element* plan, arguments.Value("carePlan", {"valueReference"}));
  if (plan) {
    const auto id = fhir::money::IdOf(plan->ValueOf("reference"), "CarePlan");
    if (!id) return Error(ErrorKind::kInvalid, "The plan is '" + std::string(plan->ValueOf("reference")) + "'. Name it as CarePlan/[id].").At(fhir::PathOf(*plan)).WithIssueType("value");
    proposal.plan = *id;
  }
  TRY_ASSIGN(const Element* key, arguments.Value("identifier", {"valueIdentifier"}));
  if (key) {
    proposal.key_system = key->ValueOf("system");
    proposal.key_value = key->ValueOf("value");
    if (proposal.key_value.empty()) return Error(ErrorKind::kInvalid, "The identifier has no value.").At(fhir::PathOf(*key)).WithIssueType("required");
  }
  TRY_ASSIGN(proposal.funders, ReadFunders(arguments));
  TRY(ReadActions(proposal));
  return proposal;
}

// What the actions cost over the budget's period, by funder; the last one is of those that all pay.
Result<std::vector<Pence>> CostOfActions(const Proposal& proposal) {
  std::vector<Pence> costs(proposal.funders.all.size() + 1);
  Writing scratch;
  for (std::size_t i = 0; i < proposal.actions.size(); ++i) {
    LineRequest request{&proposal.actions[i], proposal.action_places[i], proposal.subject, "Account/x", {}, {}, proposal.days, 0};
    TRY_ASSIGN(const Element* made, AddPlannedLine(scratch, request));
    auto line = fhir::money::ReadPlanLine(*made);
    if (!line) return Error(ErrorKind::kUnprocessable, line.error().text()).At(request.place).WithIssueType(std::string(line.error().issue_type()));
    const auto within = fhir::money::Within(*line, proposal.days);
    if (!within) return Error(ErrorKind::kUnprocessable, "The action is not within the budget's period.").At(request.place).WithIssueType("business-rule");
    if (!proposal.days.last && !within->last && !within->once) {
      return Error(ErrorKind::kUnprocessable, "Neither the action nor the budget has an end, so that what it costs in all is not known. Give the amount, or a period with an end.").At(request.place).WithIssueType("required");
    }
    const auto cost = fhir::money::CostTo(*within, within->last ? *within->last : within->first);
    if (!cost) return Error(ErrorKind::kUnprocessable, "The action costs more than can be reckoned with.").At(request.place).WithIssueType("value");
    const Funder* funder = proposal.action_funders[i];
    costs[funder ? static_cast<std::size_t>(funder - proposal.funders.all.data()) : proposal.funders.all.size()] += *cost;
  }
  return costs;
}

Result<void> SetAmounts(Proposal& proposal) {
  TRY_ASSIGN(const auto amount, proposal.arguments.Money("amount"));
  const auto check = [&](const Amount& found, const std::string& place) -> Result<void> {
    if (found.currency == proposal.currency) return {};
    return Error(ErrorKind::kUnprocessable, "The amount is in " + found.currency + ", the budget in " + proposal.currency + ". All amounts of a budget are in one currency.").At(place).WithIssueType("business-rule");
  };
  if (amount) {
    TRY(check(*amount, PlaceOf(*proposal.arguments.Find("amount"))));
  }
  Funders& funders = proposal.funders;
  proposal.parts.assign(funders.all.size(), 0);
  if (funders.by_amount) {
    for (std::size_t i = 0; i < funders.all.size(); ++i) {
      TRY(check(*funders.all[i].amount, funders.all[i].place));
      proposal.parts[i] = funders.all[i].amount->pence;
      proposal.total += proposal.parts[i];
    }
    if (amount && amount->pence != proposal.total) {
      return Error(ErrorKind::kUnprocessable, "The amount is " + FormatPence(amount->pence) + ", but the funders give " + FormatPence(proposal.total) + " together. Correct one, or leave the amount out.").At(PlaceOf(*proposal.arguments.Find("amount"))).WithIssueType("business-rule");
    }
    return {};
  }
  if (!amount && proposal.actions.empty()) return proposal.arguments.Missing("amount", "valueMoney: the indicative amount; or as amounts of the funders, or as actions with their prices");
  std::vector<Pence> costs(funders.all.size() + 1);
  if (amount) {
    costs.back() = amount->pence;
  } else {
    TRY_ASSIGN(costs, CostOfActions(proposal));
  }
  for (const Pence cost : costs) proposal.total += cost;
  if (funders.all.empty()) return {};
  const bool are_shared = !funders.all.front().share.is_zero();
  if (!are_shared && costs.back() != 0) return Error(ErrorKind::kInvalid, "What is not paid by one funder alone is shared by all, but the funders have no shares. Give each a share, or each action its funder.").At(funders.all.front().place).WithIssueType("required");
  if (are_shared) {
    TRY_ASSIGN(proposal.parts, funders.Split(costs.back()));
  }
  for (std::size_t i = 0; i < funders.all.size(); ++i) proposal.parts[i] += costs[i];
  return {};
}

void WriteAccount(Writing& writing, Element* account, const Proposal& proposal, const Funder* funder, Pence amount, const std::string& key_end) {
  Document& document = writing.document();
  AddCodeExtension(document, account, extension::kBudgetStage, code_system::kBudgetStage, "indicative");
  if (!proposal.mechanism.empty()) AddCodeExtension(document, account, extension::kDeliveryMechanism, code_system::kDeliveryMechanism, proposal.mechanism);
  if (!proposal.right_to_have.empty()) AddCodeExtension(document, account, extension::kRightToHave, code_system::kRightToHave, proposal.right_to_have);
  AddMoneyExtension(document, account, extension::kIndicativeAmount, {amount, proposal.currency});
  if (const Element* due = proposal.arguments.Find("reviewDue"); due && due->Find("valueDate")) AddCopy(document, AddExtension(document, account, extension::kReviewDue), "valueDate", *due->Find("valueDate"));
  if (!proposal.key_value.empty()) AddIdentifier(document, account, proposal.key_system, proposal.key_value + key_end);
  document.AddString(account, "status", "active");
  AddConcept(document, account, "type", code_system::kBudgetType, funder && !funder->type.empty() ? funder->type : proposal.type);
  AddReference(document, account, "subject", proposal.subject, true);
  AddCopy(document, account, "servicePeriod", *proposal.period);
  if (!funder) return;
  if (funder->organisation->name == "valueReference") {
    AddCopy(document, account, "owner", *funder->organisation);
  } else {
    AddCopy(document, document.Add(account, "owner"), "identifier", *funder->organisation);
  }
}

std::string Condition(const Proposal& proposal, const std::string& key_end) {
  return proposal.key_value.empty() ? "" : search::IdentifierCriterion(proposal.key_system, proposal.key_value + key_end);
}

Result<void> AddLines(Writing& writing, const Proposal& proposal, const std::vector<std::string>& accounts) {
  for (std::size_t i = 0; i < proposal.actions.size(); ++i) {
    LineRequest request{&proposal.actions[i], proposal.action_places[i], proposal.subject, {}, proposal.key_system, {}, proposal.days, 0};
    const std::string key_end = "/plan/" + std::to_string(i + 1);
    const Funder* funder = proposal.action_funders[i];
    if (accounts.size() == 1 || funder) {
      request.account = accounts[accounts.size() == 1 ? 0 : static_cast<std::size_t>(funder - proposal.funders.all.data())];
      if (!proposal.key_value.empty()) request.key_value = proposal.key_value + key_end;
      TRY(AddPlannedLine(writing, request));
      continue;
    }
    TRY_ASSIGN(const std::int64_t quantity, ReadMillionths(proposal.actions[i]));
    TRY_ASSIGN(const std::vector<std::int64_t> parts, proposal.funders.Split(quantity));
    for (std::size_t k = 0; k < parts.size(); ++k) {
      if (parts[k] == 0) continue;
      request.account = accounts[k];
      request.millionths = parts[k];
      if (!proposal.key_value.empty()) request.key_value = proposal.key_value + key_end + "/" + std::to_string(k + 1);
      TRY(AddPlannedLine(writing, request));
    }
  }
  return {};
}

// The plan names the budget that pays for it.
Result<void> AddToPlan(const App& app, Writing& writing, const Proposal& proposal, const std::string& account) {
  if (proposal.plan.empty()) return {};
  const std::string place = PlaceOf(*proposal.arguments.Find("carePlan"));
  TRY_ASSIGN(const auto reader, app.store->OpenReader());
  auto plan = Load(app, *reader, "CarePlan", proposal.plan);
  if (!plan) return Error(ErrorKind::kUnprocessable, "CarePlan/" + proposal.plan + " is not here. Store the plan first, or leave it out.").At(place).WithIssueType("not-found");
  const Element* whose = plan->document.root->Find("subject");
  const std::string person(whose ? whose->ValueOf("reference") : "");
  if (person != proposal.subject) {
    const auto id = fhir::money::IdOf(proposal.subject, "Patient"), other = fhir::money::IdOf(person, "Patient");
    const auto joined = reader->PersonOf(*id);
    if (!other || !joined || std::ranges::find(*joined, *other) == joined->end()) {
      return Error(ErrorKind::kUnprocessable, "CarePlan/" + proposal.plan + " is the plan of '" + person + "', the budget is for '" + proposal.subject + "'. A budget pays for its own person's plan.").At(place).WithIssueType("business-rule");
    }
  }
  Element* changed = writing.Change(*plan->document.root, plan->version.version, place);
  AddReference(writing.document(), changed, "supportingInfo", account, true);
  return {};
}

// What was proposed under the same identifier before: the same again, or something else.
Result<std::optional<Outcome>> FindBefore(const App& app, const Proposal& proposal) {
  if (proposal.key_value.empty()) return std::optional<Outcome>();
  TRY_ASSIGN(const auto reader, app.store->OpenReader());
  TRY_ASSIGN(const std::vector<Found> found, Search(app, *reader, "Account", Condition(proposal, "")));
  if (found.empty()) return std::optional<Outcome>();
  TRY_ASSIGN(Family family, ReadFamily(app, *reader, found.front().version.id));
  std::vector<std::pair<std::string, Pence>> before, now;
  for (const StoredBudget* leaf : family.Leaves()) before.emplace_back(leaf->budget.owner, leaf->budget.indicative ? leaf->budget.indicative->pence : 0);
  for (std::size_t i = 0; i < proposal.funders.all.size(); ++i) now.emplace_back(proposal.funders.all[i].name, proposal.parts[i]);
  if (now.empty()) now.emplace_back(std::string(fhir::money::kNone), proposal.total);
  std::ranges::sort(before);
  std::ranges::sort(now);
  const fhir::money::Budget& head = family.head.budget;
  const bool is_same = before == now && head.subject == proposal.subject && head.type == proposal.type && head.period == proposal.days && family.currency() == proposal.currency &&
                       head.right_to_have == proposal.right_to_have && head.mechanism == (proposal.mechanism.empty() ? std::string(fhir::money::kNone) : proposal.mechanism);
  if (!is_same) {
    return Error(ErrorKind::kConflict, family.head.name() + " was proposed under that identifier, with another person, type, period, mechanism or amounts. Use another identifier, or change the budget itself.")
        .At(PlaceOf(*proposal.arguments.Find("identifier"))).WithIssueType("duplicate");
  }
  TRY_ASSIGN(Ledger ledger, ReadLedger(app, *reader, family));
  Outcome outcome;
  outcome.resources.push_back(std::move(family.head.version));
  for (StoredBudget& part : family.parts) outcome.resources.push_back(std::move(part.version));
  for (const StoredEntry& entry : ledger.entries) {
    if (entry.entry.kind != fhir::money::Kind::kPlanned) continue;
    TRY_ASSIGN(storage::Version version, reader->Read("ChargeItem", entry.entry.id));
    outcome.resources.push_back(std::move(version));
  }
  return std::optional(std::move(outcome));
}

Result<Outcome> Make(App& app, const Proposal& proposal) {
  Writing writing;
  const bool is_integrated = proposal.funders.all.size() > 1;
  Element* head = writing.Create("Account", "Parameters", Condition(proposal, ""));
  const std::string head_url = writing.last_url();
  WriteAccount(writing, head, proposal, proposal.funders.all.size() == 1 ? &proposal.funders.all.front() : nullptr, proposal.total, "");
  std::vector<std::string> accounts;
  for (std::size_t i = 0; is_integrated && i < proposal.funders.all.size(); ++i) {
    const std::string key_end = "/" + std::to_string(i + 1);
    Element* part = writing.Create("Account", proposal.funders.all[i].place, Condition(proposal, key_end));
    accounts.push_back(writing.last_url());
    WriteAccount(writing, part, proposal, &proposal.funders.all[i], proposal.parts[i], key_end);
    AddReference(writing.document(), part, "partOf", head_url);
  }
  if (!is_integrated) accounts.push_back(head_url);
  TRY(AddLines(writing, proposal, accounts));
  TRY(AddToPlan(app, writing, proposal, head_url));
  TRY_ASSIGN(std::vector<interactions::Done> done, std::move(writing).Store(app));
  Outcome outcome;
  outcome.status = done.front().status;
  for (interactions::Done& one : done) outcome.resources.push_back(std::move(one.version));
  return outcome;
}

}  // namespace

Result<Outcome> Propose(App& app, const Element& parameters) {
  TRY_ASSIGN(Proposal proposal, Read(parameters));
  TRY(SetAmounts(proposal));
  for (int attempt = 1;; ++attempt) {
    TRY_ASSIGN(std::optional<Outcome> before, FindBefore(app, proposal));
    if (before) return *std::move(before);
    auto made = Make(app, proposal);
    // Somebody else may have proposed the same meanwhile.
    const bool again = made ? made->status == 200 : made.error().kind() == ErrorKind::kPrecondition;
    if (!again || attempt == kAttempts) return made;
  }
}

}  // namespace server::care::budget
