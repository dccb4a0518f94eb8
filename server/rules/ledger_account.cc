// Taking new entries into a budget's ledger.
#include "server/rules/ledger_account.h"

#include <algorithm>

#include "fhir/model/lookup.h"
#include "server/rules/money_reading.h"
#include "server/search/url.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Budget;
using fhir::money::FormatDay;
using fhir::money::FormatPence;
using fhir::money::Kind;
using fhir::money::Pence;
using fhir::money::Stage;

namespace {

class Ledger {
 public:
  Ledger(Context& context, const std::string& id, Stage was, bool is_history) : context_(context), name_("Account/" + id), id_(id), was_(was), is_history_(is_history) {}

  Result<void> Take(std::vector<NewEntry>& entries) {
    TRY(Open(entries.front()));
    for (const NewEntry& entry : entries) {
      TRY(CheckEntry(entry));
    }
    const Balances before = balances_;
    // What is met and what is taken back is there before what meets it and takes it back.
    const auto order = [](Kind kind) { return kind == Kind::kReversal ? 2 : kind == Kind::kCharge ? 1 : 0; };
    std::ranges::stable_sort(entries, {}, [&](const NewEntry& entry) { return order(entry.entry.kind); });
    for (const NewEntry& entry : entries) {
      TRY(entry.entry.kind == Kind::kReversal ? Reverse(entry) : Add(entry));
    }
    TRY(CompareWithAgreed(before, entries));
    WriteBalances(*account_, balances_, currency_);
    return context_.Put("Account", id_, *account_);
  }

 private:
  Result<void> Open(const NewEntry& first) {
    TRY_ASSIGN(account_, context_.LoadToChange("Account", id_));
    const std::string place = first.place + ".account";
    if (!account_) return Refuse(kLedgerEntry, place, name_ + " is not there. An entry belongs to a personal budget; make one with Account/$propose.");
    if (!fhir::money::IsBudget(*account_->root)) {
      return Refuse(kLedgerEntry, place, name_ + " is no personal budget: its type is not of " + std::string(fhir::money::code_system::kBudgetType) + ". Only planned lines may stand in it.");
    }
    auto budget = fhir::money::ReadBudget(*account_->root);
    if (!budget) return Refuse(kLedgerEntry, place, name_ + " cannot take entries as it is (" + budget.error().path() + "): " + budget.error().text());
    budget_ = *std::move(budget);
    currency_ = CurrencyOf(budget_);
    balances_ = ReadBalances(*account_->root);
    const bool is_closing = was_ == Stage::kAgreed && (budget_.stage == Stage::kClosed || budget_.stage == Stage::kSuspended);
    if (budget_.stage != Stage::kAgreed && !is_closing && !(is_history_ && budget_.stage != Stage::kUnsaid)) {
      const std::string stage(budget_.stage == Stage::kUnsaid ? "without a stage" : CodeOf(budget_.stage));
      return Refuse(kLedgerEntry, place, name_ + " is " + stage + ". Money is recorded in an agreed budget" +
                                             (budget_.stage == Stage::kClosed ? "; a closed one takes nothing more." : ": POST " + name_ + "/$agree first."), ErrorKind::kConflict);
    }
    TRY_ASSIGN(const bool is_integrated, IsThereAny(context_, "Account", "part-of=" + name_));
    if (is_integrated) return Refuse(kLedgerEntry, place, name_ + " is an integrated budget, which has no entries of its own. Record in the budgets of its funders, or with " + name_ + "/$record, which splits the amount among them.");
    return {};
  }

  Result<void> CheckEntry(const NewEntry& entry) {
    TRY_ASSIGN(const bool same, IsSamePerson(context_, entry.entry.subject, budget_.subject));
    if (!same) return Refuse(kLedgerEntry, entry.place + ".subject", "The entry is for '" + entry.entry.subject + "', but " + name_ + " is the budget of '" + budget_.subject + "'.");
    if (entry.entry.amount.currency != currency_) {
      return Refuse(kLedgerEntry, entry.place + ".priceOverride.currency", "The amount is in " + entry.entry.amount.currency + ", but " + name_ + " is kept in " + currency_ + ".");
    }
    if (!budget_.period.Has(entry.entry.day)) {
      return Refuse(kLedgerEntry, entry.place + ".occurrence", FormatDay(entry.entry.day) + " is not within the budget's period, " + FormatDay(budget_.period.first) + " to " +
                                                                   (budget_.period.last ? FormatDay(*budget_.period.last) : std::string("(open)")) + ".");
    }
    for (const std::string& key : entry.entry.keys) {
      TRY(context_.transaction().Lock("ChargeItem?identifier=" + key));   // the same key may be on its way into another budget
      const std::size_t bar = key.find('|');
      TRY_ASSIGN(const std::vector<Document> same_key, Find(context_, "ChargeItem", search::IdentifierCriterion(key.substr(0, bar), key.substr(bar + 1)), 2));
      for (const Document& other : same_key) {
        const std::string_view id = other.root->ValueOf("id");
        if (id == entry.entry.id) continue;
        return Refuse(kLedgerEntry, entry.place + ".identifier", "ChargeItem/" + std::string(id) + " has the same key. The same key twice is one entry: record with " + name_ + "/$record, or POST with If-None-Exist.", ErrorKind::kConflict);
      }
    }
    return {};
  }

