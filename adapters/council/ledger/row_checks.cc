// What the cells of a row say together: of the file, of the person, of money and of days.
#include <algorithm>

#include "adapters/base/cell_text.h"
#include "adapters/base/nhs_number.h"
#include "adapters/council/ledger/reader.h"

namespace adapters::council::ledger {

using fhir::Severity;

namespace {

bool IsCouncilCode(std::string_view code) {
  return code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void LedgerReader::CheckFile(Checked& row) {
  const std::string& code = chosen_.layout->council.empty() ? row.facts[Field::kCouncil] : chosen_.layout->council;
  if (!code.empty() && !IsCouncilCode(code)) {
    Blame(row, Field::kCouncil, "The council's code is not three digits, such as 503.");
  } else if (!code.empty() && facts_.scope.empty()) {
    facts_.scope = code;
  } else if (!code.empty() && code != facts_.scope) {
    Blame(row, Field::kCouncil, "The row is of council " + code + ", the file of " + facts_.scope +
        ". A file is of one council; send the row in that council's own.");
    row.facts[Field::kPerson].clear();
  }
  const std::string& as_at = row.facts[Field::kAsAt];
  if (as_at.empty()) return;
  if (as_at_.empty()) as_at_ = as_at;
  if (as_at != as_at_) Blame(row, Field::kAsAt, "The row is as at " + as_at + ", the file as at " + as_at_ + ". A file shows the ledger as it is on one day.");
}

void LedgerReader::CheckDemanded(Checked& row) {
  for (const FieldFacts& field : Fields()) {
    if (!Demands(row.facts.record, field.field) || !row.facts[field.field].empty()) continue;
    if (field.field == Field::kCouncil && !chosen_.layout->council.empty()) continue;
    if (!row.bad) Blame(row, field.field, "The cell is empty; every " + std::string(NameOf(row.facts.record)) + " must say its " + std::string(field.name) +
        ".");
  }
}

// A wrong number is no reason to lose the row: the person is known by the council's own id.
void LedgerReader::CheckPerson(Checked& row) {
  std::string& number = row.facts[Field::kNhsNumber];
  std::erase(number, ' ');
  if (number.empty() || IsNhsNumber(number) || row.bad) return;
  number.clear();
  ++row.left_out;
  report_.outcome.Report(Severity::kWarning, "value",
      "The NHS number is not ten digits with the right check digit (modulus 11). It was left out; the rest of the row was taken.",
                         PlaceOf(chosen_.layout, row.number, row.facts.record, Field::kNhsNumber));
}

void LedgerReader::CheckMoney(Checked& row) {
  const std::string& currency = row.facts[Field::kCurrency];
  if (!currency.empty() && currency != "GBP") Blame(row, Field::kCurrency, QuotedCell(currency) +
      " is not the currency of the budgets. Allowed: GBP, or an empty cell.");
  if (row.facts.record != Record::kPayment) {
    if (row.negative) Blame(row, Field::kAmount,
        "The amount is negative. Allowed: from 0 on; what was recorded wrongly is taken back by a payment of kind reversal.");
    return;
  }
  std::string& kind = row.facts[Field::kKind];
  const std::string &reverses = row.facts[Field::kReverses], &meets = row.facts[Field::kMeets];
  if (row.negative) {
    if (!chosen_.layout->negative_reverses || reverses.empty()) {
      Blame(row, Field::kAmount, chosen_.layout->negative_reverses
                                     ? "The amount is negative, and the row does not say which entry it reverses."
                                     : "The amount is negative. A reversal is a kind, not a sign: write the amount from 0 on, the kind reversal, and the key of the entry that it takes back.");
      return;
    }
    std::string& word = row.facts.words[static_cast<std::size_t>(Field::kKind)];
    const ColumnUse* use = chosen_.layout->Find(Record::kPayment, Field::kKind);
    if (word.empty() && use && use->FindCode(kind)) word = use->FindCode(kind)->given;
    kind = "reversal";
  }
  if (kind == "reversal" && reverses.empty()) Blame(row, Field::kReverses,
      "The cell is empty; a reversal must name the key of the one entry that it takes back.");
  if (kind != "reversal" && !reverses.empty()) Blame(row, Field::kReverses, "Only a reversal takes back another entry; this row is a " + kind + ".");
  if (kind != "charge" && !meets.empty()) Blame(row, Field::kMeets, "Only a charge meets a commitment; this row is a " + kind + ".");
  if (reverses == row.facts[Field::kKey] && !reverses.empty()) Blame(row, Field::kReverses, "An entry cannot reverse itself.");
}

// Who signed an agreement and when go together.
void LedgerReader::CheckSignature(Checked& row) {
  for (const auto& [field, other] : {std::pair(Field::kSignedOn, Field::kSignedBy), {Field::kSignedBy, Field::kSignedOn}}) {
    if (!row.bad && row.facts[field].empty() && !row.facts[other].empty()) Blame(row, field,
        "The cell is empty; a signature is known by its day and by who signed, or not at all.");
  }
}

// A line of a return is an entry of the ledger; a row without any of these speaks of the return alone.
void LedgerReader::CheckReturn(Checked& row) {
  constexpr Field kOfEntry[] = {Field::kKey, Field::kAmount, Field::kDate};
  const auto says = [&](Field field) { return !row.facts[field].empty(); };
  if (row.bad || row.facts.record != Record::kReturn || std::ranges::none_of(kOfEntry, says)) return;
  for (const Field field : kOfEntry) {
    if (!says(field)) Blame(row, field,
        "The cell is empty; a line of a return says its entry-key, amount and date. Leave all three empty for a return of which no line is known.");
  }
}

void LedgerReader::CheckDays(Checked& row) {
  const auto check = [&](Field from, Field to) {
    const std::string &first = row.facts[from], &last = row.facts[to];
    if (!first.empty() && !last.empty() && last < first) Blame(row, to, "It ends on " + last + ", before it starts on " + first + ".");
  };
  check(Field::kStart, Field::kEnd);
  check(Field::kReturnFrom, Field::kReturnTo);
}

}  // namespace adapters::council::ledger
