// See date_range.h.
#include "server/search/date_range.h"

#include <chrono>

namespace server::search {

namespace {

constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;

// Reads a date from left to right; every Take leaves what is left.
struct Scanner {
  std::string_view left;

  bool Take(char c) {
    if (left.empty() || left.front() != c) return false;
    left.remove_prefix(1);
    return true;
  }
  // Exactly `digits` digits.
  std::optional<int> Number(std::size_t digits) {
    if (left.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (left[i] < '0' || left[i] > '9') return std::nullopt;
      value = value * 10 + (left[i] - '0');
    }
    left.remove_prefix(digits);
    return value;
  }
  // -mm and the like; a value outside [low, high] is none.
  std::optional<int> Part(char before, int low, int high) {
    if (!Take(before)) return std::nullopt;
    const std::optional<int> value = Number(2);
    return value && *value >= low && *value <= high ? value : std::nullopt;
  }
};

std::int64_t DaysUs(std::chrono::year_month_day day) {
  return std::int64_t{std::chrono::sys_days(day).time_since_epoch().count()} * kDay;
}

// The fraction after the seconds' point: its value and the width that its digits mean, one microsecond at least.
bool TakeFraction(Scanner& scanner, std::int64_t& fraction_us, std::int64_t& width_us) {
  std::size_t digits = 0;
  for (; digits < scanner.left.size() && scanner.left[digits] >= '0' && scanner.left[digits] <= '9'; ++digits) {
    if (width_us == 1) continue;
    width_us /= 10;
    fraction_us += (scanner.left[digits] - '0') * width_us;
  }
  scanner.left.remove_prefix(digits);
  return digits > 0;
}

// Z, +hh:mm, -hh:mm or nothing, up to the end of the text.
std::optional<std::int64_t> TakeOffset(Scanner& scanner) {
  if (scanner.left.empty()) return 0;
  if (scanner.Take('Z')) return scanner.left.empty() ? std::optional<std::int64_t>(0) : std::nullopt;
  const char sign = scanner.left.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  const std::optional<int> hours = scanner.Part(sign, 0, 14);
  const std::optional<int> minutes = hours ? scanner.Part(':', 0, 59) : std::nullopt;
  if (!minutes || !scanner.left.empty()) return std::nullopt;
  return (sign == '-' ? -1 : 1) * (*hours * kHour + *minutes * kMinute);
}

// What follows the T of a day that starts at `day_us`.
std::optional<DateRange> ParseTime(Scanner& scanner, std::int64_t day_us) {
  const std::optional<int> hour = scanner.Number(2);
  const std::optional<int> minute = hour && *hour <= 23 ? scanner.Part(':', 0, 59) : std::nullopt;
  if (!minute) return std::nullopt;
  std::int64_t low = day_us + *hour * kHour + *minute * kMinute, width = kMinute;
  if (!scanner.left.empty() && scanner.left.front() == ':') {
    const std::optional<int> second = scanner.Part(':', 0, 60);
    if (!second) return std::nullopt;
    low += *second * kSecond;
    width = kSecond;
    if (scanner.Take('.')) {
      std::int64_t fraction = 0;
      if (!TakeFraction(scanner, fraction, width)) return std::nullopt;
      low += fraction;
    }
  }
  const std::optional<std::int64_t> offset = TakeOffset(scanner);
  if (!offset) return std::nullopt;
  return DateRange{low - *offset, low - *offset + width};
}

}  // namespace

std::optional<DateRange> ParseDateRange(std::string_view text) {
  using namespace std::chrono;
  Scanner scanner{text};
  const std::optional<int> y = scanner.Number(4);
  if (!y || *y == 0) return std::nullopt;
  if (scanner.left.empty()) return DateRange{DaysUs(year(*y) / 1 / 1), DaysUs(year(*y + 1) / 1 / 1)};
  const std::optional<int> m = scanner.Part('-', 1, 12);
  if (!m) return std::nullopt;
  const year_month_day first = year(*y) / *m / 1;
  if (scanner.left.empty()) return DateRange{DaysUs(first), DaysUs(first + months(1))};
  const std::optional<int> d = scanner.Part('-', 1, 31);
  if (!d || !(year(*y) / *m / *d).ok()) return std::nullopt;
  const std::int64_t day = DaysUs(year(*y) / *m / *d);
  if (scanner.left.empty()) return DateRange{day, day + kDay};
  if (!scanner.Take('T')) return std::nullopt;
  return ParseTime(scanner, day);
}

}  // namespace server::search
