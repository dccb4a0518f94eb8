// Hand scanners for primitive values.
#include "fhir/validate/primitives.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace fhir::validate {
namespace {

using schema::Primitive;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

// Takes exactly `count` digits off the front; -1 when they are not there.
int TakeNumber(std::string_view& text, std::size_t count) {
  if (text.size() < count || !AllDigits(text.substr(0, count))) return -1;
  int number = 0;
  for (const char digit : text.substr(0, count)) number = number * 10 + (digit - '0');
  text.remove_prefix(count);
  return number;
}

bool TakeChar(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysIn(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

// Takes YYYY, YYYY-MM or YYYY-MM-DD. How many parts there were; 0 when it is no date.
int TakeDate(std::string_view& text) {
  const int year = TakeNumber(text, 4);
  if (year < 1) return 0;
  if (!TakeChar(text, '-')) return 1;
  const int month = TakeNumber(text, 2);
  if (month < 1 || month > 12) return 0;
  if (!TakeChar(text, '-')) return 2;
  const int day = TakeNumber(text, 2);
  return day < 1 || day > DaysIn(year, month) ? 0 : 3;
}

// Takes hh:mm:ss and a fraction. Second 60 is a leap second.
bool TakeTime(std::string_view& text) {
  const int hour = TakeNumber(text, 2);
  if (hour < 0 || hour > 23 || !TakeChar(text, ':')) return false;
  const int minute = TakeNumber(text, 2);
  if (minute < 0 || minute > 59 || !TakeChar(text, ':')) return false;
  const int second = TakeNumber(text, 2);
  if (second < 0 || second > 60) return false;
  if (!TakeChar(text, '.')) return true;
  const std::size_t digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
  text.remove_prefix(digits);
  return digits > 0;
}

bool TakeZone(std::string_view& text) {
  if (TakeChar(text, 'Z')) return true;
  if (!TakeChar(text, '+') && !TakeChar(text, '-')) return false;
  const int hour = TakeNumber(text, 2);
  if (hour < 0 || !TakeChar(text, ':')) return false;
  const int minute = TakeNumber(text, 2);
  return minute >= 0 && minute <= 59 && (hour < 14 || (hour == 14 && minute == 0));
}

bool IsDate(std::string_view text) { return TakeDate(text) > 0 && text.empty(); }

bool IsDateTime(std::string_view text) {
  const int parts = TakeDate(text);
  if (parts == 0) return false;
  if (text.empty()) return true;
  return parts == 3 && TakeChar(text, 'T') && TakeTime(text) && TakeZone(text) && text.empty();
}

bool IsInstant(std::string_view text) {
  return TakeDate(text) == 3 && TakeChar(text, 'T') && TakeTime(text) && TakeZone(text) && text.empty();
}

bool IsTime(std::string_view text) { return TakeTime(text) && text.empty(); }

// Whole numbers of 32 bits, without leading zeros and without "-0".
bool IsInteger(std::string_view text, std::int64_t lowest) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return false;
  const std::string_view digits = text[0] == '-' ? text.substr(1) : text;
  if (digits.size() > 1 && digits[0] == '0') return false;
  return text != "-0" && number >= lowest && number <= 2147483647;
}

bool IsDecimal(std::string_view text) {
  TakeChar(text, '-');
  const auto take_digits = [&text] {
    const std::size_t count = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
    text.remove_prefix(count);
    return count;
  };
  const bool zero_first = text.starts_with('0');
  const std::size_t whole = take_digits();
  if (whole == 0 || (zero_first && whole > 1)) return false;
  if (TakeChar(text, '.') && take_digits() == 0) return false;
  if (TakeChar(text, 'e') || TakeChar(text, 'E')) {
    if (!TakeChar(text, '+')) TakeChar(text, '-');
    if (take_digits() == 0) return false;
  }
  return text.empty();
}

// No control characters but tab, line feed and carriage return; at most 1 MiB.
bool IsString(std::string_view text) {
  if (text.empty() || text.size() > (std::size_t{1} << 20)) return false;
  bool control = false;   // no early exit: the whole loop runs in wide registers
  for (const char c : text) control |= (static_cast<unsigned char>(c) < 0x20) & (c != '\t') & (c != '\n') & (c != '\r');
  return !control;
}

bool IsCode(std::string_view text) {
  if (text.empty() || IsSpace(text.front()) || IsSpace(text.back())) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (IsSpace(text[i]) && IsSpace(text[i - 1])) return false;
  }
  return true;
}

bool IsOid(std::string_view text) {
  if (!text.starts_with("urn:oid:")) return false;
  text.remove_prefix(8);
  if (text.size() < 3 || text[0] < '0' || text[0] > '2') return false;
  text.remove_prefix(1);
  while (TakeChar(text, '.')) {
    const std::size_t count = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
    if (count == 0 || (count > 1 && text[0] == '0')) return false;
    text.remove_prefix(count);
  }
  return text.empty();
}

bool IsUuid(std::string_view text) {
  if (!text.starts_with("urn:uuid:")) return false;
  text.remove_prefix(9);
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !(IsDigit(text[i]) || (text[i] >= 'a' && text[i] <= 'f'))) return false;
  }
  return true;
}

