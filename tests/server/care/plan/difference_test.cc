// What differs between two versions, value by value.
#include "server/care/plan/difference.h"

#include <gtest/gtest.h>

#include "fhir/json/reader.h"

namespace {

std::string Lines(const std::string& before, const std::string& after) {
  const auto a = fhir::json::Read(before), b = fhir::json::Read(after);
  EXPECT_TRUE(a && b);
  std::string lines;
  for (const auto& difference : server::care::plan::Differences(a->root, b->root)) {
    lines += difference.path + ": " + difference.before.value_or("-") + " > " + difference.after.value_or("-") + "\n";
  }
  return lines;
}

TEST(PlanDifference, OfTheSameIsNothingWhateverTheMeta) {
  EXPECT_EQ(Lines(R"({"resourceType":"Goal","meta":{"versionId":"1"},"a":[1,2]})", R"({"resourceType":"Goal","meta":{"versionId":"2"},"a":[1,2]})"), "");
}

TEST(PlanDifference, OfARepeatThatWasPutInFrontIsThatRepeatAlone) {
  EXPECT_EQ(Lines(R"({"resourceType":"CarePlan","goal":[{"reference":"Goal/1"}]})", R"({"resourceType":"CarePlan","goal":[{"reference":"Goal/2"},{"reference":"Goal/1"}]})"), "CarePlan.goal[0].reference: - > Goal/2\n");
}

TEST(PlanDifference, FollowsARepeatByItsIdThoughItMovedAndChanged) {
  EXPECT_EQ(Lines(R"({"resourceType":"CarePlan","activity":[{"id":"a","detail":{"status":"not-started"}},{"id":"b"}]})",
                  R"({"resourceType":"CarePlan","activity":[{"id":"b"},{"id":"a","detail":{"status":"completed"}}]})"),
            "CarePlan.activity[1].detail.status: not-started > completed\n");
}

TEST(PlanDifference, NamesWhatCameAndWhatWent) {
  EXPECT_EQ(Lines(R"({"resourceType":"Goal","startDate":"2026"})", R"({"resourceType":"Goal","description":{"text":"x"}})"), "Goal.startDate: 2026 > -\nGoal.description.text: - > x\n");
}

TEST(PlanDifference, OfThousandsOfRepeatsIsFoundInTheirOrder) {
  std::string before = R"({"resourceType":"CarePlan","activity":[)", after = before;
  for (int i = 0; i < 2000; ++i) {
    before += (i ? "," : "") + std::string(R"({"detail":{"description":")") + std::to_string(i) + "\"}}";
    after += (i ? "," : "") + std::string(R"({"detail":{"description":")") + std::to_string(i == 7 ? 9999 : i) + "\"}}";
  }
  EXPECT_EQ(Lines(before + "]}", after + "]}"), "CarePlan.activity[7].detail.description: 7 > 9999\n");
}

TEST(PlanDifference, OfATextThatBecameAnotherIsBoth) { EXPECT_EQ(Lines(R"({"resourceType":"Goal","note":[{"text":"a"}]})", R"({"resourceType":"Goal","note":[{"text":"b"}]})"), "Goal.note[0].text: a > b\n"); }

}  // namespace
