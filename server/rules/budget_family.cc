// Integrated budgets, and what holds when a budget is closed.
#include "server/rules/budget_family.h"

#include "server/rules/ledger_account.h"
#include "server/rules/money_reading.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Amount;
using fhir::money::Budget;
using fhir::money::FormatPence;
using fhir::money::Pence;

namespace {

constexpr int kMostChildren = 1000;

std::string ParentOf(const Element& account) {
  const Element* parent = account.Find("partOf");
  return parent ? fhir::money::IdOf(parent->ValueOf("reference"), "Account").value_or("") : "";
}

Result<Budget> Read(const Document& account, const std::string& place) {
  auto budget = fhir::money::ReadBudget(*account.root);
  if (!budget) return Refuse(kBudgetRule, place, "Account/" + std::string(account.root->ValueOf("id")) + " (" + budget.error().path() + "): " + budget.error().text());
  return budget;
}

struct Sum {
  bool known = false;
  Pence pence = 0;
};

Result<void> Compare(std::string_view which, const std::optional<Amount>& parent, const Sum& children, const std::string& name, const std::string& place) {
  if (parent.has_value() == children.known && (!parent || parent->pence == children.pence)) return {};
  return Refuse(kBudgetRule, place + ".extension('" + std::string(which) + "')", "The " + std::string(which) + " of " + name + " is " + (parent ? FormatPence(parent->pence) : std::string("not said")) + ", its funders' parts sum to " +
                                                                                  (children.known ? FormatPence(children.pence) : std::string("nothing")) + ". Write the integrated budget and its parts in one transaction, so that they agree.");
}

}  // namespace

Result<std::string> CheckParents(Context& context, const std::string& id, const std::string& was, const std::string& place) {
  TRY_ASSIGN(const std::optional<Document> child, context.Load("Account", id));
  const Element* reference = child ? child->root->Find("partOf") : nullptr;
  if (!reference || reference->ValueOf("reference").empty()) return std::string();   // one that is named and not referred to is not here
  const std::string at = place + ".partOf", parent_id = ParentOf(*child->root);
  TRY_ASSIGN(const std::optional<Document> parent, parent_id.empty() ? Result<std::optional<Document>>(std::optional<Document>()) : context.LoadToChange("Account", parent_id));
  if (!parent || !fhir::money::IsBudget(*parent->root)) return Refuse(kBudgetRule, at, "'" + std::string(reference->ValueOf("reference")) + "' is no personal budget here. A funder's part names the Account of the integrated budget.");
  const std::string above = ParentOf(*parent->root);
  if (parent_id == id || above == id) return Refuse(kBudgetRule, at, "Account/" + id + " would be a part of itself. An integrated budget is not part of its parts.");
  if (!above.empty()) return Refuse(kBudgetRule, at, "Account/" + parent_id + " is itself a part of Account/" + above + ". Name that one: an integrated budget has a part for each funder, and these have none.");
  TRY_ASSIGN(const bool has_parts, IsThereAny(context, "Account", "part-of=Account/" + id));
  if (has_parts) return Refuse(kBudgetRule, at, "Account/" + id + " has parts of its own. An integrated budget has a part for each funder, and these have none.");
  const Element* whose = parent->root->Find("subject");
  const Element* subject = child->root->Find("subject");
  TRY_ASSIGN(const bool same, IsSamePerson(context, subject ? subject->ValueOf("reference") : "", whose ? whose->ValueOf("reference") : ""));
  if (!same || !subject) return Refuse(kBudgetRule, place + ".subject", "The integrated budget Account/" + parent_id + " is for '" + std::string(whose ? whose->ValueOf("reference") : "") + "', this part is not. Both are of one person.");
  bool has_entries = ReadBalances(*parent->root).any();
  if (!has_entries && was != parent_id && !context.from_source()) {
    TRY_ASSIGN(has_entries, IsThereAny(context, "ChargeItem", "account=Account/" + parent_id));
  }
  if (has_entries) return Refuse(kBudgetRule, at, "Account/" + parent_id + " has entries of its own, so it cannot have parts. Make a new integrated budget.", ErrorKind::kConflict);
  return parent_id;
}

