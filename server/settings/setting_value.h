// The kinds of value that a setting can have: how each is read, and what is allowed in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace server::settings {

enum class Kind {
  kCount,      // a whole number
  kBytes,      // a whole number with its unit: bytes, KiB, MiB or GiB
  kDuration,   // a whole number with its unit: ms, s, min or h
  kAddress,    // an IPv4 or IPv6 address, or localhost
  kUrl,        // http:// or https://, with a path or without, nothing after
  kPath,       // of a file or folder
  kOrigins,    // one or more origins of web pages, with blanks between them
  kDigest,     // 64 hexadecimal digits; never shown
  kDatabase,   // where a PostgreSQL database is, in libpq's words; never shown, since it may hold a password
};

// Never shown, and only in a file that nobody but its owner may read.
constexpr bool IsSecret(Kind kind) { return kind == Kind::kDigest || kind == Kind::kDatabase; }

// Numbers are as counted: bytes, and milliseconds of a duration.
struct Range {
  std::int64_t least = 0, most = 0;
};

struct Value {
  std::string text;          // as given
  std::string name;          // what stands for NAME in the setting's name
  std::int64_t number = 0;   // of the kinds with a range
};

// What stands between blanks.
std::vector<std::string> Words(std::string_view text);
// "a number from 1 to 65535".
std::string Allowed(Kind kind, const Range& range);
// kInvalid with what was found and what is allowed.
fhir::Result<Value> ReadValue(Kind kind, const Range& range, std::string_view text);
// The number as it would stand in a file, with the largest unit that divides it: "16 MiB".
std::string WriteNumber(Kind kind, std::int64_t number);

}  // namespace server::settings