bool IsUri(std::string_view text) { return !text.empty() && std::none_of(text.begin(), text.end(), IsSpace); }

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || IsLetter(c) || c == '-' || c == '.'; });
}

// Groups of four, white space between, padding at the end only.
bool IsBase64(std::string_view text) {
  std::size_t count = 0, padding = 0;
  for (const char c : text) {
    if (IsSpace(c)) continue;
    ++count;
    if (c == '=') {
      ++padding;
    } else if (padding > 0 || !(IsDigit(c) || IsLetter(c) || c == '+' || c == '/')) {
      return false;
    }
  }
  return count > 0 && count % 4 == 0 && padding <= 2;
}

}  // namespace

const char* WrongForm(Primitive primitive, std::string_view text) {
  switch (primitive) {
    case Primitive::kNone:
    case Primitive::kXhtml: return nullptr;   // a rule of its own
    case Primitive::kBoolean: return text == "true" || text == "false" ? nullptr : "true or false";
    case Primitive::kBase64Binary: return IsBase64(text) ? nullptr : "base64 in groups of four, padded with =";
    case Primitive::kCanonical:
    case Primitive::kUri:
    case Primitive::kUrl: return IsUri(text) ? nullptr : "a URI without white space";
    case Primitive::kCode: return IsCode(text) ? nullptr : "a code without white space at its ends, and single spaces within";
    case Primitive::kDate: return IsDate(text) ? nullptr : "a date that is in the calendar: YYYY, YYYY-MM or YYYY-MM-DD";
    case Primitive::kDateTime:
      return IsDateTime(text) ? nullptr : "a date that is in the calendar, or date and time with zone: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz";
    case Primitive::kDecimal: return IsDecimal(text) ? nullptr : "a decimal number";
    case Primitive::kId: return IsId(text) ? nullptr : "1 to 64 letters, digits, - and .";
    case Primitive::kInstant: return IsInstant(text) ? nullptr : "a date and time to the second with zone: YYYY-MM-DDThh:mm:ss+zz:zz";
    case Primitive::kInteger: return IsInteger(text, -2147483648LL) ? nullptr : "a whole number from -2147483648 to 2147483647";
    case Primitive::kPositiveInt: return IsInteger(text, 1) ? nullptr : "a whole number from 1 to 2147483647";
    case Primitive::kUnsignedInt: return IsInteger(text, 0) ? nullptr : "a whole number from 0 to 2147483647";
    case Primitive::kMarkdown:
    case Primitive::kString: return IsString(text) ? nullptr : "text of at most 1 MiB without control characters";
    case Primitive::kOid: return IsOid(text) ? nullptr : "an OID like urn:oid:1.2.3";
    case Primitive::kTime: return IsTime(text) ? nullptr : "a time of day: hh:mm:ss";
    case Primitive::kUuid: return IsUuid(text) ? nullptr : "a UUID in lower case like urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
  }
  return nullptr;
}

}  // namespace fhir::validate
