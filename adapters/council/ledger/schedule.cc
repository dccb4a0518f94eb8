// What is to be paid for each planned line, and on which day.
#include <algorithm>
#include <optional>

#include "adapters/council/ledger/results.h"
#include "fhir/money/ledger.h"
#include "fhir/money/schedule.h"

namespace adapters::council::ledger {

namespace money = fhir::money;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

struct Window {
  money::Day first = 0, last = 0;
};

Result<money::Day> DayOf(const std::string& text) {
  const auto day = money::ParseDay(text);
  if (!day) return Error(ErrorKind::kInvalid, "'" + text + "' is not a day there is.");
  return *day;
}

// In the line's own frequency where it says one at which something is paid.
money::Frequency EveryOf(const Facts& facts, const Layout& layout) {
  const auto own = money::ParseFrequency(facts[Field::kFrequency]);
  if (own && own->unit != money::Frequency::Unit::kOnce && own->unit != money::Frequency::Unit::kDay) return *own;
  return money::ParseFrequency(layout.every).value_or(money::Frequency{1, 4, money::Frequency::Unit::kWeek});
}

class Schedule {
 public:
  Schedule(const ResultInput& input, Emitted& emitted) : input_(input), emitted_(emitted) {}

  Result<void> Run() {
    TRY_ASSIGN(window_.first, DayOf(input_.options.from));
    TRY_ASSIGN(window_.last, DayOf(input_.options.to));
    TRY(FindContributions());
    for (const auto& [key, row] : input_.ledger.entries()) {
      if (row.facts.record == Record::kPackage) { TRY(AddLine(row)); }
    }
    std::ranges::sort(rows_, {}, [](const Payment& payment) { return std::tuple(payment.first,
        payment.facts->values[static_cast<std::size_t>(Field::kKey)]); });
    for (const Payment& payment : rows_) Write(payment);
    for (const Contribution& contribution : contributions_) {
      if (contribution.left == 0) continue;
      emitted_.outcome.Report(Severity::kWarning, "informational", "Of the contribution " + contribution.key + ", " + money::FormatPence(contribution.left) +
                                  " could not be taken off: nothing of its budget is to be paid on that day, or less.", contribution.key);
    }
    return {};
  }

 private:
  struct Payment {
    const Facts* facts = nullptr;
    money::Day first = 0, last = 0;
    money::Pence gross = 0;
  };
  struct Contribution {
    std::string key, budget;
    money::Day day = 0;
    money::Pence left = 0;
  };

  Result<void> FindContributions() {
    for (const auto& [key, row] : input_.ledger.entries()) {
      if (row.facts[Field::kKind] != "contribution" || IsReversed(key)) continue;
      TRY_ASSIGN(const money::Day day, DayOf(row.facts[Field::kDate]));
      if (day < window_.first || day > window_.last) continue;
      TRY_ASSIGN(const money::Pence amount, money::ParsePence(row.facts[Field::kAmount]));
      contributions_.push_back({key, row.facts[Field::kBudget], day, amount});
    }
    return {};
  }
  bool IsReversed(const std::string& key) const {
    return std::ranges::any_of(input_.ledger.entries(), [&](const auto& entry) { return entry.second.facts[Field::kReverses] == key; });
  }

  Result<void> AddLine(const StoredRow& row) {
    const StoredRow* budget = input_.ledger.Budget(row.facts[Field::kBudget]);
    std::string lacks;
    TRY_ASSIGN(const money::PlanLine whole, money::ReadPlanLine(*row.resource, &lacks));
    if (!lacks.empty()) {
      emitted_.outcome.Report(Severity::kWarning, "incomplete", "The planned line costs nothing: it lacks " + lacks + ".", row.facts[Field::kKey]);
      return {};
    }
    money::Days days{window_.first, window_.last};
    if (budget) {
      if (budget->facts[Field::kStage] == "closed" || budget->facts[Field::kStage] == "suspended") return {};
      TRY_ASSIGN(const money::Day start, DayOf(budget->facts[Field::kStart]));
      days.first = std::max(days.first, start);
      if (const auto end = money::ParseDay(budget->facts[Field::kEnd])) days.last = std::min(*days.last, *end);
    }
    if (days.first > *days.last) return {};
    if (whole.once) {
      if (!days.Has(whole.first)) return {};
      const auto cost = money::CostTo(whole, whole.first);
      if (cost) rows_.push_back({&row.facts, whole.first, whole.first, *cost});
      return {};
    }
    TRY_ASSIGN(const std::vector<money::Instalment> instalments, money::Instalments(whole, EveryOf(row.facts, input_.layout), *days.last));
    for (const money::Instalment& one : instalments) {
      const money::Day first = std::max(one.first, days.first), last = std::min(one.last, *days.last);
      if (first > last) continue;
      const auto cost = money::CostIn(whole, first, last);
      if (!cost) return Error(ErrorKind::kUnprocessable, "The cost of a planned line is too large to be reckoned.").At(row.facts[Field::kKey]);
      rows_.push_back({&row.facts, first, last, *cost});
    }
    return {};
  }

  void Write(const Payment& payment) {
    money::Pence off = 0;
    for (Contribution& contribution : contributions_) {
      if (contribution.budget != (*payment.facts)[Field::kBudget] || contribution.day < payment.first || contribution.day > payment.last) continue;
      const money::Pence taken = std::min(contribution.left, payment.gross - off);
      contribution.left -= taken;
      off += taken;
    }
    ResultRow row = StartRow(input_, *payment.facts);
    row["pay-on"] = row["first-day"] = money::FormatDay(payment.first);
    row["last-day"] = money::FormatDay(payment.last);
    row["gross"] = money::FormatPence(payment.gross);
    row["contribution"] = money::FormatPence(off);
    row["net"] = money::FormatPence(payment.gross - off);
    WriteResultRow(input_.layout, row, emitted_.bytes);
  }

  const ResultInput& input_;
  Emitted& emitted_;
  Window window_;
  std::vector<Contribution> contributions_;   // by key
  std::vector<Payment> rows_;
};

}  // namespace

Result<void> WriteSchedule(const ResultInput& input, Emitted& emitted) { return Schedule(input, emitted).Run(); }

}  // namespace adapters::council::ledger
