// The official R4 examples are valid, but for those that are known not to be: tests/cases/validate/known_bad.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "fhir/json/reader.h"
#include "fhir/validate/validator.h"
#include "tests/support/shared_data.h"

namespace fhir::validate {
namespace {

using careloom_test::ReadFile;
using careloom_test::SharedData;

// File name to reason. A line is: name, tab, reason; '#' starts a comment.
std::map<std::string, std::string> KnownBad() {
  std::istringstream in(ReadFile(std::filesystem::path(CARELOOM_SOURCE_DIR) / "tests/cases/validate/known_bad.txt"));
  std::map<std::string, std::string> known;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t tab = line.find('\t');
    known[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return known;
}

TEST(OfficialExamples, AreValidButForTheKnownBad) {
  REQUIRE_SHARED_DATA("r4-examples/json");
  const auto registry = schema::Registry::LoadR4();
  ASSERT_TRUE(registry);
  const Validator validator(**registry);
  const std::map<std::string, std::string> known_bad = KnownBad();
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SharedData("r4-examples/json"))) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    auto document = json::Read(ReadFile(file));
    ASSERT_TRUE(document) << file << ": " << document.error().ToString();
    IssueSink sink;
    ASSERT_TRUE(validator.Validate(*document->root, {}, sink)) << file;
    const auto known = known_bad.find(file.filename().string());
    if (known != known_bad.end()) {
      EXPECT_TRUE(sink.HasErrors()) << file.filename() << " is listed as bad (" << known->second << ") but passes: take it off the list";
      continue;
    }
    for (const Issue& issue : sink.issues()) {
      EXPECT_NE(issue.code, "processing") << file.filename().string() << " " << issue.expression << ": " << issue.text;
      if (issue.severity != Severity::kError) continue;
      ADD_FAILURE() << file.filename().string() << ": " << issue.code << " " << issue.expression << ": " << issue.text;
    }
  }
  EXPECT_GE(files.size(), 727U);
}

}  // namespace
}  // namespace fhir::validate
