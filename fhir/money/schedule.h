// What a planned line costs: price, units and frequency over days, exactly, and the instalments that it is paid in.
//
// A line's cost to a day is the exact cost of its days up to and with that day, rounded half up, once. Its cost from a day to a day is
// its cost to the last less its cost to the day before the first. So windows that follow each other, and instalments, sum to the line.
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
#include "fhir/money/fraction.h"

namespace fhir::money {

// Something happens `times` in every `count` units.
struct Frequency {
  enum class Unit : std::uint8_t { kOnce, kDay, kWeek, kMonth, kYear };
  std::int32_t times = 1, count = 1;
  Unit unit = Unit::kWeek;
  friend bool operator==(const Frequency&, const Frequency&) = default;
};

// "Weekly", "Fortnightly", "4-weekly", "Monthly", "Quarterly", "Annually", "One-off", in any case.
std::optional<Frequency> ParseFrequency(std::string_view word);
// How often that is in a week: monthly is 12/52, annually 1/52. Nothing for kOnce and for counts that are not above 0.
std::optional<Fraction> TimesAWeek(const Frequency& frequency);

struct PlanLine {
  Pence unit_price = 0;
  Fraction units_a_week;              // a line that costs something every week
  std::optional<Fraction> once;       // units of a line that is paid once, on `first`; units_a_week is not looked at
  Day first = 0;
  std::optional<Day> last;            // none: goes on
};

// The line with the days that it has in common with a budget's; nothing when there are none. A line that is paid once keeps its day.
std::optional<PlanLine> Within(const PlanLine& line, const Days& budget);

// Exact, of the line's days up to and with `to`; 0 before its first. Nothing when it does not fit.
std::optional<Fraction> ExactCostTo(const PlanLine& line, Day to);
// The same in pence, rounded half up. Nothing above 1000 times kMaxWritten.
std::optional<Pence> CostTo(const PlanLine& line, Day to);
// CostTo the last day less CostTo the day before the first; 0 for an empty window.
std::optional<Pence> CostIn(const PlanLine& line, Day first, Day last);

struct Instalment {
  Day first = 0, last = 0;            // the days that it pays for
  Pence amount = 0;
};

// The line in instalments every `every` (not kOnce; `times` is 1), from its first day to its last or `to`, whichever is earlier; the last
// one may be shorter. Months and years run from the day of the month of the first day, or the month's last day. They sum to CostTo that day.
// A line that is paid once is one instalment. kUnprocessable for more than 10,000 instalments, other frequencies, and what does not fit.
Result<std::vector<Instalment>> Instalments(const PlanLine& line, const Frequency& every, Day to);

// The line of a ChargeItem of kind planned: extension unit-price, quantity, occurrenceTiming (or the day of one that is paid once).
// One without a price, or without units a week where they are needed, costs nothing, as councils' files have them; `lacks` then says what
// it would need. kUnprocessable at the FHIRPath of what is written but not understood, and without days.
Result<PlanLine> ReadPlanLine(const Element& charge_item, std::string* lacks = nullptr);

}  // namespace fhir::money
