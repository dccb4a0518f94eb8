// Days from texts and back.
#include "fhir/money/day.h"

#include "fhir/base/date_time.h"

namespace fhir::money {
namespace {

Result<Day> DayAt(const Element& element) {
  if (const auto day = ParseDay(element.value())) return *day;
  return Error(ErrorKind::kUnprocessable, "A whole day is needed, such as 2026-04-01; found is '" + std::string(element.value().substr(0, 40)) + "'")
      .WithIssueType("value").At(PathOf(element));
}

}  // namespace

std::optional<Day> ParseDay(std::string_view text) {
  const auto parsed = DateTime::Parse(text);
  if (!parsed || parsed->precision < DatePrecision::kDay) return std::nullopt;
  return static_cast<Day>(DaysFromCivil(parsed->year, parsed->month, parsed->day));
}

std::string FormatDay(Day day) {
  DateTime at;
  CivilFromDays(day, at.year, at.month, at.day);
  return at.ToString();
}

Result<Days> ReadDays(const Element& period) {
  Days days;
  days.first = kNoBeginning;
  if (const Element* start = period.Find("start"); start && start->has_value()) { TRY_ASSIGN(days.first, DayAt(*start)); }
  if (const Element* end = period.Find("end"); end && end->has_value()) {
    TRY_ASSIGN(days.last, DayAt(*end));
    if (*days.last < days.first) {
      return Error(ErrorKind::kUnprocessable, "The period ends on " + FormatDay(*days.last) + ", before it begins on " + FormatDay(days.first))
          .WithIssueType("value").At(PathOf(*end));
    }
  }
  return days;
}

}  // namespace fhir::money
