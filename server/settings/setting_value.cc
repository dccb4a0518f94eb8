// Reading values.
#include "server/settings/setting_value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "fhir/base/text.h"
#include "server/http/cors.h"

namespace server::settings {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

struct Unit {
  std::string_view word;   // empty: a number without one
  std::int64_t factor;
};

// The smallest first.
std::span<const Unit> UnitsOf(Kind kind) {
  static constexpr Unit kNone[] = {{"", 1}};
  static constexpr Unit kSizes[] = {{"bytes", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
  static constexpr Unit kTimes[] = {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}};
  switch (kind) {
    case Kind::kBytes: return kSizes;
    case Kind::kDuration: return kTimes;
    default: return kNone;
  }
}

bool HasRange(Kind kind) { return kind == Kind::kCount || kind == Kind::kBytes || kind == Kind::kDuration; }

Result<std::int64_t> ReadNumber(Kind kind, const Range& range, std::string_view text) {
  const auto refused = [&] { return Error(ErrorKind::kInvalid, "'" + std::string(text) + "' is not " + Allowed(kind, range)); };
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::int64_t number = 0;
  if (digits == 0 || std::from_chars(text.data(), text.data() + digits, number).ec != std::errc()) return refused();
  std::string_view word = text.substr(digits);
  word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
  const auto units = UnitsOf(kind);
  const auto unit = std::ranges::find(units, word, &Unit::word);
  if (unit == units.end() || number > range.most / unit->factor || number * unit->factor < range.least) return refused();
  return number * unit->factor;
}

bool IsAddress(const std::string& text) {
  unsigned char bytes[16];
  return text == "localhost" || inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

bool IsUrl(std::string_view text) {
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  const std::string_view rest = text.substr(scheme);
  return scheme != 0 && !rest.empty() && rest[0] != '/' && std::ranges::all_of(rest, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view(".:/-_~%[]").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string WriteNumber(Kind kind, std::int64_t number) {
  const auto units = UnitsOf(kind);
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (number != 0 && number % unit.factor == 0) best = &unit;
  }
  return std::to_string(number / best->factor) + (best->word.empty() ? "" : " ") + std::string(best->word);
}

std::string Allowed(Kind kind, const Range& range) {
  const std::string from_to = HasRange(kind) ? " from " + WriteNumber(kind, range.least) + " to " + WriteNumber(kind, range.most) : std::string();
  switch (kind) {
    case Kind::kCount: return "a number" + from_to;
    case Kind::kBytes: return "a size" + from_to + " with its unit: bytes, KiB, MiB or GiB";
    case Kind::kDuration: return "a time" + from_to + " with its unit: ms, s, min or h";
    case Kind::kAddress: return "an IP address, such as 127.0.0.1 or ::1";
    case Kind::kUrl: return "a URL that begins with http:// or https:// and has neither user, '?' nor '#'";
    case Kind::kDigest: return "64 hexadecimal digits, as 'careloom client NAME' prints them";
    case Kind::kDatabase: return "a PostgreSQL database, as postgresql://user@host:5432/database or host=/run/postgresql dbname=careloom";
    case Kind::kOrigins: return "one or more origins with blanks between them, such as https://app.example:8443 (http only for localhost)";
    case Kind::kPath: return "the path of a file or folder, as it is: nothing in it is expanded";
  }
  return {};
}

Result<Value> ReadValue(Kind kind, const Range& range, std::string_view text) {
  Value value{std::string(text), {}, 0};
  if (HasRange(kind)) {
    TRY_ASSIGN(value.number, ReadNumber(kind, range, text));
    return value;
  }
  if (kind == Kind::kDigest) {
    if (text.size() != 64 || !std::ranges::all_of(text, [](char c) { return fhir::HexDigit(c) >= 0; })) {
      return Error(ErrorKind::kInvalid, "the value (not shown) is not " + Allowed(kind, range));
    }
    return value;
  }
  if (kind == Kind::kOrigins) {
    for (const std::string& origin : Words(text)) {
      if (!http::IsOrigin(origin)) return Error(ErrorKind::kInvalid, "'" + origin + "' is not an origin; allowed are " + Allowed(kind, range));
    }
    return value;
  }
  const bool fits = kind == Kind::kAddress ? IsAddress(value.text) : kind == Kind::kUrl ? IsUrl(text) : !text.empty();
  if (!fits) return Error(ErrorKind::kInvalid, "'" + value.text + "' is not " + Allowed(kind, range));
  return value;
}

}  // namespace server::settings
