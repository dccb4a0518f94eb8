// The table of fields.
#include "adapters/council/ledger/fields.h"

#include <algorithm>
#include <vector>

#include "adapters/base/row_form.h"

namespace adapters::council::ledger {
namespace {

using enum Field;
using enum Holds;

constexpr std::array<FieldFacts, kFieldCount> kFields = {{
    {kCouncil, "council", "council", kText, "BPTR"},
    {kAsAt, "as-at", "asAt", kDay, "bptr"},
    {kRecord, "record", "record", kWord, "bptr"},
    {kPerson, "person", "person", kText, "BPTR"},
    {kNhsNumber, "nhs-number", "nhsNumber", kText, "bptr"},
    {kBudget, "budget", "budget", kText, "BPTR"},
    {kBudgetType, "budget-type", "budgetType", kWord, "B"},
    {kParent, "parent-budget", "parent", kText, "b"},
    {kFunder, "funder", "funder", kWord, "b"},
    {kStage, "stage", "stage", kWord, "b"},
    {kMechanism, "mechanism", "mechanism", kWord, "bptr"},
    {kRightToHave, "right-to-have", "rightToHave", kWord, "b"},
    {kStart, "start", "start", kDay, "BP"},
    {kEnd, "end", "end", kDay, "bp"},
    {kIndicative, "indicative-amount", "indicativeAmount", kMoney, "b"},
    {kAgreed, "agreed-amount", "agreedAmount", kMoney, "b"},
    {kOverPolicy, "over-policy", "overPolicy", kWord, "b"},
    {kReviewDue, "review-due", "reviewDue", kDay, "b"},
    {kSignedOn, "signed-on", "signedOn", kDay, "b"},
    {kSignedBy, "signed-by", "signedBy", kText, "b"},
    {kKey, "entry-key", "key", kText, "PTr"},
    {kKind, "kind", "kind", kWord, "T"},
    {kAmount, "amount", "amount", kMoney, "Tr"},
    {kCurrency, "currency", "currency", kText, "bptr"},
    {kDate, "date", "date", kDay, "Tr"},
    {kReverses, "reverses", "reverses", kText, "t"},
    {kMeets, "meets", "meets", kText, "t"},
    {kService, "service", "service", kOpenWord, "ptr"},
    {kProvider, "provider", "provider", kText, "ptr"},
    {kPackage, "package", "package", kText, "ptr"},
    {kEventReference, "event-reference", "eventReference", kText, "p"},
    {kUnitPrice, "unit-price", "unitPrice", kMoney, "P"},
    {kQuantity, "quantity", "quantity", kNumber, "p"},
    {kFrequency, "frequency", "frequency", kWord, "p"},
    {kGoal, "goal", "goal", kText, "ptr"},
    {kDescription, "description", "description", kText, "bptr"},
    {kReturn, "return", "return", kText, "R"},
    {kReturnFrom, "return-from", "returnFrom", kDay, "r"},
    {kReturnTo, "return-to", "returnTo", kDay, "r"},
    {kReturnDue, "return-due", "returnDue", kDay, "r"},
    {kReturnReceived, "return-received", "returnReceived", kDay, "r"},
}};

constexpr std::array<std::string_view, kRecordCount> kRecords = {"budget", "package", "payment", "return"};
constexpr std::string_view kLetters = "bptr", kCapitals = "BPTR";

}  // namespace

const std::array<FieldFacts, kFieldCount>& Fields() { return kFields; }

std::optional<Field> FindField(std::string_view name) {
  const auto* at = std::ranges::find(kFields, name, &FieldFacts::name);
  return at == kFields.end() ? std::nullopt : std::optional(at->field);
}

std::optional<Field> FindElement(std::string_view element) {
  const auto* at = std::ranges::find(kFields, element, &FieldFacts::element);
  return at == kFields.end() ? std::nullopt : std::optional(at->field);
}

std::string_view NameOf(Record record) { return kRecords[static_cast<std::size_t>(record)]; }

std::optional<Record> FindRecord(std::string_view name) {
  const auto* at = std::ranges::find(kRecords, name);
  return at == kRecords.end() ? std::nullopt : std::optional(static_cast<Record>(at - kRecords.begin()));
}

bool Demands(Record record, Field field) {
  return FactsOf(field).records.find(kCapitals[static_cast<std::size_t>(record)]) != std::string_view::npos;
}

bool HasField(Record record, Field field) {
  return Demands(record, field) || FactsOf(field).records.find(kLetters[static_cast<std::size_t>(record)]) != std::string_view::npos;
}

std::string PackFacts(const Facts& facts) {
  std::vector<std::string> cells = {std::string(NameOf(facts.record)), facts.layout};
  cells.insert(cells.end(), facts.values.begin(), facts.values.end());
  cells.insert(cells.end(), facts.words.begin(), facts.words.end());
  return PackCells(cells);
}

bool UnpackFacts(std::string_view bytes, Facts& facts) {
  std::vector<std::string> cells(2 + 2 * kFieldCount);
  if (!UnpackCells(bytes, cells)) return false;
  const auto record = FindRecord(cells[0]);
  if (!record) return false;
  facts.record = *record;
  facts.layout = std::move(cells[1]);
  std::move(cells.begin() + 2, cells.begin() + 2 + kFieldCount, facts.values.begin());
  std::move(cells.begin() + 2 + kFieldCount, cells.end(), facts.words.begin());
  return true;
}

}  // namespace adapters::council::ledger
