// Hostile bytes at the JSON codec (hardening rows C01 to C06): refused with a reason, or kept exactly.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"

namespace fhir::json {
namespace {

using careloom_test::EveryDayOrLong;

bool IsRead(std::string_view bytes) { return Read(bytes).has_value(); }
std::string WithId(std::string_view bytes) { return "{\"resourceType\":\"Patient\",\"id\":\"" + std::string(bytes) + "\"}"; }

TEST(HostileJson, C01_DepthIsBoundedInTimeAndMemoryHoweverDeep) {
  const std::size_t deepest = EveryDayOrLong<std::size_t>(1'000'000, 10'000'000);
  for (std::size_t depth : {std::size_t{65}, std::size_t{66}, std::size_t{10'000}, deepest}) {
    std::string objects = "{\"resourceType\":\"Patient\",\"a\":";
    for (std::size_t i = 1; i < depth; ++i) objects += "{\"a\":";
    const std::string arrays = "{\"resourceType\":\"Patient\",\"a\":" + std::string(depth, '[');
    for (const std::string& bytes : {objects, arrays}) {
      const auto start = std::chrono::steady_clock::now();
      const auto document = Read(bytes);
      ASSERT_FALSE(document) << depth;
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500)) << depth;
    }
  }
  std::string within = "{\"resourceType\":\"Patient\"";
  for (int i = 1; i < 64; ++i) within += ",\"a\":{\"b\":\"c\"";
  EXPECT_TRUE(IsRead(within + std::string(64, '}')));
  std::string beyond = "{\"resourceType\":\"Patient\"";
  for (int i = 1; i < 65; ++i) beyond += ",\"a\":{\"b\":\"c\"";
  const auto refused = Read(beyond + std::string(65, '}'));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("64"), std::string::npos) << refused.error().ToString();
}

TEST(HostileJson, C03_WhatIsNotUtf8IsRefused) {
  std::vector<std::string> wrong = {
      "\x80", "\xBF", "\x80\xBF", "\xC0", "\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xC2", "\xC2\x20", "\xC2\xC2", "\xDF", "\xE0", "\xE0\x80\x80",
      "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xE0\xA0", "\xE1\x80", "\xE1\x80\x20", "\xE2\x82", "\xE2\x28\xA1", "\xED\xA0\x80", "\xED\xAD\xBF",
      "\xED\xAE\x80", "\xED\xBF\xBF", "\xED\xA0\x80\xED\xB0\x80", "\xEF\xBF", "\xF0", "\xF0\x80\x80\xAF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80",
      "\xF0\x28\x8C\xBC", "\xF0\x9F\x98", "\xF1\x80\x80", "\xF4\x8F\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF7\xBF\xBF\xBF",
      "\xF8\x80\x80\x80\xAF", "\xF8\x88\x80\x80\x80", "\xFB\xBF\xBF\xBF\xBF", "\xFC\x80\x80\x80\x80\xAF", "\xFC\x84\x80\x80\x80\x80",
      "\xFD\xBF\xBF\xBF\xBF\xBF", "\xFE", "\xFF", "\xFE\xFF", "\xFF\xFE", "a\xFF", "\xFF\"", "\\\xFF", "\\uD800", "\\uDBFF", "\\uDC00", "\\uDFFF",
      "\\uDC00\\uD800", "\\uD800\\u0041", "\\uD800\\uD800", "\\u12", "\\u12G4", "\\x41", "\\u0000", "a\\u0000b", "\x01", "\x1F", "\n", "\t"};
  EXPECT_GE(wrong.size(), 60u);
  // Code points that are no characters, written and escaped.
  wrong.insert(wrong.end(), {"\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xEF\xB7\x90", "\xEF\xB7\xAF", "\xF0\x9F\xBF\xBE", "\xF0\x9F\xBF\xBF", "\xF4\x8F\xBF\xBE", "\xF4\x8F\xBF\xBF", "\\uFFFE", "\\uFFFF",
                             "\\uFDD0", "\\uD83F\\uDFFE"});
  for (const std::string& bytes : wrong) {
    EXPECT_FALSE(IsRead(WithId(bytes))) << testing::PrintToString(bytes);
    EXPECT_FALSE(IsRead("{\"resourceType\":\"Patient\",\"" + bytes + "\":1}")) << "as a name: " << testing::PrintToString(bytes);
  }
  EXPECT_FALSE(IsRead(std::string("{\"resourceType\":\"Patient\",\"id\":\"a\0b\"}", 38)));
  EXPECT_FALSE(IsRead("\xEF\xBB\xBF{\"resourceType\":\"Patient\"}"));
}

TEST(HostileJson, C03_EveryPlaneOfUnicodeComesBackAsItWas) {
  for (const char* text : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBD", "\xEF\xBB\xBF", "\xEF\xB7\x8F", "\xEF\xB7\xB0", "\xEE\xBF\xBF", "\xF0\x90\x80\x80", "\xF0\x9F\xBE\xBF", "\xF0\x9E\xBF\xBF",
                           "\xF0\x9F\x98\x80", "\xF0\xAF\xBF\xBD", "\xF4\x8F\xBF\xBD", "\x7F", "e\xCC\x81"}) {
    const auto document = Read(WithId(text));
    ASSERT_TRUE(document) << testing::PrintToString(text);
    EXPECT_EQ(Write(*document->root), WithId(text));
  }
  const auto escaped = Read(WithId("\\uD83D\\uDE00"));
  ASSERT_TRUE(escaped);
  EXPECT_EQ(escaped->root->ValueOf("id"), "\xF0\x9F\x98\x80");
}

