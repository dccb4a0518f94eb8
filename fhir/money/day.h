// Days: what the money is reckoned by. A moment counts on the day that was written, whatever its offset.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace fhir::money {

using Day = std::int32_t;   // days since 1970-01-01, proleptic Gregorian

// The first day of what has none: 0001-01-01.
inline constexpr Day kNoBeginning = -719'162;

// "2026-04-01" or a FHIR dateTime that begins so; nothing for partial dates and for days that do not exist.
std::optional<Day> ParseDay(std::string_view text);
std::string FormatDay(Day day);  // "2026-04-01"

// From a day to a day, both in it. Without an end: open. Never empty when read.
struct Days {
  Day first = 0;
  std::optional<Day> last;
  bool Has(Day day) const { return day >= first && (!last || day <= *last); }
  friend bool operator==(const Days&, const Days&) = default;
};

// A FHIR Period: both are whole days, the end is not before the start; kNoBeginning without a start. kUnprocessable at the element's FHIRPath.
Result<Days> ReadDays(const Element& period);

}  // namespace fhir::money
