// How much a test does: every day's amount, or the full size that `tests/run --long` asks for.
#pragma once

#include <cstdlib>

namespace careloom_test {

inline bool IsLong() { return std::getenv("CARELOOM_LONG") != nullptr; }

template <typename T>
T EveryDayOrLong(T every_day, T full) {
  return IsLong() ? full : every_day;
}

}  // namespace careloom_test
