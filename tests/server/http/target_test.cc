// Splitting and decoding of request targets.
#include "server/http/target.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

struct Row {
  std::string_view raw;
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> parameters;
};

TEST(Target, IsSplitBeforeItIsDecoded) {
  const Row rows[] = {
      {"/", {}, {}},
      {"/fhir/Patient/1", {"fhir", "Patient", "1"}, {}},
      {"/fhir/Patient/", {"fhir", "Patient"}, {}},
      {"/fhir/Patient/a%2Fb", {"fhir", "Patient", "a/b"}, {}},
      {"/fhir/Patient?name=a%26b&family=c", {"fhir", "Patient"}, {{"name", "a&b"}, {"family", "c"}}},
      {"/p?x=a=b", {"p"}, {{"x", "a=b"}}},
      {"/p?x", {"p"}, {{"x", ""}}},
      {"/p?&&x=1&", {"p"}, {{"x", "1"}}},
      {"/p?date=ge2024-01-01T00:00:00+01:00", {"p"}, {{"date", "ge2024-01-01T00:00:00+01:00"}}},
      {"/p?x=%25 41", {"p"}, {{"x", "% 41"}}},
      {"/p?x=%2541", {"p"}, {{"x", "%41"}}},
      {"/p?na%6De=%C3%A9", {"p"}, {{"name", "\xC3\xA9"}}},
      {"/fhir/Patient/1/$everything?_count=2", {"fhir", "Patient", "1", "$everything"}, {{"_count", "2"}}},
  };
  for (const Row& row : rows) {
    const auto target = ParseTarget(row.raw);
    ASSERT_TRUE(target.has_value()) << row.raw << ": " << target.error().ToString();
    EXPECT_EQ(target->segments, row.segments) << row.raw;
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const Parameter& parameter : target->parameters) parameters.emplace_back(parameter.name, parameter.value);
    EXPECT_EQ(parameters, row.parameters) << row.raw;
  }
}

TEST(Target, WhatIsNotAPathIsRefused) {
  const std::string_view rows[] = {
      "", "fhir", "*", "http://other/fhir", "//fhir", "/fhir//Patient", "/fhir/../etc", "/fhir/%2E%2E/etc", "/fhir/./x",
      "/p#x", "/p%", "/p%2", "/p%zz", "/p?x=%", "/p?x=%4", "/p?=1", "/p%00", "/p?x=%00", "/p?x=%0a", "/p?x=%ff",
      "/p?x=%C0%80", "/p?x=%ED%A0%80", "/p?x=%F5%80%80%80", "/p?x=%E2%82", "/p?\x01",
  };
  for (const std::string_view raw : rows) {
    const auto target = ParseTarget(raw);
    ASSERT_FALSE(target.has_value()) << raw;
    EXPECT_EQ(target.error().kind(), fhir::ErrorKind::kInvalid) << raw;
  }
}

TEST(Target, FormsReadPlusAsSpace) {
  const auto parameters = ParseParameters("name=Anna+Maria&x=%2B", PlusSign::kSpace);
  ASSERT_TRUE(parameters.has_value());
  EXPECT_EQ((*parameters)[0].value, "Anna Maria");
  EXPECT_EQ((*parameters)[1].value, "+");
}

TEST(Target, EncodingIsUndoneByDecoding) {
  std::string all;
  for (int c = 0x20; c < 0x7F; ++c) all += static_cast<char>(c);
  all += "\xC3\xA9";
  const std::string encoded = Encode(all);
  EXPECT_EQ(encoded.find_first_of(" &=+#%\""), encoded.find('%'));
  const auto decoded = Decode(encoded, PlusSign::kSpace);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded, all);
}

}  // namespace
}  // namespace server::http
