// An adapter's cases of our own making: folders of tests/cases/adapters/NAME, each with an input and the files that
// it becomes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fhir/json/writer.h"
#include "tests/support/shared_data.h"

namespace careloom_test {

inline std::vector<std::filesystem::path> AdapterCases(const std::string& adapter) {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(CARELOOM_SOURCE_DIR) / "tests/cases/adapters" / adapter)) cases.push_back(entry.path());
  std::ranges::sort(cases);
  return cases;
}

// What differs from the file is written beside it as *.received.json.
inline void ExpectSame(const std::filesystem::path& file, const fhir::Document& received) {
  const std::string text = fhir::json::WritePretty(*received.root) + "\n";
  const std::string expected = std::filesystem::exists(file) ? ReadFile(file) : "";
  if (expected == text) return;
  std::filesystem::path beside = file;
  beside.replace_extension(".received.json");
  std::ofstream(beside, std::ios::binary) << text;
  const auto [a, b] = std::ranges::mismatch(expected, text);
  const auto at = static_cast<std::size_t>(b - text.begin());
  ADD_FAILURE() << file << " differs from what came out (" << beside.filename() << ") at \"" << text.substr(at < 60 ? 0 : at - 60, 160) << "\"";
}

}  // namespace careloom_test
