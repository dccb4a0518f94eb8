// Search URLs to queries: what is understood, and what the refusals say.
#include "server/search/parse.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"

namespace {

using careloom_test::ParseSearch;
using fhir::ErrorKind;
using server::search::Prefix;
using server::search::Query;

TEST(ParseQuery, SplitsBeforeItDecodes) {
  const Query query = *ParseSearch("Patient", "family=Ash%2CElm,O%5C%2CK&birthdate=ge2000-01-01T00:00:00+01:00&given=Ada+Mary&identifier=http://s%7Ca%5C%7Cb");
  ASSERT_EQ(query.criteria.size(), 4U);
  ASSERT_EQ(query.criteria[0].values.size(), 3U);   // an encoded comma separates as well; an escaped one does not
  EXPECT_EQ(query.criteria[0].values[2].text, "O,K");
  EXPECT_EQ(query.criteria[1].values[0].prefix, Prefix::kGe);
  EXPECT_EQ(query.criteria[1].values[0].text, "2000-01-01T00:00:00+01:00");
  EXPECT_EQ(query.criteria[2].values[0].text, "Ada Mary");
  EXPECT_EQ(query.criteria[3].values[0].system, "http://s");
  EXPECT_EQ(query.criteria[3].values[0].code, "a|b");
}

TEST(ParseQuery, ReadsResultParameters) {
  const Query query = *ParseSearch("Observation", "_count=5000&_sort=-date,code&_include=Observation:subject:Patient&_revinclude=Provenance:target&_total=accurate&_format=json");
  EXPECT_EQ(query.count, 1000);
  ASSERT_EQ(query.sort.size(), 2U);
  EXPECT_TRUE(query.sort[0].descending);
  EXPECT_EQ(query.includes[0].target_type, "Patient");
  EXPECT_TRUE(query.includes[1].reverse);
  EXPECT_EQ(query.self, "_count=5000&_sort=-date,code&_include=Observation:subject:Patient&_revinclude=Provenance:target&_total=accurate");
  EXPECT_EQ(ParseSearch("Observation", "_count=0")->sum_up, server::search::SumUp::kCount);
}

TEST(ParseQuery, ChainsToEveryTargetThatKnowsTheRest) {
  const Query typed = *ParseSearch("Observation", "subject:Patient.family:exact=Ash");
  ASSERT_EQ(typed.criteria[0].chains.size(), 1U);
  EXPECT_EQ(typed.criteria[0].chains[0].criterion->modifier, "exact");
  std::vector<std::string> types;
  const Query untyped = *ParseSearch("Observation", "subject.name=Ash");
  for (const auto& chain : untyped.criteria[0].chains) types.push_back(chain.type);
  EXPECT_THAT(types, testing::UnorderedElementsAre("Patient", "Location"));
}

struct Refusal {
  const char *type, *query;
  ErrorKind kind;
  const char* says;
};

TEST(ParseQuery, RefusesWhatItDoesNotKnow) {
  const Refusal refusals[] = {
      {"Patient", "colour=red", ErrorKind::kInvalid, "birthdate"},
      {"Patience", "name=x", ErrorKind::kInvalid, "Patience"},
      {"Patient", "birthdate=yesterday", ErrorKind::kInvalid, "yesterday"},
      {"Patient", "name:loud=x", ErrorKind::kInvalid, "loud"},
      {"Patient", "gender:in=http://v", ErrorKind::kUnsupported, "in"},
      {"Patient", "name=", ErrorKind::kInvalid, "empty"},
      {"Patient", "name=%zz", ErrorKind::kInvalid, "%"},
      {"Patient", "name=%00", ErrorKind::kInvalid, "%"},
      {"Patient", "name=%FF", ErrorKind::kInvalid, "UTF-8"},
      {"Patient", "_count=-1", ErrorKind::kInvalid, "_count"},
      {"Patient", "_count=many", ErrorKind::kInvalid, "_count"},
      {"Patient", "_sort=colour", ErrorKind::kInvalid, "colour"},
      {"Patient", "_has:Observation:patient:code=x", ErrorKind::kUnsupported, "_has"},
      {"Patient", "_elements=name", ErrorKind::kUnsupported, "_elements"},
      {"Patient", "_summary=true", ErrorKind::kUnsupported, "_summary"},
      {"Patient", "_include:iterate=Patient:organization", ErrorKind::kUnsupported, "_include:iterate"},
      {"Patient", "_include=Patient:name", ErrorKind::kInvalid, "reference"},
      {"Observation", "code-value-quantity=x", ErrorKind::kUnsupported, "composite"},
      {"Observation", "subject:Patient.organization.name=x", ErrorKind::kUnsupported, "chain"},
      {"Observation", "code.name=x", ErrorKind::kInvalid, "reference"},
      {"Observation", "value-quantity=x", ErrorKind::kInvalid, "number"},
  };
  for (const Refusal& refusal : refusals) {
    const auto query = ParseSearch(refusal.type, refusal.query);
    ASSERT_FALSE(query) << refusal.query;
    EXPECT_EQ(query.error().kind(), refusal.kind) << query.error().ToString();
    EXPECT_THAT(query.error().text(), testing::HasSubstr(refusal.says));
  }
}

// Whatever comes is understood or refused with words; the seed makes a failure come again.
TEST(ParseQuery, SurvivesRandomUrls) {
  static constexpr std::string_view kParts[] = {"name", "birthdate", "identifier", "_id", "_sort", "_count", "_include", "_cursor", "organization", "general-practitioner",
                                                ":", ".", "=", "&", ",", "|", "\\", "$", "%", "%2C", "%5C", "%C3", "%A9", "+", "-", "ge", "2020", "-13", "1e9", "9999999999", "é", "exact",
                                                "missing", "Patient", "*", "identifier", "http://s", "/", "true"};
  std::mt19937 random(3);
  int understood = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string url;
    for (std::size_t length = random() % 9; length > 0; --length) url += kParts[random() % std::size(kParts)];
    const auto query = ParseSearch("Patient", url);
    if (query) ++understood;
    else EXPECT_FALSE(query.error().text().empty());
  }
  EXPECT_GT(understood, 100);
}

TEST(ParseQuery, HasLimits) {
  std::string many, alternatives = "name=a";
  for (int i = 0; i < 41; ++i) many += "name=a&";
  for (int i = 0; i < 100; ++i) alternatives += ",a";
  EXPECT_EQ(ParseSearch("Patient", many).error().kind(), ErrorKind::kTooLarge);
  EXPECT_EQ(ParseSearch("Patient", alternatives).error().kind(), ErrorKind::kTooLarge);
  const auto& definitions = careloom_test::SharedDefinitions();
  EXPECT_FALSE(server::search::ParseQuery("Patient", "name=a&_count=1", *definitions.registry, *definitions.extractor, {.criteria_only = true}));
}

}  // namespace
