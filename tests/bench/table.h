// The table that the benchmark prints: a row a figure, beside the floor's and their ratio.
#pragma once

#include <cstdio>
#include <string>

namespace careloom_bench {

inline void Row(const std::string& what, const std::string& careloom, const std::string& floor, const std::string& ratio, const char* aim) {
  std::printf("%-52s %18s %18s %8s   %s\n", what.c_str(), careloom.c_str(), floor.c_str(), ratio.c_str(), aim);
  std::fflush(stdout);
}

inline std::string Number(double value, int decimals = 0) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

// "-" where there is no floor.
inline std::string Ratio(double a, double b) { return b > 0 ? Number(a / b, 2) : "-"; }
inline std::string Floor(double value) { return value > 0 ? Number(value) : "-"; }

}  // namespace careloom_bench
