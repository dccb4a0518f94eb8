// Rule budget: a personal budget stays its person's, goes through its stages in order, is what its funders' parts sum to, and does not
// change once it is closed.
#include <map>

#include "server/rules/budget_family.h"
#include "fhir/model/lookup.h"
#include "server/rules/budget_stages.h"
#include "server/rules/catalogue.h"
#include "server/rules/ledger_account.h"
#include "server/rules/money_reading.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Budget;
using fhir::money::Stage;
namespace extension = fhir::money::extension;

namespace {

// What was decided about a budget. A source that says nothing of it takes nothing away.
constexpr std::string_view kDecided[] = {extension::kBudgetStage, extension::kRightToHave, extension::kReviewDue, extension::kIndicativeAmount,
                                         extension::kAgreedAmount, extension::kOverPolicy};

Stage StageIn(const Element* account) {
  const Element* found = account ? fhir::FindExtension(*account, extension::kBudgetStage) : nullptr;
  const Element* value = found ? found->Find("valueCodeableConcept") : nullptr;
  return value ? fhir::money::StageOf(fhir::CodeIn(*value, fhir::money::code_system::kBudgetStage)).value_or(Stage::kUnsaid) : Stage::kUnsaid;
}

std::string NameOf(Stage stage) { return stage == Stage::kUnsaid ? "without a stage" : std::string(CodeOf(stage)); }

std::string Subject(const Element& account) {
  const Element* subject = account.Find("subject");
  return std::string(subject ? subject->ValueOf("reference") : "");
}

class BudgetRule : public Rule {
 public:
  explicit BudgetRule(Context& context) : context_(context) {}

  Result<void> Check(const Write& given) override {
    std::optional<Document> fresh;
    Write write = given;
    if (given.before && fhir::money::IsBudget(*given.before)) {
      TRY_ASSIGN(write, Fresh(context_, given, fresh));
    }
    if (write.after) KeepExtension(*write.after, write.before, extension::kBalance);
    const bool was = write.before && fhir::money::IsBudget(*write.before), is = write.after && fhir::money::IsBudget(*write.after->root);
    if (!was && !is) return {};
    const std::string place(write.place);
    if (!write.after) return Delete(write);
    if (was && context_.from_source()) KeepDecisions(write);
    OrderExtensions(*write.after, write.before);
    const Stage from = StageIn(write.before), to = StageIn(write.after->root);
    if (from == Stage::kClosed) {
      const std::string_view changed = FirstDifference(*write.before, *write.after->root, {"id", "meta", "text"});
      if (changed.empty()) return {};
      return Refuse(kBudgetRule, place + "." + std::string(changed), "Account/" + std::string(write.id) + " is closed. A closed budget does not change; propose a new one for the next period.", ErrorKind::kConflict);
    }
    if (was && !is) {
      if (from == Stage::kUnsaid && context_.from_source()) return {};
      return Refuse(kBudgetRule, place + ".type", "Account/" + std::string(write.id) + " is a personal budget and stays one. Its type is of " + std::string(fhir::money::code_system::kBudgetType) + ".");
    }
    TRY(CheckPerson(write, place));
    TRY(CheckStage(write, from, to, place));
    if (to != Stage::kUnsaid) {
      TRY(CheckAmounts(write, from, to, place));
    }
    Note(write, to == Stage::kClosed, write.before && DiffersIn(write, "servicePeriod"));
    return {};
  }