  Pence& FigureOf(Kind kind) {
    switch (kind) {
      case Kind::kCommitment: return balances_.committed;
      case Kind::kCharge: return balances_.charged;
      case Kind::kTransfer: return balances_.transferred;
      case Kind::kSpend: return balances_.spent;
      case Kind::kContribution: return balances_.contribution;
      case Kind::kReclaim:
      case Kind::kPlanned:
      case Kind::kReversal: break;
    }
    return balances_.reclaimed;
  }

  Result<void> Add(const NewEntry& entry) {
    FigureOf(entry.entry.kind) += entry.entry.amount.pence;
    if (entry.entry.kind == Kind::kCommitment) balances_.outstanding += entry.entry.amount.pence;
    if (entry.entry.kind == Kind::kCharge && entry.entry.part_of) return Meet(*entry.entry.part_of, entry.entry.amount.pence, entry.place);
    return {};
  }

  // An entry of this ledger that another one names.
  Result<Document> Load(const std::string& id, const std::string& place) {
    TRY_ASSIGN(std::optional<Document> document, context_.LoadToChange("ChargeItem", id));   // somebody may be noting something on it
    if (!document || !fhir::money::IsEntry(*document->root)) return Refuse(kLedgerEntry, place + ".partOf", "ChargeItem/" + id + " is no entry of a ledger. Name one that is in " + name_ + ".");
    return *std::move(document);
  }

  static Pence Met(const Element& commitment) {
    const Element* extension = fhir::FindExtension(commitment, kCommitmentMet);
    return PenceOf(extension ? extension->Find("valueMoney") : nullptr);
  }

  // A charge meets a commitment by so much, or by so much less when the charge is taken back.
  Result<void> Meet(const std::string& id, Pence amount, const std::string& place) {
    TRY_ASSIGN(Document document, Load(id, place));
    TRY_ASSIGN(const fhir::money::Entry commitment, fhir::money::ReadEntry(*document.root));
    if (commitment.kind != Kind::kCommitment || commitment.account != id_) {
      return Refuse(kLedgerEntry, place + ".partOf", "ChargeItem/" + id + " is a " + std::string(CodeOf(commitment.kind)) + " of Account/" + commitment.account + ". A charge is part of a commitment of its own budget.");
    }
    const bool is_reversed = fhir::FindExtension(*document.root, kReversedBy);
    if (is_reversed && amount > 0) return Refuse(kLedgerEntry, place + ".partOf", "The commitment ChargeItem/" + id + " was taken back. Record a new one, or the charge without it.", ErrorKind::kConflict);
    const Pence before = Met(*document.root);
    if (!is_reversed) balances_.outstanding += Open(commitment.amount.pence, before + amount) - Open(commitment.amount.pence, before);
    RemoveExtensions(*document.root, kCommitmentMet);
    fhir::money::WriteAmount(document, AddExtension(document, kCommitmentMet, "valueMoney"), {before + amount, currency_});
    return context_.Put("ChargeItem", id, document);
  }

  static Pence Open(Pence committed, Pence met) { return std::max<Pence>(0, committed - met); }

  Result<void> Reverse(const NewEntry& reversal) {
    const std::string& place = reversal.place;
    if (!reversal.entry.part_of) return Refuse(kLedgerEntry, place + ".partOf", "A reversal names the one entry that it takes back. Write partOf.reference as ChargeItem/[id].");
    const std::string& id = *reversal.entry.part_of;
    TRY_ASSIGN(Document document, Load(id, place));
    TRY_ASSIGN(const fhir::money::Entry entry, fhir::money::ReadEntry(*document.root));
    if (entry.account != id_) return Refuse(kLedgerEntry, place + ".partOf", "ChargeItem/" + id + " stands in Account/" + entry.account + ". A reversal stands in the same Account as what it takes back.");
    if (!CanBeReversed(entry.kind)) {
      return Refuse(kLedgerEntry, place + ".partOf", "ChargeItem/" + id + " is a " + std::string(CodeOf(entry.kind)) + ". A reversal takes back a commitment, charge, transfer, spend, contribution or reclaim" +
                                                         (entry.kind == Kind::kPlanned ? "; a planned line is changed or deleted." : "; record the entry anew."));
    }
    if (const Element* by = fhir::FindExtension(*document.root, kReversedBy)) {
      const Element* reference = by->Find("valueReference");
      return Refuse(kLedgerEntry, place + ".partOf", "ChargeItem/" + id + " was taken back already, by " + std::string(reference ? reference->ValueOf("reference") : "") + ". An entry is reversed once.", ErrorKind::kConflict);
    }
    if (entry.amount != reversal.entry.amount) {
      return Refuse(kLedgerEntry, place + ".priceOverride", "The reversal is of " + FormatPence(reversal.entry.amount.pence) + ", but ChargeItem/" + id + " is of " + FormatPence(entry.amount.pence) +
                                                                ". A reversal takes the whole entry back; record a new one for what remains.");
    }
    FigureOf(entry.kind) -= entry.amount.pence;
    if (entry.kind == Kind::kCommitment) balances_.outstanding -= Open(entry.amount.pence, Met(*document.root));
    document.AddString(AddExtension(document, kReversedBy, "valueReference"), "reference", "ChargeItem/" + reversal.entry.id);
    TRY(context_.Put("ChargeItem", id, document));
    if (entry.kind == Kind::kCharge && entry.part_of) return Meet(*entry.part_of, -entry.amount.pence, place);
    return {};
  }

