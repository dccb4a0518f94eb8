// Times of the set and of FHIR, with the two hours of the year that are not like others.
#include "adapters/gp/tpp/time.h"

#include <gtest/gtest.h>

using adapters::gp::tpp::ReadTime;
using adapters::gp::tpp::WriteTime;

TEST(TppTime, AMidnightIsADayAndOtherTimesHaveTheOffsetOfTheSeason) {
  EXPECT_EQ(ReadTime("24 Feb 2024 00:00:00"), "2024-02-24");
  EXPECT_EQ(ReadTime("4 feb 2024"), "2024-02-04");
  EXPECT_EQ(ReadTime("24 Feb 2024 09:30:15"), "2024-02-24T09:30:15+00:00");
  EXPECT_EQ(ReadTime("01 JUL 2024 09:30:00"), "2024-07-01T09:30:00+01:00");
}

TEST(TppTime, SummerBeginsAndEndsOnTheLastSundays) {
  EXPECT_EQ(ReadTime("31 Mar 2024 00:59:59"), "2024-03-31T00:59:59+00:00");
  EXPECT_EQ(ReadTime("31 Mar 2024 02:00:00"), "2024-03-31T02:00:00+01:00");
  EXPECT_EQ(ReadTime("27 Oct 2024 01:59:59"), "2024-10-27T01:59:59+01:00") << "the hour that comes twice is summer's";
  EXPECT_EQ(ReadTime("27 Oct 2024 02:00:00"), "2024-10-27T02:00:00+00:00");
  EXPECT_EQ(ReadTime("29 Mar 2026 12:00:00"), "2026-03-29T12:00:00+01:00");
}

TEST(TppTime, WhatIsNoTimeIsRefused) {
  for (const char* text : {"", "30 Feb 2024 00:00:00", "24/02/2024", "2024-02-24", "24 Feb 24", "24 Feb 2024 24:00:00", "24 Feb 2024 09:30", "24 Feb 2024 09:30:15 ", "24 Fev 2024", "A81001",
                           "24 Feb 1700", "0 Feb 2024", "24  Feb 2024"}) {
    EXPECT_EQ(ReadTime(text), "") << text;
  }
}

TEST(TppTime, TimesComeBackAsTheyCame) {
  for (const char* text : {"24 Feb 2024 00:00:00", "24 Feb 2024 09:30:15", "01 Jul 2024 23:30:00", "31 Mar 2024 01:30:00", "27 Oct 2024 01:30:00", "01 Jan 1950 08:00:00"}) {
    EXPECT_EQ(WriteTime(ReadTime(text)), text);
  }
}

TEST(TppTime, AnotherOffsetIsWrittenInLocalTime) {
  EXPECT_EQ(WriteTime("2024-07-01T08:30:00Z"), "01 Jul 2024 09:30:00");
  EXPECT_EQ(WriteTime("2024-12-31T23:30:00-01:00"), "01 Jan 2025 00:30:00");
  EXPECT_EQ(WriteTime("2024-07"), "2024-07") << "no day is made up";
}