  // In one order, for all who write to Accounts wait for each other.
  Result<void> Settle() override {
    std::map<std::string, std::string> parents;   // and at which place something of them was written
    for (const auto& [id, written] : written_) {
      if (!written.parent_before.empty()) parents.emplace(written.parent_before, written.place);
      if (written.is_deleted) {
        TRY(CheckDeleted(id, written));
        continue;
      }
      std::string parent;
      if (written.has_parent) {
        TRY_ASSIGN(parent, CheckParents(context_, id, written.parent_before, written.place));
      }
      if (!parent.empty()) parents[parent] = written.place;
      if (written.is_bound && !written.parent_before.empty() && written.parent_before != parent) {
        TRY(CheckLeft(context_, id, written.parent_before, written.place));
      }
    }
    for (const auto& [id, written] : written_) {
      if (!written.is_deleted && written.may_have_parts) parents[id] = written.place;
    }
    for (const auto& [id, place] : parents) {
      TRY(CheckChildren(context_, id, place));
    }
    for (const auto& [id, currency] : currencies_) {
      TRY_ASSIGN(const bool has_entries, IsThereAny(context_, "ChargeItem", "account=Account/" + id));
      if (!has_entries) continue;
      return Refuse(kBudgetRule, written_[id].place + ".extension('agreed-amount')", "Account/" + id + " is kept in " + currency + ", as what stands in its ledger and plan. Propose a new budget in the other currency.", ErrorKind::kConflict);
    }
    for (const auto& [id, written] : written_) {
      if (written.is_closed) {
        TRY(CheckClosed(context_, id, written.place));
      }
      if (written.is_period_new) {
        TRY(CheckPeriod(context_, id, written.place));
      }
    }
    return {};
  }

 private:
  struct Written {
    std::string place, parent_before;
    bool is_deleted = false, is_closed = false, is_period_new = false, may_have_parts = true, has_parent = false, has_stage = false;
    bool is_bound = false;                 // agreed on: it stays its parent's part
  };

  static bool DiffersIn(const Write& write, std::string_view name) {
    const Element* a = write.before->Find(name);
    const Element* b = write.after->root->Find(name);
    if (!a || !b) return a != b;
    return !FirstDifference(*a, *b, {}).empty() || a->text != b->text;
  }

  static void KeepDecisions(const Write& write) {
    if (StageIn(write.before) != Stage::kUnsaid && StageIn(write.after->root) == Stage::kUnsaid) {
      if (const Element* status = write.before->Find("status")) {
        if (Element* said = write.after->root->Find("status")) write.after->SetValue(said, status->kind, status->text);
      }
    }
    for (const std::string_view url : kDecided) {
      if (!fhir::FindExtension(*write.after->root, url)) KeepExtension(*write.after, write.before, url);
    }
    for (const std::string_view name : {"servicePeriod", "partOf"}) {
      const Element* stood = write.before->Find(name);
      if (stood && !write.after->root->Find(name)) write.after->Attach(write.after->root, write.after->Copy(*stood));
    }
  }

  Result<void> Delete(const Write& write) {
    const Stage stage = StageIn(write.before);
    if (stage == Stage::kClosed) return Refuse(kBudgetRule, std::string(write.place), "Account/" + std::string(write.id) + " is closed. A closed budget is kept.", ErrorKind::kConflict);
    Note(write, false, false);
    return {};
  }

  void Note(const Write& write, bool closed, bool period) {
    Written& written = written_[std::string(write.id)];
    written.place = write.place;
    written.is_deleted = !write.after;
    written.is_closed = closed;
    written.is_period_new = period;
    const Element* parent = write.before ? write.before->Find("partOf") : nullptr;
    if (parent) written.parent_before = fhir::money::IdOf(parent->ValueOf("reference"), "Account").value_or("");
    written.has_parent = write.after && write.after->root->Find("partOf");
    const Stage stage = StageIn(write.before);
    written.has_stage = stage != Stage::kUnsaid;
    written.is_bound = stage == Stage::kAgreed || stage == Stage::kSuspended;
    // What a source says without stage and amounts is no integrated budget of ours.
    written.may_have_parts = !context_.from_source() || !write.after || StageIn(write.after->root) != Stage::kUnsaid;
  }

  Result<void> CheckDeleted(const std::string& id, const Written& written) {
    if (context_.from_source() && !written.has_stage) return {};
    TRY_ASSIGN(const bool has_entries, IsThereAny(context_, "ChargeItem", "account=Account/" + id));
    if (has_entries) return Refuse(kBudgetRule, written.place, "Account/" + id + " has entries in its ledger and cannot be deleted. Close it: POST Account/" + id + "/$close.", ErrorKind::kConflict);
    TRY_ASSIGN(const bool has_parts, IsThereAny(context_, "Account", "part-of=Account/" + id));
    if (has_parts) return Refuse(kBudgetRule, written.place, "Account/" + id + " has parts of other funders. Delete these first, or with it.", ErrorKind::kConflict);
    return {};
  }

