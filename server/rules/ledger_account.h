// New entries of one budget's ledger, once all of a transaction is stored: may the budget take them, what they reverse or meet,
// the agreed amount, and the balances that the server keeps.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/money/ledger.h"
#include "server/rules/rule.h"

namespace server::rules {

inline constexpr std::string_view kLedgerEntry = "ledger-entry";

struct NewEntry {
  fhir::money::Entry entry;
  std::string place;                       // "Bundle.entry[3].resource"
};

// What the server keeps of a budget, in pence; the names are codes of ledger-figure.
struct Balances {
  fhir::money::Pence committed = 0, outstanding = 0, charged = 0, transferred = 0, spent = 0, contribution = 0, reclaimed = 0;
  fhir::money::Pence gross() const { return charged + transferred - reclaimed; }
  fhir::money::Pence held() const { return transferred - spent - reclaimed; }
  bool any() const { return committed || outstanding || charged || transferred || spent || contribution || reclaimed; }
};

// What a budget is kept in: as its amounts say; without any, GBP.
const std::string& CurrencyOf(const fhir::money::Budget& budget);

// Of a Money that the server itself wrote; 0 for null. Sums may be larger than what may be written, or below 0.
fhir::money::Pence PenceOf(const fhir::Element* money);
// Of the Account's extensions `balance`; what is not there is 0.
Balances ReadBalances(const fhir::Element& account);
// Puts them in place of those that are there.
void WriteBalances(fhir::Document& account, const Balances& balances, const std::string& currency);

// Takes `entries`, all immutable ones of this Account, into its ledger, and stores the Account with its balances. `was` is the stage
// before the transaction: what closes a budget may come with its last entries. A budget that a source brings with its history
// (`is_history`) takes entries in every stage. kUnprocessable or kConflict at the entry's place.
fhir::Result<void> TakeEntries(Context& context, const std::string& account_id, std::vector<NewEntry>& entries, fhir::money::Stage was, bool is_history);

// May it have planned lines? Not when it is closed, has children or is another person's.
fhir::Result<void> CheckPlanned(Context& context, const std::string& account_id, const std::vector<NewEntry>& lines);

}  // namespace server::rules