  Result<void> CompareWithAgreed(const Balances& before, const std::vector<NewEntry>& entries) {
    const Pence agreed = budget_.agreed ? budget_.agreed->pence : 0;
    const Pence over = balances_.gross() + balances_.outstanding - agreed;
    if (over <= 0 || over <= before.gross() + before.outstanding - agreed) return {};
    for (const NewEntry& entry : entries) {
      const Kind kind = entry.entry.kind;
      if (kind != Kind::kCommitment && kind != Kind::kCharge && kind != Kind::kTransfer && kind != Kind::kReversal) continue;
      if (budget_.over_policy == fhir::money::OverPolicy::kRefuse) {
        return Refuse(kLedgerEntry, entry.place + ".priceOverride", name_ + " would be " + FormatPence(over) + " over its agreed amount of " + FormatPence(agreed) + ": paid " + FormatPence(before.gross()) + " and ordered " +
                                                                        FormatPence(before.outstanding) + " until now. Record less, agree on more, or set its over-policy to flag.");
      }
      TRY_ASSIGN(std::optional<Document> document, context_.Load("ChargeItem", entry.entry.id));
      fhir::money::WriteAmount(*document, AddExtension(*document, kOverAgreed, "valueMoney"), {over, currency_});
      TRY(context_.Put("ChargeItem", entry.entry.id, *document));
    }
    return {};
  }

  Context& context_;
  const std::string name_, id_;
  const Stage was_;
  const bool is_history_;
  std::optional<Document> account_;
  Budget budget_;
  std::string currency_;
  Balances balances_;
};

}  // namespace

Result<void> TakeEntries(Context& context, const std::string& account_id, std::vector<NewEntry>& entries, Stage was, bool is_history) {
  return Ledger(context, account_id, was, is_history).Take(entries);
}

Result<void> CheckPlanned(Context& context, const std::string& account_id, const std::vector<NewEntry>& lines) {
  const std::string name = "Account/" + account_id, place = lines.front().place;
  // A source says what is planned, and goes on saying it; only what is closed stays closed.
  TRY_ASSIGN(const std::optional<Document> account, context.from_source() ? context.Load("Account", account_id) : context.LoadToChange("Account", account_id));
  if (!account || !fhir::money::IsBudget(*account->root)) return {};
  const Element* stage = fhir::FindExtension(*account->root, fhir::money::extension::kBudgetStage);
  const Element* code = stage ? stage->Find("valueCodeableConcept") : nullptr;
  if (code && fhir::CodeIn(*code, fhir::money::code_system::kBudgetStage) == CodeOf(Stage::kClosed)) {
    return Refuse(kLedgerEntry, place + ".account", name + " is closed. Its plan stays as it is.", ErrorKind::kConflict);
  }
  if (context.from_source()) return {};
  const auto budget = fhir::money::ReadBudget(*account->root);
  for (const NewEntry& line : lines) {
    const std::string& currency = line.entry.amount.currency;
    if (budget && !currency.empty() && currency != CurrencyOf(*budget)) {
      return Refuse(kLedgerEntry, line.place + ".extension('unit-price')", "The unit price is in " + currency + ", but " + name + " is kept in " + CurrencyOf(*budget) + ".");
    }
    const Element* subject = account->root->Find("subject");
    const std::string whose(subject ? subject->ValueOf("reference") : "");
    TRY_ASSIGN(const bool same, IsSamePerson(context, line.entry.subject, whose));
    if (!same) return Refuse(kLedgerEntry, line.place + ".subject", "The line is for '" + line.entry.subject + "', but " + name + " is the budget of '" + whose + "'.");
  }
  TRY_ASSIGN(const bool is_integrated, IsThereAny(context, "Account", "part-of=" + name));
  if (is_integrated) return Refuse(kLedgerEntry, place + ".account", name + " is an integrated budget, which has no entries of its own. Plan in the budgets of its funders.");
  return {};
}

}  // namespace server::rules