  Result<void> CheckPerson(const Write& write, const std::string& place) {
    if (!write.before || !fhir::money::IsBudget(*write.before)) return {};
    const std::string before = Subject(*write.before), after = Subject(*write.after->root);
    TRY_ASSIGN(const bool same, IsSamePerson(context_, before, after));
    if (same) return {};
    return Refuse(kBudgetRule, place + ".subject", "Account/" + std::string(write.id) + " is the budget of '" + before + "', not of '" + after + "'. A budget is not moved to another person; propose a new one.");
  }

  Result<void> CheckStage(const Write& write, Stage from, Stage to, const std::string& place) {
    const bool is_history = !write.before && context_.from_source();
    if (from != to && !is_history && !MayFollow(from, to)) {
      const std::string name = write.before ? "Account/" + std::string(write.id) + " is " + NameOf(from) + " and" : "A new budget";
      return Refuse(kBudgetRule, place + ".extension('budget-stage')", name + " cannot become " + NameOf(to) + ". Allowed: " + NextStagesOf(from) + ".", ErrorKind::kConflict);
    }
    const std::string &status = RowOf(to).status, found(write.after->root->ValueOf("status"));
    if (status != "any" && found != status) {
      return Refuse(kBudgetRule, place + ".status", "The status is '" + found + "', but the budget is " + NameOf(to) + ". Allowed then: " + status + ".");
    }
    return {};
  }

  Result<void> CheckAmounts(const Write& write, Stage from, Stage to, const std::string& place) {
    auto read = fhir::money::ReadBudget(*write.after->root);
    if (!read) return Named(kBudgetRule, read.error(), place);
    const Budget& budget = *read;
    if (budget.subject.empty()) return Refuse(kBudgetRule, place + ".subject", "A personal budget has the person as its subject.");
    if (to == Stage::kAgreed && !budget.agreed) return Refuse(kBudgetRule, place + ".extension('agreed-amount')", "An agreed budget has an agreed amount. Write the extension agreed-amount, or use $agree.");
    if (to == Stage::kIndicative && budget.agreed) return Refuse(kBudgetRule, place + ".extension('agreed-amount')", "An indicative budget has no agreed amount yet. Leave it out, or use $agree.");
    if (budget.indicative && budget.agreed && budget.indicative->currency != budget.agreed->currency) {
      return Refuse(kBudgetRule, place + ".extension('agreed-amount')", "The agreed amount is in " + budget.agreed->currency + ", the indicative one in " + budget.indicative->currency + ". A budget is in one currency.");
    }
    if (!write.before || !fhir::money::IsBudget(*write.before)) return {};
    const auto before = fhir::money::ReadBudget(*write.before);
    if (!before) return {};
    if (CurrencyOf(*before) != CurrencyOf(budget)) currencies_.emplace(write.id, CurrencyOf(*before));
    // It is agreed on with the step to agreed, and with no other.
    if (to == Stage::kIndicative || (to == Stage::kAgreed && from != to) || context_.from_source()) return {};
    if (before->agreed != budget.agreed) {
      return Refuse(kBudgetRule, place + ".extension('agreed-amount')", "The agreed amount stands while the budget is " + NameOf(from) + ". Suspend the budget, then agree on it anew: POST Account/" + std::string(write.id) + "/$agree.", ErrorKind::kConflict);
    }
    return {};
  }

  Context& context_;
  std::map<std::string, Written> written_;
  std::map<std::string, std::string> currencies_;   // of Accounts that are to be kept in another one: in which they were
};

}  // namespace

std::unique_ptr<Rule> OpenBudget(Context& context) { return std::make_unique<BudgetRule>(context); }

}  // namespace server::rules
