// Where the data that others wrote stands: beside the repository, never in it. A test that needs it
// skips visibly where it is absent.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace careloom_test {

// The folder or file under shared data; the environment variable CARELOOM_SHARED_DATA names another place.
inline std::filesystem::path SharedData(const std::string& inner) {
  const char* elsewhere = std::getenv("CARELOOM_SHARED_DATA");
  return (elsewhere ? std::filesystem::path(elsewhere) : std::filesystem::path(CARELOOM_SOURCE_DIR) / ".." / "shared" / "data") / inner;
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace careloom_test

// In a test: skips when shared data has no such file or folder.
#define REQUIRE_SHARED_DATA(inner) \
  if (!std::filesystem::exists(careloom_test::SharedData(inner))) GTEST_SKIP() << "needs shared data: " << inner
