// Reading, writing, comparing and moving of partial dates and times.
#include "fhir/base/date_time.h"

#include <algorithm>

namespace fhir {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMillisPerDay = 86'400'000;

// A scanner of fixed-width digits.
struct Scanner {
  std::string_view rest;

  bool Take(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool Digits(std::size_t count, int& value) {
    if (rest.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest[i] < '0' || rest[i] > '9') return false;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return true;
  }
};

bool ScanFraction(Scanner& in, DateTime& to) {
  std::size_t count = 0;
  int scale = 100'000'000;
  while (count < in.rest.size() && in.rest[count] >= '0' && in.rest[count] <= '9') {
    to.nanosecond += (in.rest[count] - '0') * scale;
    scale /= 10;
    ++count;
  }
  if (count == 0) return false;
  to.fraction_digits = static_cast<int>(std::min<std::size_t>(count, 9));
  in.rest.remove_prefix(count);
  return true;
}

// hour[:minute[:second[.fraction]]]
bool ScanTime(Scanner& in, DateTime& to) {
  if (!in.Digits(2, to.hour) || to.hour > 23) return false;
  to.precision = DatePrecision::kHour;
  if (!in.Take(':')) return true;
  if (!in.Digits(2, to.minute) || to.minute > 59) return false;
  to.precision = DatePrecision::kMinute;
  if (!in.Take(':')) return true;
  if (!in.Digits(2, to.second) || to.second > 60) return false;
  to.second = std::min(to.second, 59);
  to.precision = DatePrecision::kSecond;
  return !in.Take('.') || ScanFraction(in, to);
}

bool ScanOffset(Scanner& in, DateTime& to) {
  if (in.Take('Z')) {
    to.offset_minutes = 0;
    return true;
  }
  const bool east = in.Take('+');
  if (!east && !in.Take('-')) return true;
  int hours = 0, minutes = 0;
  if (!in.Digits(2, hours) || !in.Take(':') || !in.Digits(2, minutes) || hours > 14 || minutes > 59) return false;
  to.offset_minutes = (east ? 1 : -1) * (hours * 60 + minutes);
  return true;
}

void AppendPadded(std::string& out, int value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

std::int64_t MillisOfDay(const DateTime& at) {
  return ((at.hour * 60 + at.minute) * 60 + at.second) * std::int64_t{1000} + at.nanosecond / 1'000'000;
}

void SetMillisOfDay(DateTime& at, std::int64_t millis) {
  at.nanosecond = static_cast<int>(millis % 1000) * 1'000'000 + at.nanosecond % 1'000'000;
  millis /= 1000;
  at.second = static_cast<int>(millis % 60);
  at.minute = static_cast<int>(millis / 60 % 60);
  at.hour = static_cast<int>(millis / 3600);
}

bool InRange(std::int64_t year) { return year >= 1 && year <= 9999; }

std::optional<DateTime> PlusMonths(DateTime at, std::int64_t months) {
  const std::int64_t total = at.year * std::int64_t{12} + (at.month - 1) + months;
  const std::int64_t year = total >= 0 ? total / 12 : -1;
  if (!InRange(year)) return std::nullopt;
  at.year = static_cast<int>(year);
  at.month = static_cast<int>(total % 12) + 1;
  at.day = std::min(at.day, DaysInMonth(at.year, at.month));
  return at;
}

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::optional<DateTime> PlusMillis(DateTime at, std::int64_t millis) {
  const std::int64_t moved = MillisOfDay(at) + millis;
  const std::int64_t days = FloorDiv(moved, kMillisPerDay);
  SetMillisOfDay(at, moved - days * kMillisPerDay);
  if (!at.has_date) return at;
  const std::int64_t day = DaysFromCivil(at.year, at.month, at.day) + days;
  if (day < DaysFromCivil(1, 1, 1) || day > DaysFromCivil(9999, 12, 31)) return std::nullopt;
  CivilFromDays(day, at.year, at.month, at.day);
  return at;
}

std::int64_t MillisOf(CalendarUnit unit) {
  switch (unit) {
    case CalendarUnit::kWeek: return 7 * kMillisPerDay;
    case CalendarUnit::kDay: return kMillisPerDay;
    case CalendarUnit::kHour: return 3'600'000;
    case CalendarUnit::kMinute: return 60'000;
    case CalendarUnit::kSecond: return 1000;
    default: return 1;
  }
}

// Field by field, as far as both were written; nothing when they agree so far but one says more.
std::optional<int> CompareFields(const DateTime& a, const DateTime& b) {
  const DatePrecision common = std::min(a.precision, b.precision);
  const auto order = [](int x, int y) { return x < y ? -1 : x > y ? 1 : 0; };
  if (a.has_date) {
    if (int o = order(a.year, b.year)) return o;
    if (common >= DatePrecision::kMonth) {
      if (int o = order(a.month, b.month)) return o;
    }
    if (common >= DatePrecision::kDay) {
      if (int o = order(a.day, b.day)) return o;
    }
  }
  if (common >= DatePrecision::kHour) {
    if (int o = order(a.hour, b.hour)) return o;
  }
  if (common >= DatePrecision::kMinute) {
    if (int o = order(a.minute, b.minute)) return o;
  }
  if (common >= DatePrecision::kSecond) {
    if (int o = order(a.second, b.second)) return o;
    if (int o = order(a.nanosecond, b.nanosecond)) return o;
  }
  if (a.precision != b.precision) return std::nullopt;
  return 0;
}

DateTime InUtc(const DateTime& at) {
  if (!at.offset_minutes || *at.offset_minutes == 0) return at;
  return PlusMillis(at, *at.offset_minutes * std::int64_t{-60'000}).value_or(at);
}

}  // namespace

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Counting in eras of 400 years from 1 March 0000, so that the leap day ends a year.
std::int64_t DaysFromCivil(int year, int month, int day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = FloorDiv(y, 400);
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

void CivilFromDays(std::int64_t days, int& year, int& month, int& day) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = FloorDiv(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
}

std::optional<DateTime> DateTime::Parse(std::string_view text) {
  DateTime at;
  Scanner in{text};
  if (!in.Digits(4, at.year) || at.year < 1) return std::nullopt;
  at.precision = DatePrecision::kYear;
  if (in.Take('-')) {
    if (!in.Digits(2, at.month) || at.month < 1 || at.month > 12) return std::nullopt;
    at.precision = DatePrecision::kMonth;
    if (in.Take('-')) {
      if (!in.Digits(2, at.day) || at.day < 1 || at.day > DaysInMonth(at.year, at.month)) return std::nullopt;
      at.precision = DatePrecision::kDay;
    }
  }
  if (in.Take('T') && !in.rest.empty()) {
    if (at.precision != DatePrecision::kDay || !ScanTime(in, at) || !ScanOffset(in, at)) return std::nullopt;
  }
  if (!in.rest.empty()) return std::nullopt;
  return at;
}

std::optional<DateTime> DateTime::ParseTime(std::string_view text) {
  DateTime at;
  at.has_date = false;
  Scanner in{text};
  in.Take('T');
  if (!ScanTime(in, at) || !in.rest.empty()) return std::nullopt;
  return at;
}

std::string DateTime::ToString() const {
  std::string out;
  if (has_date) {
    AppendPadded(out, year, 4);
    if (precision >= DatePrecision::kMonth) AppendPadded(out += '-', month, 2);
    if (precision >= DatePrecision::kDay) AppendPadded(out += '-', day, 2);
    if (precision >= DatePrecision::kHour) out += 'T';
  }
  if (precision >= DatePrecision::kHour) AppendPadded(out, hour, 2);
  if (precision >= DatePrecision::kMinute) AppendPadded(out += ':', minute, 2);
  if (precision >= DatePrecision::kSecond) AppendPadded(out += ':', second, 2);
  if (fraction_digits > 0) {
    std::string fraction;
    AppendPadded(fraction, nanosecond, 9);
    out += '.';
    out += fraction.substr(0, static_cast<std::size_t>(fraction_digits));
  }
  if (offset_minutes) {
    if (*offset_minutes == 0) return out + 'Z';
    const int distance = *offset_minutes < 0 ? -*offset_minutes : *offset_minutes;
    out += *offset_minutes < 0 ? '-' : '+';
    AppendPadded(out, distance / 60, 2);
    AppendPadded(out += ':', distance % 60, 2);
  }
  return out;
}

std::int64_t DateTime::FirstMicrosecond() const {
  const std::int64_t days = has_date ? DaysFromCivil(year, month, day) : 0;
  const std::int64_t seconds = days * 86'400 + hour * 3600 + minute * 60 + second - offset_minutes.value_or(0) * 60;
  return seconds * kMicrosPerSecond + nanosecond / 1000;
}

std::int64_t DateTime::EndMicrosecond() const {
  const std::int64_t first = FirstMicrosecond();
  switch (precision) {
    case DatePrecision::kYear: return first + (DaysFromCivil(year + 1, 1, 1) - DaysFromCivil(year, 1, 1)) * 86'400 * kMicrosPerSecond;
    case DatePrecision::kMonth: return first + DaysInMonth(year, month) * 86'400 * kMicrosPerSecond;
    case DatePrecision::kDay: return first + 86'400 * kMicrosPerSecond;
    case DatePrecision::kHour: return first + 3600 * kMicrosPerSecond;
    case DatePrecision::kMinute: return first + 60 * kMicrosPerSecond;
    case DatePrecision::kSecond: break;
  }
  std::int64_t width = kMicrosPerSecond;
  for (int digit = 0; digit < fraction_digits && width > 1; ++digit) width /= 10;
  return first + width;
}

std::optional<DateTime> DateTime::Plus(std::int64_t count, CalendarUnit unit) const {
  constexpr std::int64_t kMost = 400'000'000'000;  // milliseconds in more than ten years, days in more than all
  if (count > kMost || count < -kMost) {
    if (unit != CalendarUnit::kMillisecond && unit != CalendarUnit::kSecond) return std::nullopt;
    if (count > kMost * 1000 || count < -kMost * 1000) return std::nullopt;
  }
  if (unit == CalendarUnit::kYear) return PlusMonths(*this, count * 12);
  if (unit == CalendarUnit::kMonth) {
    return precision == DatePrecision::kYear ? PlusMonths(*this, count / 12 * 12) : PlusMonths(*this, count);
  }
  const std::int64_t each = MillisOf(unit);
  if (count > INT64_MAX / 2 / each || count < INT64_MIN / 2 / each) return std::nullopt;
  const std::int64_t millis = count * each;
  switch (precision) {
    case DatePrecision::kYear: return PlusMonths(*this, millis / kMillisPerDay / 365 * 12);
    case DatePrecision::kMonth: return PlusMonths(*this, millis / kMillisPerDay / 30);
    case DatePrecision::kDay: return PlusMillis(*this, millis / kMillisPerDay * kMillisPerDay);
    case DatePrecision::kHour: return PlusMillis(*this, millis / 3'600'000 * 3'600'000);
    case DatePrecision::kMinute: return PlusMillis(*this, millis / 60'000 * 60'000);
    case DatePrecision::kSecond: break;
  }
  std::optional<DateTime> moved = PlusMillis(*this, millis);
  if (moved && moved->fraction_digits < 3 && moved->nanosecond % 1'000'000'000 != 0 && millis % 1000 != 0) moved->fraction_digits = 3;
  return moved;
}

std::optional<int> Compare(const DateTime& a, const DateTime& b) {
  if (a.has_date != b.has_date) return std::nullopt;
  if (a.offset_minutes && b.offset_minutes) return CompareFields(InUtc(a), InUtc(b));
  const bool both_times = a.precision >= DatePrecision::kHour && b.precision >= DatePrecision::kHour;
  if (a.offset_minutes.has_value() != b.offset_minutes.has_value() && both_times) {
    // The one without an offset may lie up to 14 hours either side of UTC.
    const std::int64_t margin = 14 * 3600 * kMicrosPerSecond;
    if (a.EndMicrosecond() + margin <= b.FirstMicrosecond()) return -1;
    if (b.EndMicrosecond() + margin <= a.FirstMicrosecond()) return 1;
    return std::nullopt;
  }
  return CompareFields(a, b);
}

}  // namespace fhir
