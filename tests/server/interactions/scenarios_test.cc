// Every scenario under tests/cases/rest, each on a server of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/scenario.h"
#include "tests/support/test_server.h"

namespace {

std::vector<std::string> Files() {
  const std::filesystem::path folder = std::filesystem::path(CARELOOM_SOURCE_DIR) / "tests/cases/rest";
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".scenario") files.push_back(std::filesystem::relative(entry.path(), folder).generic_string());
  }
  std::ranges::sort(files);
  return files;
}

class Rest : public testing::TestWithParam<std::string> {};

TEST_P(Rest, Scenario) {
  careloom_test::TestServer server;
  ASSERT_EQ(server.error, "");
  const auto file = std::filesystem::path(CARELOOM_SOURCE_DIR) / "tests/cases/rest" / GetParam();
  EXPECT_EQ(careloom_test::Scenario(server.port()).Run(file), "");
}

std::string NameOf(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.rfind('.'));
  std::ranges::replace_if(name, [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Over, Rest, testing::ValuesIn(Files()), NameOf);

TEST(Fits, StarsAndCaptures) {
  std::map<std::string, std::string> captured;
  EXPECT_TRUE(careloom_test::Fits("a*c", "abbc", captured));
  EXPECT_FALSE(careloom_test::Fits("a*c", "abbd", captured));
  EXPECT_TRUE(careloom_test::Fits("Patient/{{*id}}/_history/1", "Patient/x-1/_history/1", captured));
  EXPECT_EQ(captured["id"], "x-1");
  EXPECT_FALSE(careloom_test::Fits("", "x", captured));
}

}  // namespace
