// Dates of searches, widened by what was written.
#include "server/search/date_range.h"

namespace {

using server::search::ParseDateRange;

constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kDay = 86'400 * kSecond;

struct Case {
  const char* text;
  std::int64_t low_us, width_us;
};

TEST(DateRange, IsAsWideAsItsPrecision) {
  const Case cases[] = {
      {"1970", 0, 365 * kDay},
      {"1972", 730 * kDay, 366 * kDay},
      {"1970-02", 31 * kDay, 28 * kDay},
      {"1969-12-31", -kDay, kDay},
      {"1970-01-01T00:01", kMinute, kMinute},
      {"1970-01-01T01:00+01:00", 0, kMinute},
      {"1970-01-01T00:00:01Z", kSecond, kSecond},
      {"1970-01-01T00:00:00.5Z", kSecond / 2, kSecond / 10},
      {"1970-01-01T00:00:00.000001Z", 1, 1},
      {"1970-01-01T00:00:00.00000199-00:30", 30 * kMinute + 1, 1},
  };
  for (const Case& at : cases) {
    const auto range = ParseDateRange(at.text);
    ASSERT_TRUE(range) << at.text;
    EXPECT_EQ(range->low_us, at.low_us) << at.text;
    EXPECT_EQ(range->high_us - range->low_us, at.width_us) << at.text;
  }
}

TEST(DateRange, RefusesWhatIsNoDate) {
  for (const char* text : {"", "97", "0000", "1970-13", "1970-02-29", "1970-1-1", "1970-01-01T", "1970-01-01T24:00", "1970-01-01T00", "1970-01-01T00:00:00.",
                           "1970-01-01T00:00:00Zx", "1970-01-01T00:00+1:00", "1970-01-01T00:00+15:00", "1970-01-01 00:00", "today"}) {
    EXPECT_FALSE(ParseDateRange(text)) << text;
  }
}

}  // namespace
