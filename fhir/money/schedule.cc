// The cost of planned lines and their instalments.
#include "fhir/money/schedule.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/base/date_time.h"

namespace fhir::money {
namespace {

constexpr std::size_t kMaxInstalments = 10'000;
constexpr Pence kMaxCost = 1'000 * kMaxWritten;

bool EqualsInAnyCase(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

// The first day of the k-th instalment; nothing after the year 9999.
std::optional<Day> StartOf(Day first, const Frequency& every, std::int64_t k) {
  using Unit = Frequency::Unit;
  if (every.unit == Unit::kDay || every.unit == Unit::kWeek) {
    const std::int64_t days = first + k * every.count * (every.unit == Unit::kWeek ? 7 : 1);
    return days <= DaysFromCivil(9999, 12, 31) ? std::optional(static_cast<Day>(days)) : std::nullopt;
  }
  DateTime at;
  CivilFromDays(first, at.year, at.month, at.day);
  const auto moved = at.Plus(k * every.count, every.unit == Unit::kMonth ? CalendarUnit::kMonth : CalendarUnit::kYear);
  return moved ? std::optional(static_cast<Day>(DaysFromCivil(moved->year, moved->month, moved->day))) : std::nullopt;
}

Error DoesNotFit() {
  return Error(ErrorKind::kUnprocessable, "The cost of the line is more than " + FormatPence(kMaxCost) + ": give a smaller price, quantity or period")
      .WithIssueType("value");
}

}  // namespace

std::optional<Frequency> ParseFrequency(std::string_view word) {
  using Unit = Frequency::Unit;
  static constexpr std::array<std::pair<std::string_view, Frequency>, 7> kWords = {{{"weekly", {1, 1, Unit::kWeek}},
                                                                                  {"fortnightly", {1, 2, Unit::kWeek}},
                                                                                  {"4-weekly", {1, 4, Unit::kWeek}},
                                                                                  {"monthly", {1, 1, Unit::kMonth}},
                                                                                  {"quarterly", {1, 3, Unit::kMonth}},
                                                                                  {"annually", {1, 1, Unit::kYear}},
                                                                                  {"one-off", {1, 1, Unit::kOnce}}}};
  for (const auto& [lower, frequency] : kWords) {
    if (EqualsInAnyCase(word, lower)) return frequency;
  }
  return std::nullopt;
}

std::optional<Fraction> TimesAWeek(const Frequency& frequency) {
  if (frequency.times <= 0 || frequency.count <= 0) return std::nullopt;
  const Int128 times = frequency.times, count = frequency.count;
  switch (frequency.unit) {
    case Frequency::Unit::kDay: return Fraction::Of(times * 7, count);
    case Frequency::Unit::kWeek: return Fraction::Of(times, count);
    case Frequency::Unit::kMonth: return Fraction::Of(times * 12, count * 52);
    case Frequency::Unit::kYear: return Fraction::Of(times, count * 52);
    case Frequency::Unit::kOnce: break;
  }
  return std::nullopt;
}

std::optional<PlanLine> Within(const PlanLine& line, const Days& budget) {
  if (line.once) return budget.Has(line.first) ? std::optional(line) : std::nullopt;
  PlanLine cut = line;
  cut.first = std::max(line.first, budget.first);
  if (budget.last) cut.last = line.last ? std::min(*line.last, *budget.last) : *budget.last;
  return !cut.last || *cut.last >= cut.first ? std::optional(cut) : std::nullopt;
}

std::optional<Fraction> ExactCostTo(const PlanLine& line, Day to) {
  if (to < line.first) return Fraction();
  if (line.once) return Fraction(line.unit_price).Times(*line.once);
  const std::int64_t last = line.last ? std::min(*line.last, to) : to;
  const auto weeks = Fraction::Of(last - line.first + 1, 7);
  const auto a_week = Fraction(line.unit_price).Times(line.units_a_week);
  return a_week ? a_week->Times(*weeks) : std::nullopt;
}

std::optional<Pence> CostTo(const PlanLine& line, Day to) {
  const auto exact = ExactCostTo(line, to);
  const auto pence = exact ? exact->RoundedHalfUp() : std::nullopt;
  return pence && *pence <= kMaxCost ? pence : std::nullopt;
}

std::optional<Pence> CostIn(const PlanLine& line, Day first, Day last) {
  if (last < first) return 0;
  const auto to = CostTo(line, last), before = CostTo(line, first - 1);
  return to && before ? std::optional(*to - *before) : std::nullopt;
}

Result<std::vector<Instalment>> Instalments(const PlanLine& line, const Frequency& every, Day to) {
  if (every.unit == Frequency::Unit::kOnce || every.times != 1 || every.count <= 0) {
    return Error(ErrorKind::kUnprocessable, "Instalments are paid once in every so many days, weeks, months or years").WithIssueType("value");
  }
  std::vector<Instalment> instalments;
  const Day last = line.once ? line.first : line.last ? std::min(*line.last, to) : to;
  if (to < line.first) return instalments;
  Pence before = 0;
  for (std::int64_t k = 0;; ++k) {
    const auto start = StartOf(line.first, every, k), next = StartOf(line.first, every, k + 1);
    if (!start || *start > last) return instalments;
    if (instalments.size() == kMaxInstalments) {
      return Error(ErrorKind::kUnprocessable, "More than " + std::to_string(kMaxInstalments) + " instalments: give an end, or a longer interval")
          .WithIssueType("value");
    }
    const Day end = next ? std::min(*next - 1, last) : last;
    const auto cost = CostTo(line, end);
    if (!cost) return DoesNotFit();
    instalments.push_back({*start, end, *cost - before});
    before = *cost;
  }
}

}  // namespace fhir::money
