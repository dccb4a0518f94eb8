// Budgets and entries from their resources.
#include <algorithm>
#include <span>
#include <utility>

#include "fhir/money/ledger.h"
#include "fhir/model/lookup.h"

namespace fhir::money {
namespace {

Error Refuse(const Element& at, std::string text, std::string_view issue = "value") {
  return Error(ErrorKind::kUnprocessable, std::move(text)).WithIssueType(std::string(issue)).At(PathOf(at));
}

Result<std::string> Allowed(std::string_view code, std::string_view what, std::span<const std::string_view> codes, const Element& at) {
  if (std::ranges::find(codes, code) != codes.end()) return std::string(code);
  std::string text = "The " + std::string(what) + (code.empty() ? " has no code" : " is '" + std::string(code.substr(0, 40)) + "'") + "; allowed are ";
  for (std::size_t i = 0; i < codes.size(); ++i) text += (i == 0 ? "" : i + 1 == codes.size() ? " and " : ", ") + std::string(codes[i]);
  return Refuse(at, std::move(text), "code-invalid");
}

// The code of an extension with a valueCodeableConcept; empty when there is no such extension.
Result<std::string> ReadCode(const Element& of, std::string_view url, std::string_view system, std::string_view what, std::span<const std::string_view> codes) {
  const Element* extension = FindExtension(of, url);
  if (!extension) return std::string();
  const Element* value = extension->Find("valueCodeableConcept");
  return Allowed(value ? CodeIn(*value, system) : std::string_view(), what, codes, *extension);
}

Result<std::optional<Amount>> ReadAmountIn(const Element& of, std::string_view url) {
  const Element* extension = FindExtension(of, url);
  if (!extension) return std::optional<Amount>();
  const Element* money = extension->Find("valueMoney");
  if (!money) return Refuse(*extension, "The extension " + std::string(url) + " needs valueMoney", "required");
  TRY_ASSIGN(Amount amount, ReadAmount(*money));
  return std::optional(std::move(amount));
}

// Whose money it is: what the reference says, else the identifier.
std::string FunderOf(const Element* owner) {
  if (!owner) return std::string(kNone);
  const std::string_view reference = owner->ValueOf("reference");
  if (!reference.empty()) return std::string(reference.substr(0, reference.find("/_history/")));
  const Element* identifier = owner->Find("identifier");
  if (!identifier || identifier->ValueOf("value").empty()) return std::string(kNone);
  return std::string(identifier->ValueOf("system")) + "|" + std::string(identifier->ValueOf("value"));
}

// The id that a reference names.
Result<std::string> ReadReference(const Element& reference, std::string_view type) {
  if (auto id = IdOf(reference.ValueOf("reference"), type)) return *std::move(id);
  return Refuse(reference, "A reference to one " + std::string(type) + " of this server is needed, such as " + std::string(type) + "/123");
}

Result<void> ReadBudgetAmounts(const Element& account, Budget& budget) {
  TRY_ASSIGN(budget.indicative, ReadAmountIn(account, extension::kIndicativeAmount));
  TRY_ASSIGN(budget.agreed, ReadAmountIn(account, extension::kAgreedAmount));
  if (budget.indicative && budget.agreed && budget.indicative->currency != budget.agreed->currency) {
    return Refuse(*FindExtension(account, extension::kAgreedAmount),
                  "The agreed amount is in " + budget.agreed->currency + ", the indicative one in " + budget.indicative->currency + ": one currency is allowed");
  }
  if (const Element* policy = FindExtension(account, extension::kOverPolicy)) {
    TRY_ASSIGN(const std::string code, Allowed(policy->ValueOf("valueCode"), "policy on going over", codes::kOverPolicies, *policy));
    budget.over_policy = code == "flag" ? OverPolicy::kFlag : OverPolicy::kRefuse;
  }
  if (const Element* due = FindExtension(account, extension::kReviewDue)) {
    budget.review_due = ParseDay(due->ValueOf("valueDate"));
    if (!budget.review_due) return Refuse(*due, "The review needs a whole day as valueDate, such as 2026-04-01");
  }
  return {};
}

// The day of an entry of any kind but planned.
Result<Day> ReadEntryDay(const Element& charge_item) {
  const Element* at = charge_item.Find("occurrenceDateTime");
  const Element* period = at ? nullptr : charge_item.Find("occurrencePeriod");
  if (period) at = period->Find("start");
  if (!at) return Refuse(period ? *period : charge_item, "An entry needs its day: occurrenceDateTime, or occurrencePeriod with its first day", "required");
  if (const auto day = ParseDay(at->value())) return *day;
  return Refuse(*at, "The day is '" + std::string(at->value().substr(0, 40)) + "'; allowed is a whole day that exists, such as 2026-04-01");
}

Result<void> ReadPartOf(const Element& charge_item, Entry& entry) {
  const Element* part_of = charge_item.Find("partOf");
  if (!part_of) {
    if (entry.kind == Kind::kReversal) return Refuse(charge_item, "A reversal needs partOf: the one entry that it takes back", "required");
    return {};
  }
  if (entry.kind != Kind::kReversal && entry.kind != Kind::kCharge) {
    return Refuse(*part_of, "An entry of kind " + std::string(CodeOf(entry.kind)) +
                                " has no partOf; allowed is it in a reversal (what it takes back) and a charge (the commitment that it meets)");
  }
  if (const Element* second = part_of->NextRepeat()) return Refuse(*second, "An entry is part of one other at most");
  TRY_ASSIGN(entry.part_of, ReadReference(*part_of, "ChargeItem"));
  return {};
}

void ReadGoals(const Element& charge_item, Entry& entry) {
  for (const Element& reference : Repeats(charge_item, "supportingInformation")) {
    if (auto goal = IdOf(reference.ValueOf("reference"), "Goal")) entry.goals.push_back(*std::move(goal));
  }
  std::ranges::sort(entry.goals);
  entry.goals.erase(std::unique(entry.goals.begin(), entry.goals.end()), entry.goals.end());
}

Result<void> ReadEntryMoney(const Element& charge_item, Entry& entry) {
  const Element* price = charge_item.Find("priceOverride");
  if (entry.kind == Kind::kPlanned) {
    if (price) return Refuse(*price, "A planned line has no priceOverride: its cost follows from the unit price, the quantity and how often");
    TRY_ASSIGN(entry.plan, ReadPlanLine(charge_item, &entry.lacks));
    entry.day = entry.plan->first;
    TRY_ASSIGN(const auto unit_price, ReadAmountIn(charge_item, extension::kUnitPrice));
    if (unit_price) entry.amount.currency = unit_price->currency;
    return {};
  }
  if (!price) return Refuse(charge_item, "An entry of kind " + std::string(CodeOf(entry.kind)) + " needs priceOverride: its amount", "required");
  TRY_ASSIGN(entry.amount, ReadAmount(*price));
  TRY_ASSIGN(entry.day, ReadEntryDay(charge_item));
  return {};
}

}  // namespace

Result<Budget> ReadBudget(const Element& account) {
  Budget budget;
  budget.id = account.ValueOf("id");
  budget.status = account.ValueOf("status");
  const Element* type = account.Find("type");
  TRY_ASSIGN(budget.type, Allowed(CodeIn(*type, code_system::kBudgetType), "type of budget", codes::kBudgetTypes, *type));
  const Element* subject = account.Find("subject");
  if (!subject || subject->ValueOf("reference").empty()) {
    return Refuse(subject ? *subject : account, "A personal budget needs its subject: a reference to the Patient", "required");
  }
  budget.subject = subject->ValueOf("reference");
  budget.owner = FunderOf(account.Find("owner"));
  if (const Element* part_of = account.Find("partOf")) { TRY_ASSIGN(budget.parent, ReadReference(*part_of, "Account")); }
  if (const Element* period = account.Find("servicePeriod")) { TRY_ASSIGN(budget.period, ReadDays(*period)); }
  TRY_ASSIGN(const std::string stage, ReadCode(account, extension::kBudgetStage, code_system::kBudgetStage, "stage", codes::kStages));
  budget.stage = StageOf(stage).value_or(Stage::kUnsaid);
  TRY_ASSIGN(budget.mechanism, ReadCode(account, extension::kDeliveryMechanism, code_system::kDeliveryMechanism, "delivery mechanism", codes::kMechanisms));
  if (budget.mechanism.empty()) budget.mechanism = kNone;
  TRY_ASSIGN(budget.right_to_have, ReadCode(account, extension::kRightToHave, code_system::kRightToHave, "right to have", codes::kRightsToHave));
  TRY(ReadBudgetAmounts(account, budget));
  return budget;
}

Result<Entry> ReadEntry(const Element& charge_item) {
  Entry entry;
  entry.id = charge_item.ValueOf("id");
  TRY_ASSIGN(const std::string kind, ReadCode(charge_item, extension::kChargeKind, code_system::kChargeKind, "kind of entry", codes::kKinds));
  entry.kind = *KindOf(kind);
  entry.counts = std::ranges::find(codes::kNotCounted, charge_item.ValueOf("status")) == codes::kNotCounted.end();
  const Element* account = charge_item.Find("account");
  if (const Element* second = account->NextRepeat()) return Refuse(*second, "An entry is in one account; found is another");
  TRY_ASSIGN(entry.account, ReadReference(*account, "Account"));
  if (const Element* subject = charge_item.Find("subject")) entry.subject = subject->ValueOf("reference");
  TRY(ReadEntryMoney(charge_item, entry));
  TRY(ReadPartOf(charge_item, entry));
  TRY_ASSIGN(entry.mechanism, ReadCode(charge_item, extension::kDeliveryMechanism, code_system::kDeliveryMechanism, "delivery mechanism", codes::kMechanisms));
  ReadGoals(charge_item, entry);
  for (const Element& identifier : Repeats(charge_item, "identifier")) {
    if (!identifier.ValueOf("value").empty()) entry.keys.push_back(std::string(identifier.ValueOf("system")) + "|" + std::string(identifier.ValueOf("value")));
  }
  return entry;
}

}  // namespace fhir::money
