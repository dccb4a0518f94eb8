// What the README tells a new user to type works: the example record goes in, and the plan comes back.
#include <gtest/gtest.h>

#include "tests/support/served.h"
#include "tests/support/shared_data.h"

namespace careloom_test {
namespace {

TEST(Readme, ItsFirstRequestsWork) {
  const std::string root = CARELOOM_SOURCE_DIR;
  const std::string readme = ReadFile(std::filesystem::path(root) / "README.md");
  const std::string example = "conformance/examples/first-record.json", search = "/fhir/CarePlan?patient=example-amina&_include=CarePlan:goal";
  ASSERT_NE(readme.find(std::string("--data @").append(example)), std::string::npos);
  ASSERT_NE(readme.find(search), std::string::npos);
  Served served;
  const auto stored = served.Do("POST", "/fhir", ReadFile(std::filesystem::path(root) / example));
  ASSERT_EQ(stored.status, 200) << stored.body;
  const auto found = served.Do("GET", search);
  EXPECT_EQ(found.status, 200);
  EXPECT_NE(found.body.find("example-plan"), std::string::npos) << found.body;
  EXPECT_NE(found.body.find("allotment again"), std::string::npos) << found.body;
}

}  // namespace
}  // namespace careloom_test