Result<void> CheckLeft(Context& context, const std::string& id, const std::string& parent_id, const std::string& place) {
  TRY_ASSIGN(const std::optional<Document> parent, context.LoadToChange("Account", parent_id));
  if (!parent) return {};
  return Refuse(kBudgetRule, place + ".partOf", "Account/" + id + " is a part of Account/" + parent_id + ", and stays one now that both are agreed on. Close the integrated budget, and propose new ones.", ErrorKind::kConflict);
}

Result<void> CheckChildren(Context& context, const std::string& id, const std::string& place) {
  TRY_ASSIGN(const std::vector<Document> children, Find(context, "Account", "part-of=Account/" + id, kMostChildren));
  if (children.empty()) return {};
  TRY_ASSIGN(const std::optional<Document> document, context.LoadToChange("Account", id));
  if (!document) return Refuse(kBudgetRule, place, "Account/" + id + " has parts of other funders. Delete these first.", ErrorKind::kConflict);
  TRY_ASSIGN(const Budget parent, Read(*document, place));
  Sum indicative, agreed;
  for (const Document& child : children) {
    TRY_ASSIGN(const Budget budget, Read(child, place));
    const std::string name = "Account/" + budget.id;
    if (budget.stage != parent.stage) {
      return Refuse(kBudgetRule, place + ".extension('budget-stage')", "Account/" + id + " is " + std::string(CodeOf(parent.stage)) + ", its part " + name + " is " + std::string(CodeOf(budget.stage)) + ". An integrated budget and its parts change their stage together, in one transaction.");
    }
    for (const auto& [amount, of_parent, sum] : {std::tuple{&budget.indicative, &parent.indicative, &indicative}, std::tuple{&budget.agreed, &parent.agreed, &agreed}}) {
      if (!*amount) continue;
      if (*of_parent && (*amount)->currency != (*of_parent)->currency) return Refuse(kBudgetRule, place, name + " is in " + (*amount)->currency + ", the integrated budget in " + (*of_parent)->currency + ". All are in one currency.");
      sum->known = true;
      sum->pence += (*amount)->pence;
    }
  }
  TRY(Compare("indicative-amount", parent.indicative, indicative, "Account/" + id, place));
  return Compare("agreed-amount", parent.agreed, agreed, "Account/" + id, place);
}

Result<void> CheckClosed(Context& context, const std::string& id, const std::string& place) {
  TRY_ASSIGN(const std::optional<Document> account, context.Load("Account", id));
  if (!account) return {};
  const Balances balances = ReadBalances(*account->root);
  const std::string name = "Account/" + id, at = place + ".extension('budget-stage')";
  if (balances.held() != 0) {
    return Refuse(kBudgetRule, at, FormatPence(balances.held()) + " of " + name + " is with the person or a third party, not accounted for. Record what was spent and what was reclaimed before it is closed.", ErrorKind::kConflict);
  }
  if (balances.outstanding != 0) {
    return Refuse(kBudgetRule, at, FormatPence(balances.outstanding) + " is ordered from " + name + " and not charged yet. Record the charges, or reverse the commitments, before it is closed.", ErrorKind::kConflict);
  }
  return {};
}

Result<void> CheckPeriod(Context& context, const std::string& id, const std::string& place) {
  TRY_ASSIGN(const std::optional<Document> account, context.Load("Account", id));
  if (!account) return {};
  TRY_ASSIGN(const Budget budget, Read(*account, place));
  return Each(context, "ChargeItem", "account=Account/" + id, [&](const Document& document) -> Result<void> {
    if (!fhir::money::IsEntry(*document.root)) return {};
    const auto entry = fhir::money::ReadEntry(*document.root);
    if (!entry || entry->kind == fhir::money::Kind::kPlanned || budget.period.Has(entry->day)) return {};
    return Refuse(kBudgetRule, place + ".servicePeriod", "ChargeItem/" + entry->id + " of " + fhir::money::FormatDay(entry->day) + " would not be within the budget's period. The period holds all that was recorded.", ErrorKind::kConflict);
  });
}

}  // namespace server::rules
