// A few failures at once, then a share of a minute each.
#include "server/http/failure_rate.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

TEST(FailureRate, AllowsAFewAtOnceAndThenItsRate) {
  FailureRate rate(3, 60);
  const std::int64_t start = 1'000'000;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rate.Count("10.0.0.1", start), 0) << i;
  EXPECT_EQ(rate.Count("10.0.0.1", start), 1);
  EXPECT_EQ(rate.Count("10.0.0.2", start), 0) << "another address has its own";
  EXPECT_EQ(rate.Count("10.0.0.1", start + 999), 1);
  EXPECT_EQ(rate.Count("10.0.0.1", start + 1000), 0);
  EXPECT_EQ(rate.Count("10.0.0.1", start + 1000), 1);
}

TEST(FailureRate, OverAnHourLetsThroughNoMoreThanItSays) {
  FailureRate rate(10, 30);
  int through = 0;
  for (std::int64_t now = 0; now < 3'600'000; now += 50) through += rate.Count("10.0.0.1", now) == 0;
  EXPECT_GE(through, 30 * 60);
  EXPECT_LE(through, 30 * 60 + 10);
}

}  // namespace
}  // namespace server::http
