// How much a test does: every day's amount, or the full size that `tests/run --long` asks for; and whether a sanitizer looks on, which
// takes memory of its own and cannot be traced.
#pragma once

#include <cstdlib>

namespace careloom_test {

inline bool IsLong() { return std::getenv("CARELOOM_LONG") != nullptr; }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

template <typename T>
T EveryDayOrLong(T every_day, T full) {
  return IsLong() ? full : every_day;
}

}  // namespace careloom_test
