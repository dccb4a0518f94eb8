// The CodeSystems that the server publishes have the codes of the tables that it runs on.
#include <gtest/gtest.h>

#include <set>

#include "fhir/json/reader.h"
#include "fhir/pathway/table.h"
#include "server/care/review/watch.h"
#include "tests/support/shared_data.h"

namespace {

using fhir::pathway::BuiltIn;

std::set<std::string> CodesIn(const std::string& name) {
  const auto read = fhir::json::Read(careloom_test::ReadFile(std::string(CARELOOM_SOURCE_DIR) + "/conformance/personalised_care/code_systems/" + name + ".json"));
  EXPECT_TRUE(read) << name;
  std::set<std::string> codes;
  for (const fhir::Element& one : fhir::Repeats(*read->root, "concept")) EXPECT_TRUE(codes.emplace(one.ValueOf("code")).second) << one.ValueOf("code");
  return codes;
}

TEST(PathwayCodeSystems, HaveTheCodesOfTheTable) {
  std::set<std::string> pathways, states, details;
  for (const auto& pathway : BuiltIn().pathways()) {
    pathways.insert(pathway.code);
    for (const auto& state : pathway.states) states.insert(state.name);
  }
  for (const auto& detail : BuiltIn().details()) details.insert(detail.name);
  EXPECT_EQ(CodesIn("pathway"), pathways);
  EXPECT_EQ(CodesIn("pathway_state"), states);
  EXPECT_EQ(CodesIn("pathway_detail"), details);
}

TEST(PathwayCodeSystems, HaveTheWatches) {
  std::set<std::string> watches;
  const auto table = server::care::review::ReadWatches(server::care::review::WatchTable());
  ASSERT_TRUE(table);
  for (const auto& watch : *table) watches.insert(watch.name);
  EXPECT_EQ(CodesIn("watch"), watches);
}

}  // namespace
