// Days from texts and back.
#include "fhir/money/day.h"

#include "fhir/base/date_time.h"

namespace fhir::money {
namespace {

Result<Day> DayAt(const Element& period, std::string_view name) {
  const Element* element = period.Find(name);
  const auto day = element ? ParseDay(element->value()) : std::nullopt;
  if (day) return *day;
  return Error(ErrorKind::kUnprocessable, "A whole day is needed, such as 2026-04-01; found is '" + std::string(element ? element->value() : "") + "'")
      .WithIssueType("value").At(PathOf(element ? *element : period));
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
  TRY_ASSIGN(days.first, DayAt(period, "start"));
  if (const Element* end = period.Find("end"); end && end->has_value()) {
    TRY_ASSIGN(days.last, DayAt(period, "end"));
    if (*days.last < days.first) {
      return Error(ErrorKind::kUnprocessable, "The period ends on " + FormatDay(*days.last) + ", before it begins on " + FormatDay(days.first))
          .WithIssueType("value").At(PathOf(*end));
    }
  }
  return days;
}

}  // namespace fhir::money
