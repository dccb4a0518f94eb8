// Forms of primitives.
#include "fhir/mapping/primitive_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace fhir::mapping {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsInteger(std::string_view text, std::int64_t least) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return false;
  const std::string_view digits = text.front() == '-' ? text.substr(1) : text;
  return value >= least && value <= INT32_MAX && (digits.size() == 1 || digits.front() != '0');
}

bool IsDecimal(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return at - start;
  };
  const std::size_t first = at;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

// Does the text have the pattern's form, where '0' stands for any digit?
bool Fits(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() && std::equal(text.begin(), text.end(), pattern.begin(),
                                                     [](char c, char p) { return p == '0' ? IsDigit(c) : c == p; });
}

bool IsDate(std::string_view text) { return Fits(text, "0000") || Fits(text, "0000-00") || Fits(text, "0000-00-00"); }

bool IsTime(std::string_view text) {
  if (text.size() < 8 || !Fits(text.substr(0, 8), "00:00:00")) return false;
  if (text.size() == 8) return true;
  const std::string_view fraction = text.substr(9);
  return text[8] == '.' && !fraction.empty() && std::all_of(fraction.begin(), fraction.end(), IsDigit);
}

bool IsInstant(std::string_view text) {
  if (text.size() < 20 || !Fits(text.substr(0, 10), "0000-00-00") || text[10] != 'T') return false;
  std::string_view rest = text.substr(11);
  if (rest.back() == 'Z') {
    rest.remove_suffix(1);
  } else {
    if (rest.size() < 6) return false;
    const std::string_view offset = rest.substr(rest.size() - 6);
    if (!Fits(offset, "+00:00") && !Fits(offset, "-00:00")) return false;
    rest.remove_suffix(6);
  }
  return IsTime(rest);
}

constexpr std::pair<std::string_view, std::string_view> kWidenings[] = {
    {"code", "string"},      {"id", "string"},          {"markdown", "string"},     {"uri", "string"},         {"url", "string"},
    {"canonical", "string"}, {"oid", "string"},         {"uuid", "string"},         {"url", "uri"},            {"canonical", "uri"},
    {"oid", "uri"},          {"uuid", "uri"},           {"string", "markdown"},     {"date", "dateTime"},      {"instant", "dateTime"},
    {"integer", "decimal"},  {"positiveInt", "integer"}, {"unsignedInt", "integer"}, {"positiveInt", "decimal"}, {"unsignedInt", "decimal"}};

}  // namespace

ValueKind KindOf(std::string_view type) {
  if (type == "boolean") return ValueKind::kBoolean;
  if (type == "integer" || type == "decimal" || type == "positiveInt" || type == "unsignedInt") return ValueKind::kNumber;
  return ValueKind::kString;
}

bool HasFormOf(std::string_view type, std::string_view text) {
  if (text.empty()) return false;
  if (type == "boolean") return text == "true" || text == "false";
  if (type == "integer") return IsInteger(text, INT32_MIN);
  if (type == "unsignedInt") return IsInteger(text, 0);
  if (type == "positiveInt") return IsInteger(text, 1);
  if (type == "decimal") return IsDecimal(text);
  if (type == "date") return IsDate(text);
  if (type == "dateTime") return IsDate(text) || IsInstant(text);
  if (type == "instant") return IsInstant(text);
  if (type == "time") return IsTime(text);
  return true;
}

bool Widens(std::string_view from, std::string_view to) {
  return std::find(std::begin(kWidenings), std::end(kWidenings), std::pair(from, to)) != std::end(kWidenings);
}

std::string_view TypeOf(path::SystemType type) {
  switch (type) {
    case path::SystemType::kBoolean: return "boolean";
    case path::SystemType::kString: return "string";
    case path::SystemType::kInteger: return "integer";
    case path::SystemType::kDecimal: return "decimal";
    case path::SystemType::kDate: return "date";
    case path::SystemType::kDateTime: return "dateTime";
    case path::SystemType::kTime: return "time";
    case path::SystemType::kQuantity: return "Quantity";
  }
  return {};
}

}  // namespace fhir::mapping
