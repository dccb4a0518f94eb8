// The values that plain_search compares.
#include "tests/server/search/plain_values.h"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace careloom_test {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

// The next `digits` digits as a number; moves `text` past them.
std::optional<int> Digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool Skip(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::int64_t Days(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

PlainInterval DayRange(std::int64_t first, std::int64_t after) { return {first * 86400 * kSecond, after * 86400 * kSecond}; }

// "HH:MM[:SS[.f…]][offset]" of the day.
std::optional<PlainInterval> ParseTime(std::string_view text, std::int64_t day) {
  const auto hour = Digits(text, 2);
  if (!hour || !Skip(text, ':')) return std::nullopt;
  const auto minute = Digits(text, 2);
  if (!minute) return std::nullopt;
  std::int64_t low = ((day * 24 + *hour) * 60 + *minute) * 60 * kSecond;
  std::int64_t width = 60 * kSecond;
  if (Skip(text, ':')) {
    const auto second = Digits(text, 2);
    if (!second) return std::nullopt;
    low += *second * kSecond;
    width = kSecond;
    if (Skip(text, '.')) {
      while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        width /= 10;
        low += (text[0] - '0') * width;
        text.remove_prefix(1);
      }
      if (width == 0) width = 1;
    }
  }
  if (text == "Z" || text.empty()) return PlainInterval{low, low + width};
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = Digits(text, 2);
  if (!hours || !Skip(text, ':')) return std::nullopt;
  const auto minutes = Digits(text, 2);
  if (!minutes) return std::nullopt;
  low -= std::int64_t{sign} * (*hours * 60 + *minutes) * 60 * kSecond;
  return PlainInterval{low, low + width};
}

}  // namespace

std::optional<PlainInterval> ParsePlainDate(std::string_view text) {
  const auto year = Digits(text, 4);
  if (!year) return std::nullopt;
  if (text.empty()) return DayRange(Days(*year, 1, 1), Days(*year + 1, 1, 1));
  if (!Skip(text, '-')) return std::nullopt;
  const auto month = Digits(text, 2);
  if (!month) return std::nullopt;
  if (text.empty()) return DayRange(Days(*year, *month, 1), *month == 12 ? Days(*year + 1, 1, 1) : Days(*year, *month + 1, 1));
  if (!Skip(text, '-')) return std::nullopt;
  const auto day = Digits(text, 2);
  if (!day) return std::nullopt;
  const std::int64_t days = Days(*year, *month, *day);
  if (text.empty()) return DayRange(days, days + 1);
  if (!Skip(text, 'T')) return std::nullopt;
  return ParseTime(text, days);
}

std::optional<PlainInterval> DateOf(const fhir::Element& element) {
  if (element.has_value()) return ParsePlainDate(element.value());
  const std::string_view start = element.ValueOf("start"), end = element.ValueOf("end");
  const auto first = ParsePlainDate(start), last = ParsePlainDate(end);
  if (!first && !last) return std::nullopt;
  return PlainInterval{first ? first->low : std::numeric_limits<std::int64_t>::min(), last ? last->high : std::numeric_limits<std::int64_t>::max()};
}

std::optional<PlainNumber> ParsePlainNumber(std::string_view text) {
  const std::string written(text);
  char* end = nullptr;
  const double value = std::strtod(written.c_str(), &end);
  if (written.empty() || *end != '\0') return std::nullopt;
  int exponent = 0;
  const std::size_t e = written.find_first_of("eE");
  if (e != std::string::npos) exponent = std::atoi(written.c_str() + e + 1);
  const std::string mantissa = written.substr(0, e);
  const std::size_t point = mantissa.find('.');
  const int decimals = point == std::string::npos ? 0 : static_cast<int>(mantissa.size() - point - 1);
  return PlainNumber{value, 0.5 * std::pow(10.0, exponent - decimals)};
}

std::vector<PlainToken> TokensOf(const fhir::Element& element) {
  if (element.has_value()) return {{"", std::string(element.value()), false}};
  std::vector<PlainToken> tokens;
  for (const fhir::Element& coding : fhir::Repeats(element, "coding")) {
    tokens.push_back({std::string(coding.ValueOf("system")), std::string(coding.ValueOf("code")), coding.Find("system") != nullptr});
  }
  if (element.Find("code")) {
    tokens.push_back({std::string(element.ValueOf("system")), std::string(element.ValueOf("code")), element.Find("system") != nullptr});
  } else if (element.Find("value")) {
    // A ContactPoint's system says what kind of contact it is, and is not part of the token.
    const bool is_identifier = element.name == "identifier";
    tokens.push_back({is_identifier ? std::string(element.ValueOf("system")) : "", std::string(element.ValueOf("value")),
                      is_identifier && element.Find("system") != nullptr});
  }
  return tokens;
}

std::vector<std::string> StringsOf(const fhir::Element& element) {
  if (element.has_value()) return {std::string(element.value())};
  std::vector<std::string> texts;
  for (const char* part : {"family", "given", "prefix", "suffix", "text", "line", "city", "district", "state", "country", "postalCode"}) {
    for (const fhir::Element& repeat : fhir::Repeats(element, part)) {
      if (repeat.has_value()) texts.emplace_back(repeat.value());
    }
  }
  return texts;
}

std::pair<std::string, std::string> ReferenceOf(const fhir::Element& element) {
  const std::string_view text = element.ValueOf("reference");
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find(':') != std::string_view::npos || text.starts_with('#')) return {};
  std::string_view id = text.substr(slash + 1);
  id = id.substr(0, id.find('/'));
  return {std::string(text.substr(0, slash)), std::string(id)};
}

std::pair<std::string, std::string> SplitPrefix(const std::string& value) {
  for (const char* prefix : {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"}) {
    if (value.starts_with(prefix)) return {prefix, value.substr(2)};
  }
  return {"eq", value};
}

std::vector<std::string> SplitBars(const std::string& value) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (std::size_t bar = value.find('|'); bar != std::string::npos; bar = value.find('|', at)) {
    parts.push_back(value.substr(at, bar - at));
    at = bar + 1;
  }
  parts.push_back(value.substr(at));
  return parts;
}

}  // namespace careloom_test
