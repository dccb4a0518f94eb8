// Forms of primitives that a target takes.
#include "fhir/mapping/primitive_text.h"

#include <gtest/gtest.h>

namespace fhir::mapping {
namespace {

TEST(PrimitiveText, KnowsTheFormOfEachType) {
  struct Row { std::string_view type; std::vector<std::string_view> good, bad; };
  const Row table[] = {
      {"boolean", {"true", "false"}, {"", "True", "1", "yes"}},
      {"integer", {"0", "-5", "2147483647"}, {"", "-", "+1", "01", "1.0", "2147483648", " 1"}},
      {"positiveInt", {"1"}, {"0", "-1"}},
      {"unsignedInt", {"0", "7"}, {"-1"}},
      {"decimal", {"0", "-1.50", "1e2", "1.0E-3", "0.10"}, {"", ".5", "1.", "01.5", "1e", "--1", "1,5"}},
      {"date", {"2020", "2020-01", "2020-01-31"}, {"20", "2020-1", "2020-01-01T00:00:00Z", "01/01/2020"}},
      {"dateTime", {"2020", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00.123+01:00"}, {"2020-01-01T10:00:00", "2020-01-01 10:00", "2020-01-01T10:00Z"}},
      {"instant", {"2020-01-01T10:00:00Z"}, {"2020-01-01", "2020"}},
      {"time", {"10:00:00", "10:00:00.5"}, {"10:00", "T10:00:00", "10:00:00."}},
      {"string", {"x", " "}, {""}},
  };
  for (const Row& row : table) {
    for (const std::string_view text : row.good) EXPECT_TRUE(HasFormOf(row.type, text)) << row.type << ' ' << text;
    for (const std::string_view text : row.bad) EXPECT_FALSE(HasFormOf(row.type, text)) << row.type << ' ' << text;
  }
}

TEST(PrimitiveText, WidensOnlyWhereTheTextStaysTrue) {
  EXPECT_TRUE(Widens("code", "string"));
  EXPECT_TRUE(Widens("date", "dateTime"));
  EXPECT_FALSE(Widens("dateTime", "date"));
  EXPECT_FALSE(Widens("string", "code"));
  EXPECT_FALSE(Widens("decimal", "integer"));
}

}  // namespace
}  // namespace fhir::mapping
