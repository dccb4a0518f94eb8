// A personal budget and its ledger's entries, read from Account and ChargeItem.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/money/amount.h"
#include "fhir/money/day.h"
#include "fhir/money/names.h"
#include "fhir/money/schedule.h"

namespace fhir::money {

enum class Kind : std::uint8_t { kPlanned, kCommitment, kCharge, kTransfer, kSpend, kContribution, kReclaim, kReversal };

std::string_view CodeOf(Kind kind);                     // of code system charge-kind
std::optional<Kind> KindOf(std::string_view code);
// Once recorded it is never changed or deleted, only reversed: every kind but planned.
constexpr bool IsImmutable(Kind kind) { return kind != Kind::kPlanned; }
// A reversal may take it back: every kind but planned and reversal.
constexpr bool CanBeReversed(Kind kind) { return kind != Kind::kPlanned && kind != Kind::kReversal; }

enum class Stage : std::uint8_t { kUnsaid, kIndicative, kAgreed, kSuspended, kClosed };
std::string_view CodeOf(Stage stage);                   // empty for kUnsaid
std::optional<Stage> StageOf(std::string_view code);

enum class OverPolicy : std::uint8_t { kRefuse, kFlag };

struct Budget {
  std::string id;                       // Account's
  std::string type;                     // code of budget-type
  std::string status;
  std::string subject;                  // reference as written; of several the first
  std::string owner;                    // funder: the reference, else "system|value" of its identifier, else kNone
  std::optional<std::string> parent;    // id of the integrated budget's Account
  Stage stage = Stage::kUnsaid;
  std::string mechanism{kNone};         // code, kNone when absent
  std::string right_to_have;            // code, empty when absent
  Days period{kNoBeginning, {}};        // servicePeriod; a council's file that has only services gives none
  std::optional<Day> review_due;
  std::optional<Amount> indicative, agreed;
  OverPolicy over_policy = OverPolicy::kRefuse;
};

struct Entry {
  std::string id;                       // ChargeItem's
  Kind kind = Kind::kPlanned;
  bool counts = true;                   // by its status
  std::string account;                  // the Account's id
  std::string subject;                  // reference as written
  Amount amount;                        // of a planned line: 0, in the currency of its unit price
  Day day = 0;                          // of a planned line: the first
  std::optional<PlanLine> plan;         // of a planned line
  std::string lacks;                    // of a planned line that does not say what it costs, and so costs nothing: what it would need
  std::optional<std::string> part_of;   // id of what a reversal takes back, or of the commitment that a charge meets
  std::string mechanism;                // code; empty: the Account's
  std::vector<std::string> goals;       // ids in order, each once
  std::vector<std::string> keys;        // "system|value" of its identifiers
};

// An Account whose type is of budget-type.
bool IsBudget(const Element& account);
// A ChargeItem that has a charge-kind and an account.
bool IsEntry(const Element& charge_item);

// kUnprocessable at the FHIRPath of what is missing, not allowed or contradicts itself, with what is allowed. What depends on other
// resources (the account's currency and period, what is reversed) is not looked at.
// Requires: IsBudget, or IsEntry.
Result<Budget> ReadBudget(const Element& account);
Result<Entry> ReadEntry(const Element& charge_item);

// "x" of "Account/x" and "Account/x/_history/2"; nothing for another type or an absolute reference.
std::optional<std::string> IdOf(std::string_view reference, std::string_view type);

}  // namespace fhir::money
