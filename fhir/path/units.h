// Units of quantities: calendar words, and as much of UCUM as metric units need. What is not known here
// is equal only to itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/date_time.h"
#include "fhir/base/decimal.h"

namespace fhir::path {

// "day" and "days" alike; nothing for other words.
std::optional<CalendarUnit> CalendarWord(std::string_view word);
// The same for a UCUM code that means exactly a calendar unit: wk, d, h, min, s, ms (not a, not mo).
std::optional<CalendarUnit> CalendarCode(std::string_view code);

// A unit as a factor times powers of base units.
struct CanonicalUnit {
  Decimal factor{1};
  std::map<std::string, int> powers;   // without zeros
};
std::optional<CanonicalUnit> Canonical(std::string_view unit);

// `value` in the unit `from`, said in the unit `to`; nothing when they do not measure the same.
std::optional<Decimal> Convert(const Decimal& value, std::string_view from, std::string_view to);
// Text of a unit with these powers: "m2", "g/m" as "g.m-1"; "1" for none.
std::string UnitText(const std::map<std::string, int>& powers);

}  // namespace fhir::path
