// Every scenario under tests/cases/rest, each on a server of its own, on either store.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/postgres_cluster.h"
#include "tests/support/scenario.h"
#include "tests/support/temp_folder.h"
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

void RunOn(const careloom_test::TestServer& server, const std::string& name) {
  ASSERT_EQ(server.error, "");
  const auto file = std::filesystem::path(CARELOOM_SOURCE_DIR) / "tests/cases/rest" / name;
  EXPECT_EQ(careloom_test::Scenario(server.port()).Run(file), "");
}

TEST_P(Rest, Scenario) { RunOn(careloom_test::TestServer(), GetParam()); }

TEST_P(Rest, ScenarioOnPostgres) {
  REQUIRE_POSTGRES();
  const careloom_test::TempFolder folder;
  RunOn(careloom_test::TestServer({}, {}, {}, careloom_test::PostgresUrlFor(folder.path())), GetParam());
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
