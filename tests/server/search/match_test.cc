// What search values mean, as a table: parameter type, what was searched, what is stored, whether it matches.
#include "server/search/match.h"

#include "server/search/date_range.h"
#include "server/search/parse_value.h"

namespace {

using fhir::search::ValueType;
using server::search::Criterion;
using server::search::Fact;
using server::search::Matcher;

fhir::schema::SearchParameter Parameter(std::string_view type) {
  fhir::schema::SearchParameter parameter;
  parameter.code = "x";
  parameter.type = type;
  return parameter;
}

fhir::Result<bool> Asked(const fhir::schema::SearchParameter& parameter, const std::string& text, const std::vector<Fact>& facts, const std::string& modifier = {}) {
  Criterion criterion;
  criterion.parameter = &parameter;
  criterion.name = "x";
  criterion.modifier = modifier;
  for (const std::string_view part : server::search::SplitUnescaped(text, ',')) {
    criterion.values.push_back(server::search::ParseValue(part, modifier == "missing" ? "uri" : parameter.type, {}, modifier == "identifier"));
  }
  TRY_ASSIGN(const Matcher matcher, Matcher::Create(criterion));
  return matcher.Matches(facts);
}

Fact Date(std::string_view text) {
  const auto range = server::search::ParseDateRange(text);
  Fact fact;
  fact.type = ValueType::kDate;
  fact.low_us = range->low_us;
  fact.high_us = range->high_us;
  return fact;
}

TEST(Match, DatesCompareAsRanges) {
  struct Case {
    const char *asked, *stored;
    bool matches;
  };
  // https://hl7.org/fhir/R4/search.html#date: its own examples first.
  const Case cases[] = {
      {"2013-01-14", "2013-01-14T00:00", true}, {"2013-01-14", "2013-01-14T10:00", true}, {"2013-01-14", "2013-01-15T00:00", false},
      {"ne2013-01-14", "2013-01-15T00:00", true}, {"ne2013-01-14", "2013-01-14T00:00", false}, {"lt2013-01-14T10:00", "2013-01-14", true},
      {"gt2013-01-14T10:00", "2013-01-14", true}, {"2013-01-14", "2013-01", false}, {"2013-01", "2013-01-14", true},
      {"ge2013-01-14", "2013-01-14", true}, {"ge2013-01-14", "2013-01-13", false}, {"ge2013-01-14", "2013", true},
      {"le2013-01-14", "2013-01-14", true}, {"le2013-01-14", "2013-01-15", false}, {"gt2013-01-14", "2013-01-14", false},
      {"lt2013-01-14", "2013-01-14", false}, {"sa2013-01-14", "2013-01-15", true}, {"sa2013-01-14", "2013-01", false},
      {"eb2013-01-14", "2013-01-13", true}, {"eb2013-01-14", "2013-01", false}, {"ap2013-01", "2013-01-31", true}, {"ap2013-01", "2013-02-01", false},
  };
  const auto parameter = Parameter("date");
  for (const Case& at : cases) {
    const auto answer = Asked(parameter, at.asked, {Date(at.stored)});
    ASSERT_TRUE(answer) << at.asked;
    EXPECT_EQ(*answer, at.matches) << at.asked << " of " << at.stored;
  }
  EXPECT_EQ(Asked(parameter, "14/01/2013", {}).error().kind(), fhir::ErrorKind::kInvalid);
}

TEST(Match, NumbersHaveTheirWrittenPrecision) {
  struct Case {
    const char* asked;
    double stored;
    bool matches;
  };
  const Case cases[] = {
      {"100", 99.5, true}, {"100", 100.5, false}, {"100", 99.49, false}, {"100.00", 100.005, false}, {"100.00", 99.996, true},
      {"1e2", 95, true}, {"1e2", 105, false}, {"5.40e-3", 0.005404, true}, {"5.40e-3", 0.005406, false}, {"-2", -2.4, true},
      {"lt100", 99.99, true}, {"lt100", 100, false}, {"le100", 100, true}, {"gt100", 100.001, true}, {"ge100", 100, true},
      {"ne100", 100.4, false}, {"ne100", 101, true}, {"ap100", 109, true}, {"ap100", 111, false}, {"ap-100", -109, true},
  };
  const auto parameter = Parameter("number");
  for (const Case& at : cases) {
    Fact fact;
    fact.type = ValueType::kNumber;
    fact.exact = at.stored;
    const auto answer = Asked(parameter, at.asked, {fact});
    ASSERT_TRUE(answer) << at.asked;
    EXPECT_EQ(*answer, at.matches) << at.asked << " of " << at.stored;
  }
  for (const char* text : {"", "x", "1e", "1.2.3", "0x1", "1e999", "inf", "nan", "--1"}) EXPECT_FALSE(Asked(parameter, text, {})) << text;
}

TEST(Match, TokensHaveFourForms) {
  Fact coded, bare;
  coded.system = "http://s";
  coded.has_system = true;
  coded.code = bare.code = "c";
  const auto parameter = Parameter("token");
  struct Case {
    const char* asked;
    bool with_system, without;
  };
  const Case cases[] = {{"c", true, true}, {"http://s|c", true, false}, {"|c", false, true}, {"http://s|", true, false},
                        {"C", false, false}, {"http://t|c", false, false}, {"x,c", true, true}, {"http://s\\|c", false, false}};
  for (const Case& at : cases) {
    EXPECT_EQ(*Asked(parameter, at.asked, {coded}), at.with_system) << at.asked;
    EXPECT_EQ(*Asked(parameter, at.asked, {bare}), at.without) << at.asked;
    EXPECT_EQ(*Asked(parameter, at.asked, {bare}, "not"), !at.without) << at.asked;
  }
  EXPECT_TRUE(*Asked(parameter, "c", {}, "not"));
  EXPECT_TRUE(*Asked(parameter, "true", {}, "missing"));
  EXPECT_FALSE(*Asked(parameter, "false", {}, "missing"));
  EXPECT_FALSE(Asked(parameter, "perhaps", {}, "missing"));
}

TEST(Match, StringsFoldCaseAndAccents) {
  Fact fact;
  fact.type = ValueType::kString;
  fact.text = "Éamon Ó Súilleabháin";
  const auto parameter = Parameter("string");
  EXPECT_TRUE(*Asked(parameter, "eamon o", {fact}));
  EXPECT_TRUE(*Asked(parameter, "ÉAMON", {fact}));
  EXPECT_FALSE(*Asked(parameter, "suil", {fact}));
  EXPECT_TRUE(*Asked(parameter, "SUIL", {fact}, "contains"));
  EXPECT_TRUE(*Asked(parameter, "Éamon Ó Súilleabháin", {fact}, "exact"));
  EXPECT_FALSE(*Asked(parameter, "éamon ó súilleabháin", {fact}, "exact"));
}

TEST(Match, ReferencesByIdTypeAndUrl) {
  Fact local, foreign;
  local.type = foreign.type = ValueType::kReference;
  local.reference_type = "Patient";
  local.reference_id = "1";
  foreign.text = "http://elsewhere/Patient/1";
  foreign.identifier_system = "http://s";
  foreign.identifier_value = "9";
  const auto parameter = Parameter("reference");
  EXPECT_TRUE(*Asked(parameter, "1", {local}));
  EXPECT_TRUE(*Asked(parameter, "Patient/1", {local}));
  EXPECT_TRUE(*Asked(parameter, "Patient/1/_history/3", {local}));
  EXPECT_FALSE(*Asked(parameter, "Group/1", {local}));
  EXPECT_FALSE(*Asked(parameter, "Patient/1", {foreign}));
  EXPECT_TRUE(*Asked(parameter, "http://elsewhere/Patient/1", {foreign}));
  EXPECT_TRUE(*Asked(parameter, "http://s|9", {foreign}, "identifier"));
  EXPECT_FALSE(*Asked(parameter, "|9", {foreign}, "identifier"));
}

TEST(Match, QuantitiesByUnit) {
  Fact fact;
  fact.type = ValueType::kQuantity;
  fact.exact = 5.4;
  fact.system = "http://unitsofmeasure.org";
  fact.code = "mg";
  fact.text = "milligram";
  const auto parameter = Parameter("quantity");
  EXPECT_TRUE(*Asked(parameter, "5.4", {fact}));
  EXPECT_TRUE(*Asked(parameter, "5.4|http://unitsofmeasure.org|mg", {fact}));
  EXPECT_TRUE(*Asked(parameter, "ge5||milligram", {fact}));
  EXPECT_FALSE(*Asked(parameter, "5.4|http://unitsofmeasure.org|kg", {fact}));
  EXPECT_FALSE(*Asked(parameter, "5.3||mg", {fact}));
}

TEST(Match, SortsTheSmallestUpAndTheLargestDown) {
  const std::vector<Fact> dates = {Date("2020"), Date("2021")};
  EXPECT_EQ(server::search::SortValueOf(dates, false).integer, dates[0].low_us);
  EXPECT_EQ(server::search::SortValueOf(dates, true).integer, dates[1].low_us);
  const auto missing = server::search::SortValueOf({}, true);
  EXPECT_GT(server::search::Compare(missing, server::search::SortValueOf(dates, true), true), 0);
  EXPECT_GT(server::search::Compare(missing, server::search::SortValueOf(dates, false), false), 0);
}

}  // namespace
