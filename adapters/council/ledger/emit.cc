// Choosing the layout, then the rows of its purpose.
#include "adapters/council/ledger/emit.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "adapters/base/csv.h"
#include "adapters/base/keys.h"
#include "adapters/council/ledger/cells.h"
#include "adapters/council/ledger/results.h"
#include "adapters/council/ledger/stored_ledger.h"
#include "fhir/base/date_time.h"

namespace adapters::council::ledger {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::array<std::string_view, 3> kWhats = {"ledger", "payment-schedule", "reconciliation"};
constexpr std::string_view kPersonSystem = "https://careloom.example/fhir/id/la-person-id/";
constexpr std::string_view kLineEnd = "\r\n";

bool IsDay(std::string_view text) {
  const auto date = fhir::DateTime::Parse(text);
  return date && date->has_date && date->precision == fhir::DatePrecision::kDay && text.size() == 10;
}

Result<const Layout*> LayoutFor(const EmitOptions& options, const Maps& maps) {
  const auto* at = options.what.empty() ? kWhats.begin() : std::ranges::find(kWhats, options.what);
  if (at == kWhats.end()) return Error(ErrorKind::kInvalid, "There is no '" + options.what +
      "' to be written; allowed: ledger, payment-schedule, reconciliation.");
  const auto purpose = static_cast<Purpose>(at - kWhats.begin());
  if (!options.from.empty() || !options.to.empty() || purpose != Purpose::kLedger) {
    if (!IsDay(options.from) || !IsDay(options.to) || options.to < options.from) {
      return Error(ErrorKind::kInvalid, "The period '" + options.from + "/" + options.to +
          "' is none; give its first and last day, as in --period 2026-04-01/2026-06-30.");
    }
  }
  const Layout* own = nullptr;
  std::string names;
  for (const Layout& layout : maps.layouts().all) {
    if (layout.purpose != purpose) continue;
    (names += names.empty() ? "" : ", ") += layout.name;
    if (options.layout.empty() ? !own || layout.name.starts_with("careloom") : layout.name == options.layout) own = &layout;
  }
  if (own) return own;
  return Error(ErrorKind::kInvalid, "There is no layout '" + options.layout + "' for the " + std::string(*at) + "; there is: " + names + ".");
}

// What the file says on every row of the person.
struct Person {
  std::string scope, id, nhs_number;
};

class LedgerWriter {
 public:
  LedgerWriter(const Layout& layout, const EmitOptions& options, const Person& person, Emitted& emitted)
      : layout_(layout), options_(options), person_(person), emitted_(emitted) {}

  void Write(const StoredLedger& ledger) {
    std::vector<Facts> rows;
    for (const auto& [key, row] : ledger.budgets()) rows.push_back(row.facts);
    for (const auto& [key, row] : ledger.entries()) rows.push_back(row.facts);
    for (const auto& [reference, facts] : ledger.returns()) {
      // clang 14 captures no binding by itself.
      const bool has_lines = std::ranges::any_of(rows, [&name = reference](const Facts& row) { return row[Field::kReturn] == name; });
      if (!has_lines) rows.push_back(*facts);
    }
    std::erase_if(rows, [&](const Facts& facts) { return !Counts(facts); });
    // Budgets before what is in them, an integrated one before its parts; then by day.
    std::ranges::sort(rows, {}, [](const Facts& facts) {
      const bool entry = IsPosting(facts.record);
      return std::tuple(facts.record == Record::kBudget ? 0 : entry ? 2 : 1, facts[Field::kParent], entry ? facts[Field::kDate] : facts[Field::kStart],
          facts[Field::kBudget], facts[Field::kKey]);
    });
    for (Facts& facts : rows) WriteRow(facts);
  }

 private:
  bool Counts(const Facts& facts) const {
    if (options_.from.empty()) return true;
    if (facts.record == Record::kReturn && facts[Field::kKey].empty()) return facts[Field::kReturnFrom] <= options_.to &&
        (facts[Field::kReturnTo].empty() || facts[Field::kReturnTo] >= options_.from);
    const std::string& first = IsPosting(facts.record) ? facts[Field::kDate] : facts[Field::kStart];
    const std::string& last = IsPosting(facts.record) ? facts[Field::kDate] : facts[Field::kEnd];
    return first <= options_.to && (last.empty() || last >= options_.from);
  }

