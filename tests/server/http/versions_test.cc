// ETags, dates and conditional reads.
#include "server/http/versions.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

TEST(Versions, EtagsAreReadAsWrittenAndWithoutTheirTrimmings) {
  EXPECT_EQ(ETag(3), "W/\"3\"");
  for (const std::string_view text : {"W/\"3\"", "\"3\"", "3"}) EXPECT_EQ(ParseETag(text), 3) << text;
  for (const std::string_view text : {"", "W/", "*", "W/\"a\"", "0", "-1", "3x", "99999999999999999999"}) EXPECT_FALSE(ParseETag(text)) << text;
}

TEST(Versions, DatesGoThereAndBack) {
  constexpr std::int64_t kUs = 1'709'210'096'123'456;  // 2024-02-29T12:34:56.123456Z
  EXPECT_EQ(HttpDate(kUs), "Thu, 29 Feb 2024 12:34:56 GMT");
  EXPECT_EQ(Instant(kUs), "2024-02-29T12:34:56.123Z");
  EXPECT_EQ(ParseHttpDate(HttpDate(kUs)), kUs / 1'000'000 * 1'000'000);
  EXPECT_EQ(ParseInstant("2024-02-29T12:34:56.123456Z"), kUs);
  EXPECT_EQ(ParseInstant("2024-02-29T13:34:56.123456+01:00"), kUs);
  EXPECT_EQ(ParseInstant("2024-02-29T07:04:56.123456-05:30"), kUs);
}

TEST(Versions, WhatIsNoDateIsNone) {
  for (const std::string_view text : {"", "yesterday", "Thu, 30 Feb 2024 12:34:56 GMT", "Thu, 29 Feb 2024 25:34:56 GMT", "Thu, 29 Feb 2024 12:34:56 BST"}) {
    EXPECT_FALSE(ParseHttpDate(text)) << text;
  }
  for (const std::string_view text : {"", "2024-02-29", "2024-02-29T12:34:56", "2024-13-29T12:34:56Z", "2024-02-29T12:34:56+1", "2024-02-29T12:34:56Zz"}) {
    EXPECT_FALSE(ParseInstant(text)) << text;
  }
}

TEST(Versions, IfNoneMatchWinsOverIfModifiedSince) {
  storage::Version version;
  version.version = 2;
  version.last_updated_us = 1'709'210'096'123'456;
  const std::string same = HttpDate(version.last_updated_us);
  EXPECT_TRUE(IsUnchanged({{"If-None-Match", "W/\"1\", W/\"2\""}}, version));
  EXPECT_FALSE(IsUnchanged({{"If-None-Match", "W/\"1\""}, {"If-Modified-Since", same}}, version));
  EXPECT_TRUE(IsUnchanged({{"If-Modified-Since", same}}, version));
  EXPECT_FALSE(IsUnchanged({{"If-Modified-Since", HttpDate(0)}}, version));
  EXPECT_FALSE(IsUnchanged({}, version));
}

TEST(Versions, ADeletionIsGone) {
  storage::Version version;
  version.type = "Patient";
  version.id = "1";
  version.version = 2;
  version.method = storage::Method::kDelete;
  const Response answer = VersionResponse(version, 200);
  EXPECT_EQ(answer.status, 410);
  EXPECT_EQ(FindHeader(answer.headers, "ETag"), "W/\"2\"");
}

}  // namespace
}  // namespace server::http
