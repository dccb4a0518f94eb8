// The code lists: what is closed, what is open, and what Release 1 called it.
#include <gtest/gtest.h>

#include "adapters/base/embedded.h"
#include "adapters/council/cld/lists.h"

using adapters::council::cld::Column;
using adapters::council::cld::Lists;
using adapters::council::cld::Release;

namespace {

const Lists& Embedded() {
  static const auto lists = Lists::Load({});
  return **lists;
}

}  // namespace

TEST(CldLists, EveryListIsThereAndWhatIsConfirmedIsClosed) {
  const auto lists = Lists::Load({});
  ASSERT_TRUE(lists) << lists.error().ToString();
  EXPECT_EQ(Embedded().CodesOf(Column::kServiceComponent).size(), 25u);
  EXPECT_EQ(Embedded().CodesOf(Column::kAccommodationStatus).size(), 20u);
  EXPECT_EQ(Embedded().CodesOf(Column::kEventOutcome).size(), 16u);
  EXPECT_TRUE(Embedded().IsClosed(Column::kServiceType));
  EXPECT_TRUE(Embedded().IsClosed(Column::kEventOutcome));
  EXPECT_FALSE(Embedded().IsClosed(Column::kReviewReason));
  EXPECT_FALSE(Embedded().IsClosed(Column::kDementia));
}

TEST(CldLists, AWordingIsOfOneRelease) {
  const auto two = Embedded().Find(Column::kDeliveryMechanism, "Direct payment");
  EXPECT_EQ(two.code, "Direct payment");
  EXPECT_EQ(two.release, Release::kTwo);
  const auto one = Embedded().Find(Column::kDeliveryMechanism, "Direct Payment");
  EXPECT_EQ(one.code, "Direct payment");
  EXPECT_EQ(one.release, Release::kOne);
  const auto only_one = Embedded().Find(Column::kDeliveryMechanism, "Self-Funder Metering Only");
  EXPECT_EQ(only_one.code, "");
  EXPECT_TRUE(only_one.known());
  EXPECT_FALSE(Embedded().Find(Column::kDeliveryMechanism, "direct payment").known());
}

TEST(CldLists, ReleasesTranslateBothWays) {
  EXPECT_EQ(Embedded().ReleaseTwoOf(Column::kClientType, "Carer"), "Unpaid carer");
  EXPECT_EQ(Embedded().ReleaseTwoOf(Column::kReviewReason, "Planned"), "Planned");
  EXPECT_EQ(Embedded().ReleaseOneOf(Column::kEventOutcome, "NFA: Other").front(), "NFA- Other");
  EXPECT_TRUE(Embedded().ReleaseOneOf(Column::kEventOutcome, "Admitted to hospital").empty());
  EXPECT_EQ(Embedded().SystemOf(Column::kEventOutcome), "https://careloom.example/fhir/CodeSystem/cld-event-outcome");
}

TEST(CldLists, OutcomesHaveARank) {
  EXPECT_EQ(Embedded().RankOfOutcome("Progress to reablement/ST-Max"), 1);
  EXPECT_LT(Embedded().RankOfOutcome("NFA- Other"), Embedded().RankOfOutcome("Progress to financial assessment"));
  EXPECT_EQ(Embedded().RankOfOutcome(""), Embedded().RankOfOutcome("nothing known"));
}

TEST(CldLists, AFileThatIsMissingOrWrongIsNamed) {
  std::vector<adapters::MappingFile> files = adapters::MappingsOf({}, "council/");
  std::erase_if(files, [](const auto& file) { return file.name == "council/lists/gender.json"; });
  const auto missing = Lists::Load({.mappings = files});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().text().find("council/lists/gender.json"), std::string::npos);
  files.push_back({"council/lists/gender.json", R"({"resourceType": "CodeSystem", "content": "complete", "concept": [{"code": "A"}, {"code": "A"}]})"});
  const auto twice = Lists::Load({.mappings = files});
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().text().find("'A'"), std::string::npos);
}
