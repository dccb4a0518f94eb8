// Plain variable names in FHIRPath.
#include "fhir/mapping/variables.h"

#include <gtest/gtest.h>

namespace fhir::mapping {
namespace {

TEST(Variables, BecomePercentNamesWhereAPathStarts) {
  const std::vector<std::string_view> scope = {"item", "src", "code", "v"};
  const std::pair<std::string_view, std::string_view> table[] = {
      {"item.answer.valueString", "%item.answer.valueString"},
      {"(src.code != 'src')", "(%src.code != 'src')"},
      {"%item.answer", "%item.answer"},
      {"answer.where(code = 'x' and %code = v)", "answer.where(code = 'x' and %code = v)"},
      {"where(code = v).item", "where(code = v).item"},
      {"src.is(code)", "%src.is(code)"},
      {"v is code", "%v is code"},
      {"iif(v = 1, item, src.item)", "iif(%v = 1, %item, %src.item)"},
      {"iif(src.is(Patient),\"It's\",\"no\")", "iif(%src.is(Patient),'It\\'s','no')"},
      {"`item`.v & item()", "`item`.v & item()"},
      {"@2020-01-01T10:00:00Z < v // src", "@2020-01-01T10:00:00Z < %v  "},
      {"1.item + $this.v", "1.item + $this.v"},
      {"subject.reference & v", "subject.reference & %v"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(WithVariables(text, scope).text, expected) << text;
}

TEST(Variables, AreListedOnce) {
  const std::vector<std::string_view> scope = {"item", "src", "v"};
  EXPECT_EQ(WithVariables("item & item & %v & %`src`", scope).variables, (std::vector<std::string>{"item", "v", "src"}));
}

}  // namespace
}  // namespace fhir::mapping
