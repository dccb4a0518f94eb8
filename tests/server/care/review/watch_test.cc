// The table of watches.
#include "server/care/review/watch.h"

#include <gtest/gtest.h>

namespace {

using server::care::review::ReadWatches;
using server::care::review::Watch;
using server::care::review::WatchTable;

TEST(ReviewWatch, TheTableThatIsBuiltInIsRead) {
  const auto watches = ReadWatches(WatchTable());
  ASSERT_TRUE(watches) << watches.error().ToString();
  ASSERT_GE(watches->size(), 2U);
  EXPECT_EQ((*watches)[0].name, "plan-review-overdue");
  EXPECT_EQ((*watches)[0].person, "for");
  EXPECT_EQ((*watches)[0].found, Watch::Found::kSearch);
}

TEST(ReviewWatch, WhatIsWrongIsSaidWithItsLine) {
  const auto error = [](std::string_view text) {
    const auto watches = ReadWatches(text);
    return watches ? std::string() : watches.error().text();
  };
  EXPECT_EQ(error("# text\n\nsearch\ta\tTask\n"), "Line 3: it has 3 columns, and must have 7.");
  EXPECT_EQ(error("look\ta\tTask\tx=y\tfor\towner\ttext"), "Line 1: it begins with 'look', and must with search, over, under or unreturned:DAYS.");
  EXPECT_EQ(error("unreturned:soon\ta\tAccount\tx=y\tsubject\towner\ttext"), "Line 1: 'unreturned:soon' does not say a number of days.");
  EXPECT_EQ(error("over\ta\tAccount\tx=y\tsubject\towner\ttext"), "");
}

}  // namespace
