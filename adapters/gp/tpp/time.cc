// Summer time is from the last Sunday of March to the last of October, 01:00 UTC each (Summer Time Order 2002; of the
// years before 1996, when the days were others, the offset may be wrong: the way back gives the local time as it was).
#include "adapters/gp/tpp/time.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "fhir/base/date_time.h"

namespace adapters::gp::tpp {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kDayMinutes = 24 * 60;

std::string Two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::int64_t LastSunday(int year, int month) {
  const std::int64_t last = fhir::DaysFromCivil(year, month, fhir::DaysInMonth(year, month));
  return last - (((last + 4) % 7) + 7) % 7;   // 1970-01-01 was a Thursday
}

// Of local minutes since 1970. The hour that does not exist in March counts as winter's.
bool IsSummer(int year, std::int64_t local_minutes) {
  return local_minutes >= LastSunday(year, 3) * kDayMinutes + 2 * 60 && local_minutes < LastSunday(year, 10) * kDayMinutes + 2 * 60;
}

// Digits up to `stop` (0: the end), taken off the text with it.
std::optional<int> Take(std::string_view& text, char stop, std::size_t least, std::size_t most) {
  const std::size_t end = stop == 0 ? text.size() : text.find(stop);
  if (end == std::string_view::npos || end < least || end > most) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, end)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(std::min(end + 1, text.size()));
  return number;
}

std::optional<int> TakeMonth(std::string_view& text) {
  if (text.size() < 4 || text[3] != ' ') return std::nullopt;
  std::string name(text.substr(0, 3));
  for (std::size_t i = 0; i < 3; ++i) {
    if (i == 0 && name[i] >= 'a' && name[i] <= 'z') name[i] = static_cast<char>(name[i] - 'a' + 'A');
    if (i > 0 && name[i] >= 'A' && name[i] <= 'Z') name[i] = static_cast<char>(name[i] - 'A' + 'a');
  }
  text.remove_prefix(4);
  const auto* at = std::ranges::find(kMonths, name);
  if (at == kMonths.end()) return std::nullopt;
  return static_cast<int>(at - kMonths.begin()) + 1;
}

}  // namespace

std::string ReadTime(std::string_view cell) {
  const auto day = Take(cell, ' ', 1, 2);
  const auto month = day ? TakeMonth(cell) : std::nullopt;
  const bool has_time = cell.find(' ') != std::string_view::npos;
  const auto year = month ? Take(cell, has_time ? ' ' : '\0', 4, 4) : std::nullopt;
  if (!year || *year < 1800 || *day < 1 || *day > fhir::DaysInMonth(*year, *month)) return {};
  std::string text = std::to_string(*year) + "-" + Two(*month) + "-" + Two(*day);
  if (!has_time) return text;
  const auto hour = Take(cell, ':', 2, 2);
  const auto minute = hour ? Take(cell, ':', 2, 2) : std::nullopt;
  const auto second = minute ? Take(cell, '\0', 2, 2) : std::nullopt;
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return {};
  if (*hour == 0 && *minute == 0 && *second == 0) return text;
  const std::int64_t local = fhir::DaysFromCivil(*year, *month, *day) * kDayMinutes + *hour * 60 + *minute;
  return text + "T" + Two(*hour) + ":" + Two(*minute) + ":" + Two(*second) + (IsSummer(*year, local) ? "+01:00" : "+00:00");
}

std::string WriteTime(std::string_view fhir) {
  auto time = fhir::DateTime::Parse(fhir);
  if (!time || !time->has_date || time->precision < fhir::DatePrecision::kDay) return std::string(fhir);
  const auto words = [&] {
    return Two(time->day) + " " + std::string(kMonths[static_cast<std::size_t>(time->month - 1)]) + " " + std::to_string(time->year) + " " + Two(time->hour) + ":" +
           Two(time->minute) + ":" + Two(time->second);
  };
  std::string text = words();
  if (!time->offset_minutes || ReadTime(text) == fhir) return text;
  // Somebody else's offset: the same moment in the United Kingdom.
  std::int64_t minutes = fhir::DaysFromCivil(time->year, time->month, time->day) * kDayMinutes + time->hour * 60 + time->minute - *time->offset_minutes;
  const std::int64_t from = LastSunday(time->year, 3) * kDayMinutes + 60, to = LastSunday(time->year, 10) * kDayMinutes + 60;
  if (minutes >= from && minutes < to) minutes += 60;
  const std::int64_t days = minutes >= 0 ? minutes / kDayMinutes : -((-minutes + kDayMinutes - 1) / kDayMinutes);
  fhir::CivilFromDays(days, time->year, time->month, time->day);
  time->hour = static_cast<int>((minutes - days * kDayMinutes) / 60);
  time->minute = static_cast<int>((minutes - days * kDayMinutes) % 60);
  return words();
}

}  // namespace adapters::gp::tpp
