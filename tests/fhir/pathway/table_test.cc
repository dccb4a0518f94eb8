// The table of pathways: what is in it, and what is refused.
#include "fhir/pathway/table.h"

#include <gtest/gtest.h>

#include "tests/support/shared_data.h"

namespace {

using fhir::pathway::BuiltIn;
using fhir::pathway::Need;
using fhir::pathway::Table;

TEST(PathwayTable, TheFileIsReadWholeAndHasThePathwaysOfPersonalisedCare) {
  const auto table = Table::Read(careloom_test::ReadFile(std::string(CARELOOM_SOURCE_DIR) + "/conformance/personalised_care/pathways.txt"));
  ASSERT_TRUE(table) << table.error().ToString();
  EXPECT_EQ(table->Codes(), BuiltIn().Codes());
  EXPECT_EQ(table->Codes(),
            "social-prescribing, choice-of-provider, alternative-provider, shared-decision, patient-activation, health-coaching, structured-education, peer-support, care-planning");
}

TEST(PathwayTable, OnePathwayMayBeLikeAnother) {
  const auto *coaching = BuiltIn().Find("health-coaching"), *peers = BuiltIn().Find("peer-support");
  ASSERT_TRUE(coaching && peers);
  EXPECT_EQ(coaching->steps.size(), peers->steps.size());
  EXPECT_EQ(peers->After("accepted"), "attended, missed, stopped");
}

TEST(PathwayTable, SaysWhereAStepMayLeadAndByWhatCode) {
  const auto* social = BuiltIn().Find("social-prescribing");
  ASSERT_TRUE(social);
  EXPECT_EQ(social->After(""), "offered, referred");
  EXPECT_EQ(social->After("offered"), "declined, referred");
  EXPECT_EQ(social->After("closed"), "");
  ASSERT_TRUE(social->FindSnomed("1362931000000106"));
  EXPECT_EQ(social->FindSnomed("1362931000000106")->name, "seen");
  EXPECT_FALSE(social->FindSnomed(""));
  EXPECT_TRUE(BuiltIn().Find("choice-of-provider")->LeadsOut("booked", Need::Kind::kOverdue));
  EXPECT_FALSE(BuiltIn().Find("choice-of-provider")->LeadsOut("seen", Need::Kind::kOverdue));
}

TEST(PathwayTable, WhatIsWrongInItIsSaidWithItsLine) {
  const std::string begin = "pathway\tp\t-\ttext\nstate\ta\trequested\t-\t-\tno\ttext\n";
  const struct {
    std::string text, error;
  } cases[] = {
      {"paths\tp\n", "Line 1: A line begins with"},
      {"pathway\tp\t-\n", "Line 1: The line has 3 columns, and must have 4."},
      {"state\ta\trequested\t-\t-\tno\ttext\n", "Line 1: The line stands before the first pathway."},
      {begin + begin, "Line 3: The pathway 'p' is there twice."},
      {"pathway\tp\tq\ttext\n", "Line 1: No pathway before is called 'q'."},
      {begin + "state\ta\trequested\t-\t-\tno\ttext\n", "Line 3: The state 'a' is there twice."},
      {begin + "state\tb\trequested\t-\t1\tmaybe\ttext\n", "Line 3: 'maybe' stands where yes or no must be."},
      {begin + "state\tb\t-\t-\t1\tno\ttext\n", "Line 3: The state 'b' has no Task.status."},
      {begin + "standard\tten\tno\ttext\n", "Line 3: 'ten' is no number of days."},
      {begin + "step\t-\ta\twish\n", "Line 3: 'wish' is no need."},
      {begin + "step\t-\ta\toutput\n", "Line 3: The need 'output' must name 1 details."},
      {begin + "step\t-\ta\toutput:x\n", "Line 3: No detail is called 'x'."},
      {begin + "step\t-\ta\t-\nstep\t-\ta\t-\n", "Line 4: The step from '' to 'a' is there twice."},
      {begin + "step\t-\ta\t-\nstep\ta\tb\t-\n", "Pathway 'p': the step from 'a' to 'b' names no state."},
      {begin + "step\t-\ta\t-\nraises\ta\tq\ta\ta\n", "Pathway 'p': what 'a' raises is no pathway"},
      {begin, "Pathway 'p': no step leads to the state 'a'."},
  };
  for (const auto& one : cases) {
    const auto table = Table::Read(one.text);
    ASSERT_FALSE(table) << one.text;
    EXPECT_TRUE(table.error().text().starts_with(one.error)) << table.error().text();
  }
}

}  // namespace
