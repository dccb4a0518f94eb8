// The plain evaluator itself, on the specification's own examples: what it says is what the server is held to.
#include "tests/server/search/plain_search.h"

#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "tests/server/search/plain_values.h"
#include "tests/server/search/sample_data.h"

namespace careloom_test {
namespace {

const PlainParameter& Parameter(std::string_view type, std::string_view code) {
  for (const PlainParameter& parameter : PlainParameters()) {
    if (parameter.type == type && parameter.code == code) return parameter;
  }
  ADD_FAILURE() << type << " " << code;
  return PlainParameters().front();
}

// Does the one resource match?
bool Finds(const std::string& json, std::string_view type, std::string_view code, const std::string& value, const std::string& modifier = {}) {
  auto document = fhir::json::Read(json);
  EXPECT_TRUE(document) << json;
  if (!document) return false;
  PlainStore store;
  store.Add(0, std::move(*document));
  PlainSearch search{std::string(type), {{&Parameter(type, code), std::string(code), modifier, {value}, nullptr}}, {}};
  return !store.Search(search).empty();
}

bool DateFinds(const std::string& stored, const std::string& value) {
  return Finds(R"({"resourceType":"Procedure","id":"a",)" + stored + "}", "Procedure", "date", value);
}

TEST(PlainSearch, DatesAreRanges) {
  const std::string at10 = R"("performedDateTime":"2013-01-14T10:00:00Z")", day = R"("performedDateTime":"2013-01-14")";
  EXPECT_TRUE(DateFinds(at10, "2013-01-14"));
  EXPECT_FALSE(DateFinds(R"("performedDateTime":"2013-01-15T00:00:00Z")", "2013-01-14"));
  EXPECT_FALSE(DateFinds(at10, "ne2013-01-14"));
  EXPECT_TRUE(DateFinds(day, "lt2013-01-14T10:00:00Z"));
  EXPECT_TRUE(DateFinds(day, "gt2013-01-14T10:00:00Z"));
  EXPECT_FALSE(DateFinds(day, "2013-01-14T10:00:00Z"));
  EXPECT_TRUE(DateFinds(R"("performedDateTime":"2013-01-14T23:30:00-05:00")", "2013-01-15"));
  const std::string from21 = R"("performedPeriod":{"start":"2013-01-21"})", from15 = R"("performedPeriod":{"start":"2013-03-15"})",
                    until21 = R"("performedPeriod":{"end":"2013-01-21"})";
  EXPECT_TRUE(DateFinds(from21, "ge2013-03-14"));
  EXPECT_TRUE(DateFinds(from21, "le2013-03-14"));
  EXPECT_TRUE(DateFinds(from15, "sa2013-03-14"));
  EXPECT_FALSE(DateFinds(from21, "sa2013-03-14"));
  EXPECT_FALSE(DateFinds(until21, "sa2013-03-14"));
  EXPECT_TRUE(DateFinds(until21, "eb2013-03-14"));
  EXPECT_FALSE(DateFinds(from21, "eb2013-03-14"));
}

TEST(PlainSearch, NumbersHaveThePrecisionTheyAreWrittenWith) {
  const auto finds = [](const char* stored, const char* value) {
    return Finds(std::string(R"({"resourceType":"RiskAssessment","id":"a","prediction":[{"probabilityDecimal":)") + stored + "}]}", "RiskAssessment", "probability", value);
  };
  EXPECT_TRUE(finds("99.5", "100"));
  EXPECT_FALSE(finds("100.5", "100"));
  EXPECT_TRUE(finds("99.995", "100.00"));
  EXPECT_FALSE(finds("99.9", "100.00"));
  EXPECT_TRUE(finds("99", "lt100"));
  EXPECT_FALSE(finds("100", "gt100"));
  EXPECT_TRUE(finds("100", "ge100"));
}

TEST(PlainSearch, TokensMatchBySystemByCodeOrByBoth) {
  const std::string json = R"({"resourceType":"Condition","id":"a","code":{"coding":[{"system":"http://s","code":"x"},{"code":"y"}]}})";
  for (const char* value : {"x", "y", "http://s|x", "http://s|", "|y"}) EXPECT_TRUE(Finds(json, "Condition", "code", value)) << value;
  for (const char* value : {"X", "|x", "http://t|x", "http://s|y"}) EXPECT_FALSE(Finds(json, "Condition", "code", value)) << value;
  EXPECT_FALSE(Finds(json, "Condition", "code", "x", "not"));
  EXPECT_TRUE(Finds(json, "Condition", "code", "z", "not"));
  EXPECT_TRUE(Finds(json, "Condition", "recorded-date", "true", "missing"));
}

TEST(PlainSearch, StringsMatchFromTheStartWithoutCaseAndAccents) {
  const std::string json = R"({"resourceType":"Patient","id":"a","name":[{"family":"Muñoz","given":["Severine"]}]})";
  EXPECT_TRUE(Finds(json, "Patient", "name", "munoz"));
  EXPECT_TRUE(Finds(json, "Patient", "family", "MUÑ"));
  EXPECT_FALSE(Finds(json, "Patient", "given", "eve"));
  EXPECT_TRUE(Finds(json, "Patient", "given", "EVE", "contains"));
  EXPECT_FALSE(Finds(json, "Patient", "family", "Munoz", "exact"));
  EXPECT_TRUE(Finds(json, "Patient", "family", "Muñoz", "exact"));
}

TEST(PlainSearch, UrlsSayWhatIsAsked) {
  PlainSearch search{"Condition", {{&Parameter("Condition", "code"), "code", "not", {"http://s|x", "a,b"}, nullptr}}, {{nullptr, "_id", true}}};
  EXPECT_EQ(UrlOf(search), "code:not=http%3A%2F%2Fs%7Cx%2Ca%5C%2Cb&_sort=-_id");
}

TEST(SampleData, IsJsonAndTheSameForTheSameSeed) {
  const auto resources = SampleResources(20, 3);
  EXPECT_GT(resources.size(), 100u);
  EXPECT_EQ(resources, SampleResources(20, 3));
  for (const std::string& json : resources) EXPECT_TRUE(fhir::json::Read(json)) << json;
}

}  // namespace
}  // namespace careloom_test
