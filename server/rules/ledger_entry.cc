// Rule ledger-entry: what is recorded in a budget's ledger stays as it is, is the budget's to take, and moves its balances.
#include <algorithm>
#include <map>

#include "server/rules/catalogue.h"
#include "fhir/model/lookup.h"
#include "server/rules/ledger_account.h"
#include "server/rules/money_reading.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Kind;
using fhir::money::Stage;

namespace {

constexpr std::string_view kServerKept[] = {kReversedBy, kCommitmentMet, kOverAgreed};

// Its kind, when it has one that is known.
std::optional<Kind> KindIn(const Element* charge_item) {
  const Element* extension = charge_item ? fhir::FindExtension(*charge_item, fhir::money::extension::kChargeKind) : nullptr;
  const Element* value = extension ? extension->Find("valueCodeableConcept") : nullptr;
  return value ? fhir::money::KindOf(fhir::CodeIn(*value, fhir::money::code_system::kChargeKind)) : std::nullopt;
}

class LedgerEntry : public Rule {
 public:
  explicit LedgerEntry(Context& context) : context_(context) {}

  Result<void> Check(const Write& given) override {
    if (given.type == "Account") return Note(given);
    const std::optional<Kind> was = KindIn(given.before);
    std::optional<Document> fresh;
    Write write = given;
    if (was && IsImmutable(*was)) {
      TRY_ASSIGN(write, Fresh(context_, given, fresh));
    }
    const std::optional<Kind> is = write.after ? KindIn(write.after->root) : std::nullopt;
    if (write.after) {
      for (const std::string_view url : kServerKept) KeepExtension(*write.after, write.before, url);
      OrderExtensions(*write.after, write.before);
    }
    if (was && IsImmutable(*was)) return Stays(write, *was);
    if (!write.after) return was ? Plan(write, *write.before) : Result<void>();
    if (!is) return {};
    if (write.before && FirstDifference(*write.before, *write.after->root, {"meta"}).empty()) return {};
    if (*is == Kind::kPlanned) {
      if (was) {
        TRY(Plan(write, *write.before));   // it may go from one budget to another
      }
      return Plan(write, *write.after->root);
    }
    if (was) return Refuse(kLedgerEntry, std::string(write.place) + ".extension", "The planned line is made a " + std::string(CodeOf(*is)) + ". Leave the plan, and record the " + std::string(CodeOf(*is)) + " as an entry of its own.");
    return Record(write);
  }

  // Accounts in one order, for all who write to them wait for each other.
  Result<void> Settle() override {
    for (auto& [account, entries] : entries_) {
      const auto seen = accounts_.find(account);
      const bool is_new = seen != accounts_.end() && seen->second.is_new;
      Stage was = Stage::kUnsaid;
      if (seen != accounts_.end()) was = seen->second.was;
      TRY(TakeEntries(context_, account, entries, was, is_new && context_.from_source()));
    }
    for (const auto& [account, lines] : lines_) {
      TRY(CheckPlanned(context_, account, lines));
    }
    return {};
  }

 private:
  struct Seen {
    bool is_new = false;
    Stage was = Stage::kUnsaid;
  };

  Result<void> Note(const Write& write) {
    Seen seen{write.before == nullptr, Stage::kUnsaid};
    if (write.before) {
      const Element* extension = fhir::FindExtension(*write.before, fhir::money::extension::kBudgetStage);
      const Element* value = extension ? extension->Find("valueCodeableConcept") : nullptr;
      if (value) seen.was = fhir::money::StageOf(fhir::CodeIn(*value, fhir::money::code_system::kBudgetStage)).value_or(Stage::kUnsaid);
    }
    accounts_.emplace(write.id, seen);
    return {};
  }

  // Nothing of it changes but that somebody notes something.
  static Result<void> Stays(const Write& write, Kind kind) {
    const std::string what = "ChargeItem/" + std::string(write.id) + " is a " + std::string(CodeOf(kind)) + " in a budget's ledger. ";
    constexpr std::string_view kInstead = "To correct it record a reversal (kind reversal, partOf the entry) and a new entry; a note may be added.";
    if (!write.after) return Refuse(kLedgerEntry, std::string(write.place), what + "It cannot be deleted. " + std::string(kInstead));
    const std::string_view changed = FirstDifference(*write.before, *write.after->root, {"id", "meta", "text", "note"});
    if (!changed.empty()) return Refuse(kLedgerEntry, std::string(write.place) + "." + std::string(changed), what + "Its " + std::string(changed) + " cannot be changed. " + std::string(kInstead));
    // Notes are added after those that stand.
    const Element* added = write.after->root->Find("note");
    for (const Element& note : fhir::Repeats(*write.before, "note")) {
      if (!added || !fhir::Equal(note, *added)) return Refuse(kLedgerEntry, std::string(write.place) + ".note", what + "Notes that stand cannot be changed or taken away; add one after them.");
      added = added->NextRepeat();
    }
    return {};
  }

  // A planned line that is new, changed or deleted.
  Result<void> Plan(const Write& write, const Element& line) {
    const std::string place(write.place);
    if (write.after && !context_.from_source()) {
      auto entry = fhir::money::ReadEntry(line);
      if (!entry) return Named(kLedgerEntry, entry.error(), place);
    }
    fhir::money::Entry entry;
    // Of a line that goes away nothing is asked but whether it may.
    const Element* price = write.after && &line == write.after->root ? fhir::FindExtension(line, fhir::money::extension::kUnitPrice) : nullptr;
    const Element* money = price ? price->Find("valueMoney") : nullptr;
    const std::string_view currency = money ? money->ValueOf("currency") : std::string_view();
    entry.amount.currency = money && currency.empty() ? fhir::money::kDefaultCurrency : currency;
    if (const Element* subject = line.Find("subject")) entry.subject = subject->ValueOf("reference");
    for (const Element& reference : fhir::Repeats(line, "account")) {
      if (const auto id = fhir::money::IdOf(reference.ValueOf("reference"), "Account")) lines_[*id].push_back({entry, place});
    }
    return {};
  }

  Result<void> Record(const Write& write) {
    const std::string place(write.place);
    if (!fhir::money::IsEntry(*write.after->root)) return Refuse(kLedgerEntry, place + ".account", "An entry of a ledger is in one budget. Write account.reference as Account/[id].");
    auto entry = fhir::money::ReadEntry(*write.after->root);
    if (!entry) return Named(kLedgerEntry, entry.error(), place);
    if (!entry->counts) return Refuse(kLedgerEntry, place + ".status", "The status is '" + std::string(write.after->root->ValueOf("status")) + "'. What is recorded counts: use billable. To take an entry back record a reversal.");
    entry->id = write.id;
    std::string account = entry->account;
    entries_[std::move(account)].push_back({*std::move(entry), place});
    return {};
  }

  Context& context_;
  std::map<std::string, Seen, std::less<>> accounts_;                    // written in this transaction, as they were before
  std::map<std::string, std::vector<NewEntry>> entries_, lines_;         // by Account
};

}  // namespace

std::unique_ptr<Rule> OpenLedgerEntry(Context& context) { return std::make_unique<LedgerEntry>(context); }

}  // namespace server::rules
