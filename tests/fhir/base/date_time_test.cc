// Partial dates and times: reading, comparing, moving and their place on the time line.
#include "fhir/base/date_time.h"

namespace {

using fhir::CalendarUnit;
using fhir::DateTime;

std::string Read(std::string_view text) {
  const std::optional<DateTime> at = DateTime::Parse(text);
  return at ? at->ToString() : "none";
}

std::string ReadTime(std::string_view text) {
  const std::optional<DateTime> at = DateTime::ParseTime(text);
  return at ? at->ToString() : "none";
}

DateTime D(std::string_view text) { return *DateTime::Parse(text); }

std::string Order(std::string_view a, std::string_view b) {
  const std::optional<int> order = Compare(D(a), D(b));
  return !order ? "unknown" : *order < 0 ? "<" : *order > 0 ? ">" : "=";
}

std::string Moved(std::string_view from, std::int64_t count, CalendarUnit unit) {
  const std::optional<DateTime> moved = D(from).Plus(count, unit);
  return moved ? moved->ToString() : "none";
}

TEST(DateTime, IsWrittenAsItWasRead) {
  for (const char* text : {"2020", "2020-02", "2020-02-29", "2020-02-29T10", "2020-02-29T10:30", "2020-02-29T10:30:15", "2020-02-29T10:30:15.250",
                           "2020-02-29T10:30:15Z", "2020-02-29T10:30:15.1+01:00", "2020-02-29T10:30:15-05:30", "2020-02-29T10:30+14:00"}) {
    EXPECT_EQ(Read(text), text);
  }
  for (const char* text : {"10", "10:30", "10:30:15", "10:30:15.250"}) EXPECT_EQ(ReadTime(text), text);
  EXPECT_EQ(Read("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59Z");
  EXPECT_EQ(Read("2020T"), "2020");
}

TEST(DateTime, RefusesWhatDoesNotExist) {
  for (const char* text : {"", "20", "0000", "2020-13", "2020-00", "2021-02-29", "2020-04-31", "2020-2-1", "2020-02-29T24:00", "2020-02-29T10:60", "2020-02-29T10:30:61",
                           "2020-02-29T10:30:15.", "2020-02-29T10:30:15+15:00", "2020-02-29T10:30:15+0100", "2020-02-29 10:30", "2020-02T10:30", "2020-02-29T10:30:15Zx", "-2020"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
  for (const char* text : {"", "24", "10:", "10:30:15Z", "1:30", "10:30+01:00"}) EXPECT_EQ(ReadTime(text), "none") << text;
}

TEST(DateTime, ComparesAsFarAsBothAreWritten) {
  EXPECT_EQ(Order("2018-03", "2018-04-01"), "<");
  EXPECT_EQ(Order("2018-03", "2018-03-01"), "unknown");
  EXPECT_EQ(Order("2018-03-01T10:30", "2018-03-01T10:30:00"), "unknown");
  EXPECT_EQ(Order("2018-03-01T10:30:00", "2018-03-01T10:30:00.0"), "=");
  EXPECT_EQ(Order("2018-03-01T10:30:00.1", "2018-03-01T10:30:00.09"), ">");
  EXPECT_EQ(Order("2017-11-05T01:30:00.0-04:00", "2017-11-05T00:30:00.0-05:00"), "=");
  EXPECT_EQ(Order("2020-01-01T00:30:00+01:00", "2019-12-31T23:40:00Z"), "<");
  EXPECT_EQ(Order("2012-04-15T15:00:00Z", "2012-04-15T10:00:00"), "unknown");
  EXPECT_EQ(Order("2012-04-15T15:00:00Z", "2012-04-17T10:00:00"), "<");
  EXPECT_EQ(Order("2012-04-17T10:00:00", "2012-04-15T15:00:00Z"), ">");
  EXPECT_EQ(Order("2012-04-15", "2012-04-15T10:00:00Z"), "unknown");
}

TEST(DateTime, MovesByCalendarUnits) {
  EXPECT_EQ(Moved("2020-01-31", 1, CalendarUnit::kMonth), "2020-02-29");
  EXPECT_EQ(Moved("2020-02-29", 1, CalendarUnit::kYear), "2021-02-28");
  EXPECT_EQ(Moved("2020-02-29", -1, CalendarUnit::kDay), "2020-02-28");
  EXPECT_EQ(Moved("2019-12-25", 1, CalendarUnit::kWeek), "2020-01-01");
  EXPECT_EQ(Moved("2020-01-01T00:00:00.000+10:00", -1, CalendarUnit::kMillisecond), "2019-12-31T23:59:59.999+10:00");
  EXPECT_EQ(Moved("2020-01-01T23:30:00Z", 45, CalendarUnit::kMinute), "2020-01-02T00:15:00Z");
  EXPECT_EQ(Moved("2020", 25, CalendarUnit::kMonth), "2022");
  EXPECT_EQ(Moved("2020-01-15", 23, CalendarUnit::kHour), "2020-01-15");
  EXPECT_EQ(Moved("2020-01-15", 25, CalendarUnit::kHour), "2020-01-16");
  EXPECT_EQ(Moved("9999-12-31", 1, CalendarUnit::kDay), "none");
  EXPECT_EQ(Moved("0001-01-01", -1, CalendarUnit::kDay), "none");
  for (const CalendarUnit unit : {CalendarUnit::kYear, CalendarUnit::kMonth, CalendarUnit::kWeek, CalendarUnit::kDay, CalendarUnit::kHour, CalendarUnit::kSecond, CalendarUnit::kMillisecond}) {
    EXPECT_EQ(Moved("2020-01-01", INT64_MAX, unit), "none");
    EXPECT_EQ(Moved("2020-01-01", INT64_MIN + 1, unit), "none");
  }
  EXPECT_EQ(DateTime::ParseTime("23:30")->Plus(60, CalendarUnit::kMinute)->ToString(), "00:30");
}

TEST(DateTime, CoversTheTimeThatItsPrecisionMeans) {
  EXPECT_EQ(D("1970").FirstMicrosecond(), 0);
  EXPECT_EQ(D("1970").EndMicrosecond(), 365 * 86'400'000'000LL);
  EXPECT_EQ(D("1972").EndMicrosecond() - D("1972").FirstMicrosecond(), 366 * 86'400'000'000LL);
  EXPECT_EQ(D("1970-01-01T01:00:00+01:00").FirstMicrosecond(), 0);
  EXPECT_EQ(D("1970-01-01T00:00:00.123456Z").FirstMicrosecond(), 123'456);
  EXPECT_EQ(D("1970-01-01T00:00:00.123456Z").EndMicrosecond(), 123'457);
  EXPECT_EQ(D("1970-01-01T00:00:00.5Z").EndMicrosecond(), 600'000);
}

TEST(DateTime, DaysAndDatesAgreeThroughFourCenturies) {
  std::int64_t expected = fhir::DaysFromCivil(1800, 1, 1);
  for (int year = 1800; year < 2200; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= fhir::DaysInMonth(year, month); ++day, ++expected) {
        ASSERT_EQ(fhir::DaysFromCivil(year, month, day), expected);
        int y = 0, m = 0, d = 0;
        fhir::CivilFromDays(expected, y, m, d);
        ASSERT_TRUE(y == year && m == month && d == day) << year << "-" << month << "-" << day;
      }
    }
  }
  EXPECT_EQ(fhir::DaysFromCivil(1970, 1, 1), 0);
}

}  // namespace
