// The generated files that other tests stand on: that they hold what a council's file may hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "adapters/base/nhs_number.h"
#include "tests/support/cld_generator.h"
#include "tests/support/cld_words.h"

namespace careloom_test {
namespace {

using C = CldColumn;

TEST(CldGenerator, EveryColumnAndEveryWordIsUsed) {
  for (const int release : {1, 2}) {
    CldOptions options;
    options.people = 3'000;
    options.release = release;
    const CldFile file = GenerateCld(options);
    for (const auto& facts : adapters::council::cld::Columns()) {
      std::set<std::string> values;
      for (const CldRow& row : file.rows) values.insert(row[facts.column]);
      values.erase("");
      EXPECT_FALSE(values.empty()) << facts.header;
      for (const CldWord& word : CldWords(facts.column)) EXPECT_TRUE(values.contains(std::string(word.In(release)))) << facts.header << ": " << word.In(release);
    }
  }
}

TEST(CldGenerator, TheSameOptionsGiveTheSameFileAndRowsAreCounted) {
  CldOptions options;
  options.rows = 777;
  EXPECT_EQ(GenerateCld(options).rows, GenerateCld(options).rows);
  EXPECT_EQ(GenerateCld(options).rows.size(), 777u);
  CldOptions other = options;
  other.seed = 2;
  EXPECT_NE(GenerateCld(options).rows, GenerateCld(other).rows);
}

TEST(CldGenerator, NhsNumbersAreOfTheTestRangeAndTheGivenOnesAreUsed) {
  CldOptions options;
  options.people = 500;
  options.nhs_numbers = {CldNhsNumber(77), CldNhsNumber(78)};
  EXPECT_NE(options.nhs_numbers[0], options.nhs_numbers[1]);
  std::set<std::string> numbers, people;
  for (const CldRow& row : GenerateCld(options).rows) {
    people.insert(row[C::kPersonId]);
    if (row[C::kNhsNumber].empty()) continue;
    numbers.insert(row[C::kNhsNumber]);
    EXPECT_TRUE(row[C::kNhsNumber].starts_with("999")) << row[C::kNhsNumber];
    EXPECT_TRUE(adapters::IsNhsNumber(row[C::kNhsNumber])) << row[C::kNhsNumber];
  }
  EXPECT_TRUE(numbers.contains(options.nhs_numbers[0]));
  EXPECT_EQ(people.size(), 500u);
  EXPECT_GT(numbers.size(), 450u);
}

TEST(CldGenerator, EveryFormIsReadAgainAsTheSameRows) {
  CldOptions options;
  options.people = 60;
  const std::vector<CldRow> rows = GenerateCld(options).rows;
  for (int bits = 0; bits < 32; ++bits) {
    const CldForm form{.iso_dates = (bits & 1) != 0, .quote_all = (bits & 2) != 0, .null_text = (bits & 4) != 0, .bom = (bits & 8) != 0, .crlf = (bits & 16) != 0};
    EXPECT_EQ(ReadCld(WriteCld(rows, form)), rows) << bits;
  }
}

TEST(CldGenerator, PlannedCostIsTheFormulaOfTheSpecification) {
  CldRow row;
  row[C::kEventType] = "Service";
  row[C::kEventStart] = "2025-04-01";
  row[C::kUnitCost] = "18.75";
  row[C::kCostFrequency] = "Hourly";
  row[C::kPlannedUnits] = "3.5";
  // 18.75 × 3.5 × 365/7 = 3421.875
  EXPECT_EQ(PlannedPennies({row}, "2025-04-01", "2026-03-31"), 342'188);
  row[C::kCostFrequency] = "Monthly";
  // 18.75 × 12/52 × 7/7 = 4.3269…
  EXPECT_EQ(PlannedPennies({row}, "2025-04-01", "2025-04-07"), 433);
  row[C::kCostFrequency] = "One-off";
  EXPECT_EQ(PlannedPennies({row}, "2025-06-01", "2025-07-01"), 1'875);
  row[C::kEventEnd] = "2025-05-31";
  EXPECT_EQ(PlannedPennies({row}, "2025-06-01", "2025-07-01"), 0);
  row[C::kCostFrequency] = "4-weekly";
  row[C::kDateOfDeath] = "2025-04-14";
  // 18.75 × 1/4 × 14/7 = 9.375; twice that in two rows is 18.75, not 2 × 9.38
  EXPECT_EQ(PlannedPennies({row}, "2025-04-01", "2026-03-31"), 938);
  EXPECT_EQ(PlannedPennies({row, row}, "2025-04-01", "2026-03-31"), 1'875);
}

TEST(CldGenerator, OverlappingFilesShareNineMonthsAndDiffer) {
  CldOptions options;
  options.people = 300;
  const CldOverlap overlap = GenerateCldOverlap(options);
  EXPECT_EQ(overlap.earlier.options.from, "2025-04-01");
  EXPECT_EQ(overlap.earlier.options.to, "2026-03-31");
  EXPECT_EQ(overlap.later.options.from, "2025-07-01");
  EXPECT_EQ(overlap.later.options.to, "2026-06-30");
  EXPECT_GT(overlap.corrected, 20u);
  EXPECT_GT(overlap.withdrawn, 5u);
  for (const CldFile* file : {&overlap.earlier, &overlap.later}) {
    EXPECT_GT(file->rows.size(), 300u);
    EXPECT_EQ(CldRowsOf(file->rows, file->options.from, file->options.to), file->rows);
  }
}

}  // namespace
}  // namespace careloom_test
