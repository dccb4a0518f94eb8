// A file in and out again, without a server: field by field, both releases; two overlapping files in either order.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/adapters/council/cld/people.h"
#include "tests/support/cld_generator.h"
#include "tests/support/planned_cost.h"

namespace careloom_test {
namespace {

using C = CldColumn;
using adapters::council::cld::Columns;

std::string InWords(const CldRow& row) {
  std::string words;
  for (const auto& facts : Columns()) {
    if (!row[facts.column].empty()) words += std::string(facts.header) + "=" + row[facts.column] + "|";
  }
  return words;
}

// Rows of each side that the other does not have.
std::string Differences(std::vector<CldRow> was, std::vector<CldRow> is) {
  std::ranges::sort(was);
  std::ranges::sort(is);
  std::vector<CldRow> lost, added;
  std::ranges::set_difference(was, is, std::back_inserter(lost));
  std::ranges::set_difference(is, was, std::back_inserter(added));
  std::string text;
  if (!lost.empty() || !added.empty()) text = std::to_string(lost.size()) + " lost, " + std::to_string(added.size()) + " new";
  for (std::size_t i = 0; i < std::min<std::size_t>(lost.size(), 3); ++i) text += "\n- " + InWords(lost[i]);
  for (std::size_t i = 0; i < std::min<std::size_t>(added.size(), 3); ++i) text += "\n+ " + InWords(added[i]);
  return text;
}

std::string FirstOf(const std::vector<std::string>& findings) {
  std::string text = std::to_string(findings.size()) + " findings";
  for (std::size_t i = 0; i < std::min<std::size_t>(findings.size(), 10); ++i) text += "\n" + findings[i];
  return text;
}

// A wording that is only Release 1's is said to be that on the way in.
bool IsAboutRelease(const std::string& finding) { return finding.find("Release 1") != std::string::npos; }

TEST(CldRoundTrip, AFileComesBackFieldByFieldInBothReleases) {
  for (const int release : {2, 1}) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      CldOptions options;
      options.seed = seed;
      options.release = release;
      options.people = 50;
      const CldFile file = GenerateCld(options);
      CldStore store;
      store.Take(WriteCld(file.rows, {.iso_dates = seed == 2, .quote_all = seed == 3, .null_text = seed == 2, .bom = seed != 1, .crlf = seed != 3}));
      const std::string bytes = store.Emit({options.from, options.to, std::to_string(release)});
      EXPECT_EQ(Differences(file.rows, ReadCld(bytes)), "") << "release " << release << " seed " << seed;
      std::erase_if(store.findings(), IsAboutRelease);
      EXPECT_TRUE(store.findings().empty()) << "release " << release << " seed " << seed << " " << FirstOf(store.findings());
    }
  }
}

TEST(CldRoundTrip, WhatIsWrittenIsTakenInAgainWithoutAChange) {
  CldOptions options;
  options.people = 60;
  CldStore store;
  store.Take(WriteCld(GenerateCld(options).rows));
  const std::string bytes = store.Emit({options.from, options.to, "2"});
  CldStore again;
  again.Take(bytes);
  EXPECT_EQ(again.Emit({options.from, options.to, "2"}), bytes);
}

TEST(CldRoundTrip, TheSameResourcesInAnyOrderAreTheSameBytes) {
  CldOptions options;
  options.people = 20;
  CldStore store;
  store.Take(WriteCld(GenerateCld(options).rows));
  for (const std::string& person : store.people()) {
    std::vector<fhir::Document> stored = store.Of(person);
    const auto bytes = Cld().EmitPerson(stored, {options.from, options.to, "2"});
    std::ranges::reverse(stored);
    const auto reversed = Cld().EmitPerson(stored, {options.from, options.to, "2"});
    ASSERT_TRUE(bytes && reversed);
    EXPECT_EQ(bytes->bytes, reversed->bytes);
  }
}

TEST(CldRoundTrip, ReleaseOneIsWrittenInReleaseTwosWordsAndBack) {
  CldOptions options;
  options.people = 60;
  options.release = 1;
  const CldFile file = GenerateCld(options);
  CldStore store;
  store.Take(WriteCld(file.rows));
  const std::vector<CldRow> second = ReadCld(store.Emit({options.from, options.to, "2"}));
  EXPECT_EQ(second.size(), file.rows.size());
  for (const CldRow& row : second) {
    EXPECT_EQ(row[C::kClientType].find("Service User"), std::string::npos);
    EXPECT_EQ(row[C::kServiceType].find("Support:"), std::string::npos) << row[C::kServiceType];
  }
}

TEST(CldRoundTrip, NoResourceHoldsARow) {
  CldOptions options;
  options.people = 30;
  const CldFile file = GenerateCld(options);
  CldStore store;
  store.Take(WriteCld(file.rows));
  std::size_t cells = 0;
  for (const CldRow& row : file.rows) cells += static_cast<std::size_t>(std::ranges::count_if(row.cells, [](const std::string& cell) { return !cell.empty(); }));
  std::size_t as_given = 0;
  for (const auto& [name, json] : store.resources()) {
    EXPECT_EQ(json.find("LA Person Unique Identifier"), std::string::npos) << name;
    EXPECT_EQ(json.find("503,"), std::string::npos) << name;
    for (std::size_t at = json.find("/as-given\""); at != std::string::npos; at = json.find("/as-given\"", at + 1)) ++as_given;
  }
  EXPECT_LT(as_given * 20, cells) << "as-given is for what other resources do not say";
}

class CldOverlapTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CldOverlapTest, EitherOrderEndsInOneRecordWhosePlannedCostIsTheLaterFiles) {
  CldOptions options;
  options.seed = GetParam();
  options.people = 40;
  const CldOverlap overlap = GenerateCldOverlap(options);
  const auto& [earlier, later, corrected, withdrawn] = overlap;
  ASSERT_GT(corrected, 0u);
  ASSERT_GT(withdrawn, 0u);
  CldStore in_order, reversed;
  in_order.Take(WriteCld(earlier.rows), 1'000'000);
  in_order.Take(WriteCld(later.rows), 2'000'000);
  reversed.Take(WriteCld(later.rows), 2'000'000);
  reversed.Take(WriteCld(earlier.rows), 1'000'000);
  const std::int64_t expected = PlannedPennies(later.rows, later.options.from, later.options.to);
  EXPECT_GT(expected, 0);
  for (CldStore* store : {&in_order, &reversed}) {
    std::vector<fhir::Document> money = store->OfType("ChargeItem");
    for (fhir::Document& episode : store->OfType("EpisodeOfCare")) money.push_back(std::move(episode));
    EXPECT_EQ(PlannedPenniesOf(money, later.options.from, later.options.to), expected) << (store == &in_order ? "in order" : "reversed");
    const adapters::EmitOptions period{later.options.from, later.options.to, "2"};
    EXPECT_EQ(Differences(later.rows, ReadCld(store->Emit(period))), "") << (store == &in_order ? "in order" : "reversed");
  }
  // The whole of both periods, too.
  const adapters::EmitOptions all{earlier.options.from, later.options.to, "2"};
  EXPECT_EQ(Differences(ReadCld(in_order.Emit(all)), ReadCld(reversed.Emit(all))), "");
  EXPECT_EQ(in_order.people(), reversed.people());
  EXPECT_EQ(in_order.resources().size(), reversed.resources().size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, CldOverlapTest, testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace careloom_test
