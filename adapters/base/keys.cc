// The same texts for the same source, for ever: stored identifiers are found by them.
#include "adapters/base/keys.h"

#include "adapters/base/sha256.h"
#include "fhir/base/date_time.h"

namespace adapters {

std::string SystemOf(std::string_view kind, std::string_view scope) {
  std::string system(kBase);
  ((system += "id/") += kind) += '/';
  return system += scope;
}

std::string KeyPart(std::string_view text) {
  std::string part;
  for (const char c : text) {
    if (c == '/') {
      part += "%2F";
    } else if (c == '%') {
      part += "%25";
    } else {
      part += c;
    }
  }
  return part;
}

std::string UuidOf(std::string_view type, std::string_view system, std::string_view value) {
  std::string text(type);
  ((text += '|') += system) += '|';
  return DerivedUuid(text += value);
}

std::string InstantOf(std::int64_t microseconds) {
  constexpr std::int64_t kSecond = 1'000'000, kDay = 86'400 * kSecond;
  std::int64_t days = microseconds / kDay, rest = microseconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  fhir::DateTime time;
  fhir::CivilFromDays(days, time.year, time.month, time.day);
  const std::int64_t seconds = rest / kSecond;
  time.hour = static_cast<int>(seconds / 3600);
  time.minute = static_cast<int>(seconds / 60 % 60);
  time.second = static_cast<int>(seconds % 60);
  time.nanosecond = static_cast<int>(rest % kSecond) * 1000;
  time.fraction_digits = 6;
  time.precision = fhir::DatePrecision::kSecond;
  time.offset_minutes = 0;
  return time.ToString();
}

}  // namespace adapters
