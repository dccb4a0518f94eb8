// A line stays one line and one object, whatever is put in it.
#include "server/log/line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "fhir/json/reader.h"

namespace server::log {
namespace {

// What stands between the quotes for this value.
std::string Shown(std::string_view value) {
  Line line(Level::kInfo, "x");
  const std::string_view text = line.Add("v", value).Finish();
  const std::size_t at = text.find("\"v\":\"") + 5;
  return std::string(text.substr(at, text.size() - at - 3));
}

TEST(LogLine, BeginsWithTimeLevelAndEvent) {
  Line line(Level::kWarning, "slow");
  const std::string_view text = line.Add("route", "read").Add("status", 200).AddIf("client", "").AddIf("bytes", 0).Finish();
  ASSERT_TRUE(text.starts_with("{\"time\":\"20")) << text;
  EXPECT_EQ(text.substr(35), "Z\",\"level\":\"warning\",\"event\":\"slow\",\"route\":\"read\",\"status\":200}\n");
}

TEST(LogLine, HostileValuesAreEscaped) {
  const std::pair<std::string, std::string> rows[] = {
      {"plain é 漢", "plain é 漢"},
      {"a\"b\\c", "a\\\"b\\\\c"},
      {"a\r\nb", "a\\u000d\\u000ab"},
      {std::string("a\0b", 3), "a\\u0000b"},
      {"\x1b[31mred", "\\u001b[31mred"},
      {"\x7f", "\\u007f"},
      {"\xC2\x85", "\\u0085"},                                   // C1: next line
      {"\xE2\x80\xA8\xE2\x80\xA9", "\\u2028\\u2029"},            // line and paragraph separator
      {"\xE2\x80\xAE" "abc", "\\u202eabc"},                      // right-to-left override
      {"\xE2\x81\xA6\xE2\x81\xA9", "\\u2066\\u2069"},            // isolates
      {"\xE2\x80\x8B\xEF\xBB\xBF", "\\u200b\\ufeff"},            // no width
      {"\xF3\xA0\x81\x81", "\\ufffd"},                           // tag character
      {"\xFF\xC0\xAF", "\\ufffd\\ufffd\\ufffd"},                 // not UTF-8
      {"\xED\xA0\x80", "\\ufffd\\ufffd\\ufffd"},                 // a surrogate
  };
  for (const auto& [value, wanted] : rows) EXPECT_EQ(Shown(value), wanted);
}

TEST(LogLine, EveryByteLeavesOneLineOfValidJson) {
  for (int byte = 0; byte < 256; ++byte) {
    Line line(Level::kInfo, "x");
    const std::string value = "a" + std::string(1, static_cast<char>(byte)) + "b";
    const std::string_view text = line.Add("v", value).Finish();
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << byte;
    EXPECT_TRUE(std::ranges::none_of(text.substr(0, text.size() - 1), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) << byte;
    if (byte != 0) { EXPECT_TRUE(fhir::json::Read(R"({"resourceType":"Basic","line":)" + std::string(text) + "}").has_value()) << byte << text; }
  }
}

TEST(LogLine, AValueIsCutTo200BytesBetweenCharacters) {
  EXPECT_EQ(Shown(std::string(1'000'000, 'x')), std::string(200, 'x'));
  std::string text;
  for (int i = 0; i < 100; ++i) text += "漢";
  EXPECT_EQ(Shown(text), text.substr(0, 198));
}

TEST(LogLine, ALineIsNeverLongerThanAPipeTakesAtOnce) {
  Line line(Level::kInfo, "x");
  const std::string worst(200, '\x1b');
  for (int i = 0; i < 20; ++i) line.Add("v", worst);
  const std::string text(line.Finish());
  EXPECT_LE(text.size(), Line::kMostBytes);
  EXPECT_TRUE(text.ends_with("\"cut\":true}\n")) << text.substr(text.size() - 40);
}

}  // namespace
}  // namespace server::log
