// Rows come back by person and number, whatever order they came in, and leave no file behind.
#include "server/storage/staging.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using server::storage::StagedRow;

TEST(Staging, GivesThePeopleInOrderWithTheirRowsInOrder) {
  const TempFolder folder;
  auto staging = server::storage::OpenStaging(folder.path().string());
  ASSERT_TRUE(staging) << staging.error().ToString();
  // 25,000 rows of 5,000 people, over several commits, with bytes that are no text.
  for (std::uint64_t i = 0; i < 25'000; ++i) {
    const std::uint64_t number = 25'001 - i;
    ASSERT_TRUE((*staging)->Add({"p" + std::to_string(number % 5000), number, number % 7 == 0, std::string("\0x", 2) + std::to_string(number)}));
  }
  std::string person;
  std::size_t people = 0, rows = 0;
  for (;;) {
    auto next = (*staging)->RowsAfter(person);
    ASSERT_TRUE(next) << next.error().ToString();
    if (next->empty()) break;
    EXPECT_GT(next->front().person, person);
    person = next->front().person;
    for (std::size_t i = 0; i < next->size(); ++i) {
      const StagedRow& row = (*next)[i];
      EXPECT_EQ(row.person, person);
      EXPECT_EQ(row.bad, row.number % 7 == 0);
      EXPECT_EQ(row.bytes, std::string("\0x", 2) + std::to_string(row.number));
      if (i > 0) { EXPECT_LT((*next)[i - 1].number, row.number); }
    }
    rows += next->size();
    ++people;
  }
  EXPECT_EQ(people, 5000u);
  EXPECT_EQ(rows, 25'000u);
  EXPECT_TRUE((*staging)->Holds("p17").value_or(false));
  EXPECT_FALSE((*staging)->Holds("p").value_or(true));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the scratch file has a name";
}

TEST(Staging, SaysThatTheFolderCannotTakeIt) {
  const auto staging = server::storage::OpenStaging("/nowhere/at/all");
  ASSERT_FALSE(staging);
  EXPECT_EQ(staging.error().kind(), fhir::ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace careloom_test
