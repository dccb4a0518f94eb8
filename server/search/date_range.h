// A date as a search writes it, widened by its precision (https://hl7.org/fhir/R4/search.html#date).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace server::search {

// [low, high) in microseconds since 1970-01-01T00:00:00Z.
struct DateRange {
  std::int64_t low_us = 0, high_us = 0;
};

// yyyy, yyyy-mm, yyyy-mm-dd, or with Thh:mm, Thh:mm:ss, Thh:mm:ss.fff and Z or an offset; without an offset
// the time counts as UTC. Nothing for what is not a date.
std::optional<DateRange> ParseDateRange(std::string_view text);

}  // namespace server::search
