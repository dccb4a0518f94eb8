// Dates and times as FHIR and FHIRPath write them: partial, with the offset they were written with.
// No clock and no time-zone database: what is not written is not known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fhir {

// What was written, coarse to fine. A fraction of a second belongs to kSecond.
enum class DatePrecision : std::uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond };

enum class CalendarUnit : std::uint8_t { kYear, kMonth, kWeek, kDay, kHour, kMinute, kSecond, kMillisecond };

struct DateTime {
  int year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int nanosecond = 0;
  int fraction_digits = 0;               // as written, at most 9 of them kept
  DatePrecision precision = DatePrecision::kDay;
  bool has_date = true;                  // false: a time of day
  std::optional<int> offset_minutes;     // Z is 0

  // "2020", "2020-02", "2020-02-29", "2020-02-29T10", "…T10:30", "…T10:30:15.250+01:00". The date must
  // exist; a leap second is read as the 59th. A trailing bare 'T' ("2020T") is read too.
  static std::optional<DateTime> Parse(std::string_view text);
  // "10", "10:30", "10:30:15.250", with or without a leading 'T'. A time of day has no offset.
  static std::optional<DateTime> ParseTime(std::string_view text);

  // As FHIR writes it, with the precision it has; a time without 'T'.
  std::string ToString() const;

  // Microseconds since 1970-01-01T00:00:00Z of the first moment that is meant, and of the first one after
  // all that are meant ("2020-02" is the whole of February). Without an offset UTC counts.
  std::int64_t FirstMicrosecond() const;
  std::int64_t EndMicrosecond() const;

  // Adds whole units (of milliseconds: any number), keeping precision and offset. A day that the month
  // lacks becomes its last; a unit finer than the precision counts in whole units of the precision.
  // Nothing when the year leaves 1 to 9999. A time of day goes round.
  std::optional<DateTime> Plus(std::int64_t count, CalendarUnit unit) const;
};

// -1, 0, 1; nothing when the written precision does not tell (2018-03 and 2018-03-01), or when one has an
// offset, the other none and they are less than a day apart. https://hl7.org/fhirpath/N1/#comparison
std::optional<int> Compare(const DateTime& a, const DateTime& b);

// Days from 1970-01-01 in the proleptic Gregorian calendar, and back.
std::int64_t DaysFromCivil(int year, int month, int day);
void CivilFromDays(std::int64_t days, int& year, int& month, int& day);
int DaysInMonth(int year, int month);

}  // namespace fhir
