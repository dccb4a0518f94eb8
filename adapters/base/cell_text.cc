// Cells by their characters; what a column may hold beyond that is its adapter's.
#include "adapters/base/cell_text.h"

#include <algorithm>
#include <optional>

#include "fhir/base/date_time.h"

namespace adapters {
namespace {

constexpr std::size_t kQuotedBytes = 80;   // of a value repeated in a finding

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AreDigits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, IsDigit); }

// Digits before `end`, at least `least`, at most `most`; taken off the text.
std::optional<int> TakeNumber(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  int number = 0;
  while (count < text.size() && count < most && IsDigit(text[count])) number = number * 10 + (text[count++] - '0');
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return number;
}

bool TakeOne(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

bool IsMidnight(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] != ' ' && text[0] != 'T') return false;
  text.remove_prefix(1);
  return text == "00:00" || text == "00:00:00" || text == "00:00:00.000" || text == "00:00:00Z";
}

std::string Digits(int number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::string_view TrimCell(std::string_view cell) {
  constexpr std::string_view kSpaces = " \t\r\n";
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  for (bool more = true; more;) {
    more = false;
    while (!cell.empty() && kSpaces.find(cell.front()) != std::string_view::npos) cell.remove_prefix(1);
    while (!cell.empty() && kSpaces.find(cell.back()) != std::string_view::npos) cell.remove_suffix(1);
    if (cell.starts_with(kNoBreakSpace)) cell.remove_prefix(2), more = true;
    if (cell.ends_with(kNoBreakSpace)) cell.remove_suffix(2), more = true;
  }
  return cell == "NULL" ? std::string_view() : cell;
}

std::string ReadDate(std::string_view text) {
  std::optional<int> year, month, day;
  if (text.size() > 4 && text[4] == '-') {
    year = TakeNumber(text, 4, 4);
    if (!TakeOne(text, '-')) return {};
    month = TakeNumber(text, 2, 2);
    if (!TakeOne(text, '-')) return {};
    day = TakeNumber(text, 2, 2);
  } else {
    day = TakeNumber(text, 1, 2);
    if (!TakeOne(text, '/')) return {};
    month = TakeNumber(text, 1, 2);
    if (!TakeOne(text, '/')) return {};
    year = TakeNumber(text, 4, 4);
  }
  if (!year || !month || !day || !IsMidnight(text)) return {};
  if (*year < 1800 || *month < 1 || *month > 12 || *day < 1 || *day > fhir::DaysInMonth(*year, *month)) return {};
  return Digits(*year, 4) + '-' + Digits(*month, 2) + '-' + Digits(*day, 2);
}

std::string ReadNumber(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, point);
  const std::string_view places = point < text.size() ? text.substr(point + 1) : std::string_view();
  if (whole.empty() && places.empty()) return {};
  if ((!whole.empty() && !AreDigits(whole)) || (!places.empty() && !AreDigits(places)) || places.size() > 2) return {};
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  if (whole.size() > 16) return {};
  std::string number = whole.empty() ? "0" : std::string(whole);
  if (!places.empty()) (number += '.') += places;
  return number;
}

std::string QuotedCell(std::string_view value) {
  if (value.size() <= kQuotedBytes) return "'" + std::string(value) + "'";
  std::size_t end = kQuotedBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return "'" + std::string(value.substr(0, end)) + "…'";
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
  });
}

}  // namespace adapters
