// Which leaves count as carried.
#include "fhir/mapping/coverage.h"

#include <gtest/gtest.h>

namespace fhir::mapping {
namespace {

TEST(Coverage, CountsOnlyTargetsThatStandInTheOutput) {
  Document out;
  out.root = out.NewResource("Bundle");
  Element* in_tree = out.AddString(out.root, "type", "batch");
  Element* elsewhere = out.NewResource("Patient");
  Element* loose = out.AddString(elsewhere, "gender", "male");
  Coverage coverage;
  coverage.Note(1, in_tree);
  coverage.Note(2, loose);
  coverage.Note(0, in_tree);
  EXPECT_EQ(coverage.CarriedIn(*out.root, 3), (std::vector<bool>{false, true, false, false}));
  out.Attach(out.Add(out.root, "entry", true), elsewhere);
  EXPECT_EQ(coverage.CarriedIn(*out.root, 3), (std::vector<bool>{false, true, true, false}));
  Document::Detach(in_tree);
  EXPECT_EQ(coverage.CarriedIn(*out.root, 3), (std::vector<bool>{false, false, true, false}));
}

TEST(Coverage, ForgetsReplacedValues) {
  Document out;
  out.root = out.NewResource("Patient");
  Element* gender = out.AddString(out.root, "gender", "male");
  Coverage coverage;
  coverage.Note(1, gender);
  coverage.Forget(gender);
  coverage.Note(2, gender);
  EXPECT_EQ(coverage.CarriedIn(*out.root, 2), (std::vector<bool>{false, false, true}));
}

}  // namespace
}  // namespace fhir::mapping
