// Sets of invented people, in and out: field by field the same, all of it valid, every cell accounted for.
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/validate/validator.h"
#include "tests/adapters/gp/tpp/sets.h"

using namespace careloom_test;
using namespace careloom_test::tpp;

TEST(TppRoundTrip, ASetComesBackFieldByField) {
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}}) {
    const TppSet set = GenerateTpp({.seed = seed, .people = 40, .blanks = 0.1, .orphans = 0.2});
    CldStore store(*Tpp().people_file(), true);
    store.Take(WriteTpp(set), 1'000'000);
    EXPECT_EQ(Difference(CellsOf(set), Emit(store)), "") << "seed " << seed;
    EXPECT_TRUE(store.held().empty());
  }
}

TEST(TppRoundTrip, WhatComesOutIsValidAndAddsUp) {
  const TppSet set = GenerateTpp({.seed = 7, .people = 60, .orphans = 0.2});
  const auto adapted = Tpp().Adapt(WriteTpp(set));
  ASSERT_TRUE(adapted) << adapted.error().ToString();
  const adapters::Report& report = adapted->report;
  EXPECT_EQ(report.entries_in, set.rows());
  EXPECT_EQ(report.entries_in, report.entries_stored + report.entries_merged + report.entries_reported);
  EXPECT_EQ(report.elements_in, report.elements_carried + report.elements_merged + report.elements_reported);
  EXPECT_EQ(report.elements_carried, report.elements_in) << "no cell is lost";
  std::size_t filled = 0;
  for (const auto& [table, rows] : CellsOf(set)) {
    for (const auto& [id, row] : rows) filled += row.size();
  }
  EXPECT_EQ(report.elements_in, filled);
  auto bundle = fhir::json::Read(fhir::json::Write(*adapted->transaction.root));
  ASSERT_TRUE(bundle) << bundle.error().ToString();
  fhir::IssueSink sink;
  ASSERT_TRUE(fhir::validate::Validate(*bundle->root, R4(), {}, sink));
  for (const fhir::Issue& issue : sink.issues()) {
    if (issue.severity == fhir::Severity::kError || issue.severity == fhir::Severity::kFatal) ADD_FAILURE() << issue.expression << ": " << issue.text;
  }
}

TEST(TppRoundTrip, WhatFhirHasAPlaceForIsInThatPlace) {
  TppSet set = GenerateTpp({.seed = 5, .people = 30, .blanks = 0});
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(set), 1'000'000);
  std::size_t importance = 0, agreed = 0, linked = 0, reviews = 0, sections = 0;
  for (const fhir::Document& goal : store.OfType("Goal")) {
    for (const fhir::Element& extension : fhir::Repeats(*goal.root, "extension")) importance += extension.ValueOf("url").ends_with("/importance") ? 1U : 0U;
  }
  for (const fhir::Document& plan : store.OfType("CarePlan")) {
    linked += plan.root->Find("goal") ? 1U : 0U;
    for (const fhir::Element& extension : fhir::Repeats(*plan.root, "extension")) {
      agreed += extension.ValueOf("url").ends_with("/plan-agreement") ? 1U : 0U;
      sections += extension.ValueOf("url").ends_with("/section-117-aftercare") ? 1U : 0U;
    }
  }
  for (const fhir::Document& task : store.OfType("Task")) reviews += task.root->Walk("focus", "reference") ? 1U : 0U;
  EXPECT_GT(importance, 10U);
  EXPECT_GT(agreed, 3U);
  EXPECT_GT(sections, 3U);
  EXPECT_GT(linked, 3U) << "plans and goals of one event";
  EXPECT_EQ(reviews, set["SRCarePlanReview"].rows.size());
}

TEST(TppRoundTrip, AGoalChangedInFhirShowsInItsCellAndInNoOther) {
  const TppSet set = GenerateTpp({.seed = 11, .people = 10, .blanks = 0});
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(set), 1'000'000);
  std::string id;
  for (auto& [name, json] : store.resources()) {
    const std::size_t at = json.find("\"dueDate\":\"");
    if (!name.starts_with("Goal/") || at == std::string::npos || json.find("DateGoalTarget") != std::string::npos) continue;
    json.replace(at + 11, 10, "2030-05-06");
    const std::size_t value = json.find("\"value\":\"1") + 9;
    id = json.substr(json.find('/', value) + 1, 6);
    break;
  }
  ASSERT_FALSE(id.empty());
  Cells expected = CellsOf(set);
  expected["SRGoal"][id]["DateGoalTarget"] = "06 May 2030 00:00:00";
  EXPECT_EQ(Difference(expected, Emit(store)), "");
}
