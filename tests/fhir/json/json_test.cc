// The JSON codec: what is kept as written, and what is refused with a place.
#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"

namespace fhir::json {
namespace {

struct RoundTrip { const char* name; const char* json; };
class JsonRoundTrip : public testing::TestWithParam<RoundTrip> {};

TEST_P(JsonRoundTrip, KeepsEveryByteOfCanonicalJson) {
  auto document = Read(GetParam().json);
  ASSERT_TRUE(document) << document.error().ToString();
  EXPECT_EQ(Write(*document->root), GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(Cases, JsonRoundTrip, testing::Values(
    RoundTrip{"Plain", R"({"resourceType":"Patient","active":true,"name":[{"family":"Smith","given":["A","B"]}]})"},
    RoundTrip{"NumbersAsWritten", R"({"resourceType":"Observation","valueQuantity":{"value":1.00},"x":-0,"y":1e40,"z":0.10E+02})"},
    RoundTrip{"FieldWithExtension", R"({"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"a","extension":[{"url":"u","valueString":"x"}]}})"},
    RoundTrip{"ExtensionOnly", R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueString":"x"}]}})"},
    RoundTrip{"ArrayWithShadow", R"({"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"b"},{"id":"c"}]}]})"},
    RoundTrip{"Supplementary", "{\"resourceType\":\"Patient\",\"id\":\"\xF0\x9F\x98\x80\"}"},
    RoundTrip{"Contained", R"({"resourceType":"List","contained":[{"resourceType":"Patient","id":"p"}],"status":"current"})"}),
    [](const auto& at) { return std::string(at.param.name); });

struct Refusal { const char* name; std::string json; const char* says; const char* where; };
class JsonRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(JsonRefusal, SaysWhatAndWhere) {
  auto document = Read(GetParam().json);
  ASSERT_FALSE(document);
  EXPECT_NE(document.error().text().find(GetParam().says), std::string::npos) << document.error().ToString();
  EXPECT_EQ(document.error().path(), GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(Cases, JsonRefusal, testing::Values(
    Refusal{"DuplicateTop", R"({"resourceType":"Patient","id":"a","id":"b"})", "stands twice", "Patient.id"},
    Refusal{"DuplicateNested", R"({"resourceType":"Patient","name":[{"use":"usual","use":"old"}]})", "stands twice", "Patient.name[0].use"},
    Refusal{"DuplicateShadow", R"({"resourceType":"Patient","_id":{"id":"a"},"_id":{"id":"a"}})", "stands twice", "Patient._id"},
    Refusal{"DuplicateEscaped", R"({"resourceType":"Patient","id":"a","\u0069d":"b"})", "stands twice", "Patient.id"},
    Refusal{"DuplicateResourceType", R"({"resourceType":"Patient","resourceType":"Patient"})", "stands twice", "Patient"},
    Refusal{"EmptyString", R"({"resourceType":"Patient","id":""})", "empty string", "Patient.id"},
    Refusal{"EmptyObject", R"({"resourceType":"Patient","name":[{}]})", "empty object", "Patient.name[0].name"},
    Refusal{"EmptyArray", R"({"resourceType":"Patient","name":[]})", "empty array", "Patient.name"},
    Refusal{"NullByte", R"({"resourceType":"Patient","id":"a\u0000b"})", "U+0000", "Patient.id"},
    Refusal{"Null", R"({"resourceType":"Patient","id":null})", "null is only allowed", "Patient.id"},
    Refusal{"TopArray", "[1]", "is an array", ""},
    Refusal{"Bare", "1", "bare value", ""},
    Refusal{"Empty", "", "is empty", ""},
    Refusal{"Truncated", R"({"resourceType":"Patient","id":"a")", "ends too early", "Patient.id"},
    Refusal{"Trailing", R"({"resourceType":"Patient","id":"a"} x)", "not JSON", ""},
    Refusal{"TwoRoots", R"({"resourceType":"Patient","id":"a"}{})", "not JSON", ""},
    Refusal{"InvalidUtf8", "{\"resourceType\":\"Patient\",\"id\":\"\xFF\"}", "not JSON", "Patient.id"},
    Refusal{"Overlong", "{\"resourceType\":\"Patient\",\"id\":\"\xC0\xAF\"}", "not JSON", "Patient.id"},
    Refusal{"LoneSurrogate", R"({"resourceType":"Patient","id":"\uD800"})", "not JSON", "Patient.id"},
    Refusal{"ByteOrderMark", "\xEF\xBB\xBF{}", "byte order mark", ""},
    Refusal{"TooBigANumber", R"({"resourceType":"Patient","x":1e400})", "too big", "Patient.x"},
    Refusal{"Hexadecimal", R"({"resourceType":"Patient","x":0x1})", "not JSON", "Patient.x"},
    Refusal{"NotANumber", R"({"resourceType":"Patient","x":NaN})", "not JSON", "Patient.x"}),
    [](const auto& at) { return std::string(at.param.name); });

TEST(JsonReader, RefusesNestingBeyondTheLimitAndSurvivesMillions) {
  const auto nested = [](std::size_t depth) { return std::string(R"({"resourceType":"Patient","x":)") + [&] { std::string s; for (std::size_t i = 0; i < depth; ++i) s += "{\"a\":"; return s; }() + "1" + std::string(depth + 1, '}'); };
  EXPECT_TRUE(Read(nested(63)));
  EXPECT_FALSE(Read(nested(64)));
  EXPECT_FALSE(Read(nested(10'000)));
  EXPECT_FALSE(Read(std::string(10'000'000, '[')));
}

TEST(JsonReader, EveryStrictPrefixIsRefused) {
  const std::string whole = R"({"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"b"}]}],"x":1.50,"y":true})";
  ASSERT_TRUE(Read(whole));
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(Read(std::string_view(whole).substr(0, n))) << n;
}

TEST(JsonReader, CountsScalarsAsReceived) {
  auto document = Read(R"({"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"b"}]}],"contained":[{"resourceType":"List","id":"x"}]})");
  ASSERT_TRUE(document) << document.error().ToString();
  EXPECT_EQ(document->leaf_count, 5u);   // A, null, null, b, x
  EXPECT_EQ(document->lost_nulls, 1u);
}

TEST(JsonReader, WideObjectsStayFastAndStrict) {
  std::string json = R"({"resourceType":"X")";
  for (int i = 0; i < 50'000; ++i) json += ",\"m" + std::to_string(i) + "\":1";
  EXPECT_TRUE(Read(json + "}"));
  EXPECT_FALSE(Read(json + ",\"m7\":1}"));
}

}  // namespace
}  // namespace fhir::json
