// The issue sink: its limit, and that errors are kept before warnings.
#include "fhir/base/issue.h"

#include <gtest/gtest.h>

namespace fhir {
namespace {

TEST(IssueSink, CountsWhatIsOverItsLimit) {
  IssueSink sink(2);
  for (int i = 0; i < 5; ++i) sink.Report(Severity::kWarning, "value", "w" + std::to_string(i));
  EXPECT_EQ(sink.issues().size(), 2U);
  EXPECT_EQ(sink.More(), 3U);
  EXPECT_FALSE(sink.HasErrors());
  EXPECT_FALSE(sink.Keeps(Severity::kWarning));
  EXPECT_TRUE(sink.Keeps(Severity::kError));
}

TEST(IssueSink, ALateErrorTakesThePlaceOfTheLastWarning) {
  IssueSink sink(3);
  sink.Report(Severity::kWarning, "value", "w0");
  sink.Report(Severity::kError, "value", "e0");
  sink.Report(Severity::kWarning, "value", "w1");
  sink.Report(Severity::kError, "value", "e1");
  ASSERT_EQ(sink.issues().size(), 3U);
  EXPECT_EQ(sink.issues()[0].text, "w0");
  EXPECT_EQ(sink.issues()[1].text, "e0");
  EXPECT_EQ(sink.issues()[2].text, "e1");
  sink.Report(Severity::kFatal, "value", "e2");
  EXPECT_EQ(sink.issues()[0].text, "e0");
  EXPECT_FALSE(sink.Keeps(Severity::kError));
  sink.Report(Severity::kError, "value", "e3");
  EXPECT_EQ(sink.issues().size(), 3U);
  EXPECT_EQ(sink.error_count(), 4U);
  EXPECT_EQ(sink.More(), 3U);
}

}  // namespace
}  // namespace fhir