TEST(HostileJson, C04_NumbersAreKeptAsWrittenOrRefused) {
  const std::string digits(10'000, '7');
  for (const std::string& number : {std::string("1.00"), std::string("-0"), std::string("-0.0"), std::string("1e-9"), std::string("1E+2"), std::string("0.10"),
                                    std::string("123456789012345678901234567890"), std::string("0.000000000000000000000000000001")}) {
    const std::string json = "{\"resourceType\":\"Observation\",\"x\":" + number + "}";
    const auto document = Read(json);
    ASSERT_TRUE(document) << number;
    EXPECT_EQ(Write(*document->root), json);
  }
  for (const char* number : {"1e400", "-1e400", "0x1", "NaN", "Infinity", "-Infinity", "+1", ".5", "5.", "01", "1e", "1e+", "--1", "1_000", "1,5", "\xD9\xA1"}) {
    EXPECT_FALSE(IsRead("{\"resourceType\":\"Observation\",\"x\":" + std::string(number) + "}")) << number;
  }
  const std::string many = "{\"resourceType\":\"Observation\",\"x\":" + digits + "}";
  const auto document = Read(many);
  EXPECT_TRUE(!document || Write(*document->root) == many);
}

TEST(HostileJson, C06_ElementsAreCountedBeforeTheyAreMade) {
  std::string numbers = R"({"resourceType":"Patient","x":[1)";
  for (int i = 1; i < 1000; ++i) numbers += ",1";
  numbers += "]}";
  EXPECT_TRUE(Read(numbers, {.max_elements = 1000}));
  const auto refused = Read(numbers, {.max_elements = 999});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kTooLarge);
  EXPECT_EQ(refused.error().path(), "Patient.x");
  EXPECT_NE(refused.error().text().find("999"), std::string::npos);
}

// Smaller than `limit` bytes, at most `count`, in the order of their names.
std::vector<std::string> RealResources(std::size_t limit, std::size_t count) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(careloom_test::SharedData("r4-examples/json"))) {
    if (entry.path().extension() == ".json" && entry.file_size() <= limit) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> resources;
  for (const auto& path : paths) {
    std::string bytes = careloom_test::ReadFile(path);
    while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r' || bytes.back() == ' ')) bytes.pop_back();
    if (resources.size() < count && IsRead(bytes)) resources.push_back(std::move(bytes));
  }
  return resources;
}

TEST(HostileJson, C05_EveryStrictPrefixOfFiftyRealResourcesIsRefused) {
  REQUIRE_SHARED_DATA("r4-examples/json");
  const auto resources = RealResources(EveryDayOrLong<std::size_t>(2'500, 16'000), 50);
  ASSERT_EQ(resources.size(), 50u);
  for (const std::string& bytes : resources) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(IsRead(std::string_view(bytes).substr(0, size))) << "the first " << size << " bytes of " << bytes.substr(0, 80);
    }
    for (const char* more : {"{}", "x", "}", ",", "null", "\"a\"", "[", "/*c*/", "//c"}) EXPECT_FALSE(IsRead(bytes + more)) << more;
    for (const char* more : {"", "\n", " \t\r\n"}) EXPECT_TRUE(IsRead(bytes + more));
  }
}

TEST(HostileJson, C06_HugeValuesCostMemoryInProportion) {
  const std::size_t bytes = EveryDayOrLong<std::size_t>(4'000'000, 100'000'000);
  auto text = Read(WithId(std::string(bytes, 'x')));
  ASSERT_TRUE(text);
  EXPECT_LT(text->arena().allocated_bytes(), 3 * bytes);
  // The worst there is: one element for every two bytes.
  std::string numbers = "{\"resourceType\":\"Patient\",\"x\":[1";
  while (numbers.size() < bytes / 4) numbers += ",1";
  auto array = Read(numbers + "]}");
  ASSERT_TRUE(array);
  EXPECT_EQ(array->leaf_count, (numbers.size() - 29) / 2);
  EXPECT_LT(array->arena().allocated_bytes(), 80 * numbers.size());
}

}  // namespace
}  // namespace fhir::json