  void WriteRow(Facts& facts) {
    if (layout_.record && layout_.record != facts.record) return;
    facts[Field::kCouncil] = person_.scope;
    facts[Field::kPerson] = person_.id;
    facts[Field::kNhsNumber] = person_.nhs_number;
    facts[Field::kRecord] = NameOf(facts.record);
    facts[Field::kAsAt] = options_.to;
    std::set<Field> said;
    bool is_first = true;
    for (const LayoutColumn& column : layout_.columns) {
      if (!is_first) emitted_.bytes += layout_.delimiter;
      is_first = false;
      for (const ColumnUse& use : column.uses) {
        if (!use.field || !use.IsFor(facts.record)) continue;
        const auto index = static_cast<std::size_t>(*use.field);
        said.insert(*use.field);
        AppendCsvCell(emitted_.bytes, WriteCell(layout_, use, facts.values[index], facts.words[index]), layout_.delimiter);
      }
    }
    emitted_.bytes += kLineEnd;
    for (const FieldFacts& field : Fields()) {
      const auto index = static_cast<std::size_t>(field.field);
      const bool is_file = field.field == Field::kCouncil || field.field == Field::kAsAt || field.field == Field::kRecord || field.field == Field::kCurrency;
      if (said.contains(field.field) || is_file || !HasField(facts.record, field.field) || facts.values[index].empty()) continue;
      emitted_.outcome.Report(Severity::kWarning, "informational", "The layout '" + layout_.name + "' has no column for the " + std::string(field.name) +
          " of a " + std::string(NameOf(facts.record)) + ".",
                              facts.record == Record::kBudget ? facts[Field::kBudget] : facts[Field::kKey]);
    }
  }

  const Layout& layout_;
  const EmitOptions& options_;
  const Person& person_;
  Emitted& emitted_;
};

// Does an Account or ChargeItem name the Patient as the one it is about? Others are here because somebody refers to them.
bool HasLedger(const Element& patient, const Stored& stored) {
  for (const std::string_view type : {"Account", "ChargeItem"}) {
    for (const Stored::Item& item : stored.Of(type)) {
      for (const Element& subject : fhir::Repeats(*item.resource, "subject")) {
        if (stored.Resolve(&subject, "Patient") == &patient) return true;
      }
    }
  }
  return false;
}

}  // namespace

Result<std::string> EmitHead(const EmitOptions& options, const Maps& maps) {
  TRY_ASSIGN(const Layout* layout, LayoutFor(options, maps));
  std::string head;
  for (const LayoutColumn& column : layout->columns) {
    if (&column != &layout->columns.front()) head += layout->delimiter;
    AppendCsvCell(head, column.header, layout->delimiter);
  }
  return head.append(kLineEnd);
}

Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions& options, const Maps& maps) {
  TRY_ASSIGN(const Layout* layout, LayoutFor(options, maps));
  Emitted emitted;
  const Stored all(stored);
  for (const Stored::Item& item : all.Of("Patient")) {
    if (!HasLedger(*item.resource, all)) continue;
    for (const Element& identifier : fhir::Repeats(*item.resource, "identifier")) {
      const std::string_view system = identifier.ValueOf("system");
      if (!system.starts_with(kPersonSystem)) continue;
      Person person{std::string(system.substr(kPersonSystem.size())), std::string(identifier.ValueOf("value")), {}};
      TRY_ASSIGN(const StoredLedger ledger, StoredLedger::Read(stored, person.scope, person.id, maps));
      person.nhs_number = ledger.nhs_number();
      if (layout->purpose == Purpose::kLedger) {
        LedgerWriter(*layout, options, person, emitted).Write(ledger);
        continue;
      }
      const ResultInput input{*layout, options, ledger, person.scope, person.id, person.nhs_number};
      TRY(layout->purpose == Purpose::kSchedule ? WriteSchedule(input, emitted) : WriteReconciliation(input, emitted));
    }
  }
  return emitted;
}

}  // namespace adapters::council::ledger
