// Concept maps: what they answer, and what they may not be.
#include "fhir/mapping/concept_map.h"

#include <gtest/gtest.h>

#include "fhir/json/reader.h"

namespace fhir::mapping {
namespace {

std::unique_ptr<ConceptMap> Make(std::string_view groups, std::string_view url = "http://x/c") {
  const auto document = json::Read(R"({"resourceType":"ConceptMap","url":")" + std::string(url) + R"(","group":[)" + std::string(groups) + "]}");
  auto map = ConceptMap::FromResource(*document->root);
  EXPECT_TRUE(map) << map.error().ToString();
  return *std::move(map);
}

std::string Problem(std::string_view json) {
  const auto document = json::Read(json);
  const auto map = ConceptMap::FromResource(*document->root);
  return map ? "fine" : map.error().ToString();
}

constexpr std::string_view kRows = R"({"source":"s","target":"t","element":[
  {"code":"a","target":[{"code":"A","display":"An A","equivalence":"equal"}]},
  {"code":"n","target":[{"equivalence":"unmatched"}]},
  {"code":"w","target":[{"code":"no","equivalence":"disjoint"},{"code":"W","equivalence":"wider"}]}])";

TEST(ConceptMap, AnswersFromItsRows) {
  const auto map = Make(std::string(kRows) + "}");
  const ConceptMap::Answer a = map->Translate("s", "a");
  EXPECT_EQ(a.outcome, ConceptMap::Outcome::kMapped);
  EXPECT_EQ(a.system, "t");
  EXPECT_EQ(a.code, "A");
  EXPECT_EQ(a.display, "An A");
  EXPECT_TRUE(a.used_system);
  EXPECT_FALSE(map->Translate("", "a").used_system);
  EXPECT_EQ(map->Translate("s", "w").code, "W");
  EXPECT_EQ(map->Translate("s", "n").outcome, ConceptMap::Outcome::kUnmatched);
  EXPECT_EQ(map->Translate("s", "z").outcome, ConceptMap::Outcome::kUnknown);
  EXPECT_EQ(map->Translate("other", "a").outcome, ConceptMap::Outcome::kUnknown);
}

TEST(ConceptMap, KnowsWhatToDoWithTheUnmapped) {
  const auto provided = Make(std::string(kRows) + R"(,"unmapped":{"mode":"provided"}})");
  EXPECT_EQ(provided->Translate("s", "z").outcome, ConceptMap::Outcome::kProvided);
  EXPECT_EQ(provided->Translate("s", "z").code, "z");
  EXPECT_EQ(provided->Translate("other", "z").outcome, ConceptMap::Outcome::kUnknown);
  const auto fixed = Make(std::string(kRows) + R"(,"unmapped":{"mode":"fixed","code":"F"}})");
  EXPECT_EQ(fixed->Translate("s", "z").outcome, ConceptMap::Outcome::kFixed);
  EXPECT_EQ(fixed->Translate("s", "z").code, "F");
  const auto first = Make(std::string(kRows) + R"(,"unmapped":{"mode":"other-map","url":"http://x/d"}})");
  const auto second = Make(R"({"source":"s","target":"u","element":[{"code":"z","target":[{"code":"Z"}]}],"unmapped":{"mode":"other-map","url":"http://x/c"}})", "http://x/d");
  EXPECT_EQ(first->Others(), std::vector<std::string_view>{"http://x/d"});
  first->Bind("http://x/d", second.get());
  second->Bind("http://x/c", first.get());
  EXPECT_EQ(first->Translate("s", "z").code, "Z");
  EXPECT_EQ(first->Translate("s", "y").outcome, ConceptMap::Outcome::kUnknown);   // a circle ends
}

TEST(ConceptMap, SaysWhatItCannotBe) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {R"({"resourceType":"ValueSet"})", "expected a ConceptMap, found ValueSet"},
      {R"({"resourceType":"ConceptMap"})", "this ConceptMap has no url, so that no map can name it (at ConceptMap.url)"},
      {R"({"resourceType":"ConceptMap","url":"u","group":[{"element":[{"display":"x"}]}]})", "a row of ConceptMap u has no code (at ConceptMap.group[0].element[0])"},
      {R"({"resourceType":"ConceptMap","url":"u","group":[{"element":[{"code":"x"},{"code":"x"}]}]})",
       "ConceptMap u has two rows for 'x' in one group (at ConceptMap.group[0].element[1])"},
      {R"({"resourceType":"ConceptMap","url":"u","group":[{"element":[{"code":"x","target":[{"code":"y","product":[{"property":"p","value":"v"}]}]}]}]})",
       "ConceptMap u: dependsOn and product are not supported; decide in the map with where (at ConceptMap.group[0].element[0].target[0])"},
      {R"({"resourceType":"ConceptMap","url":"u","group":[{"unmapped":{"mode":"guess"}}]})",
       "unmapped.mode is provided, fixed or other-map, found 'guess' (at ConceptMap.group[0].unmapped)"},
      {R"({"resourceType":"ConceptMap","url":"u","group":[{"unmapped":{"mode":"fixed"}}]})", "unmapped.mode fixed needs unmapped.code (at ConceptMap.group[0].unmapped)"},
  };
  for (const auto& [json, problem] : table) EXPECT_EQ(Problem(json), problem);
}

TEST(ConceptMap, NamesPrefixesThatABlockDoesNotDeclare) {
  EmbeddedConceptMap block;
  block.id = "#g";
  block.prefixes = {{"s", "http://s"}};
  block.rows = {{"s", "a", "t", "b", "equal"}};
  const auto map = ConceptMap::FromBlock(block, "m.map", "http://x/m#g");
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().ToString(), "conceptmap #g uses the prefix 't', which it does not declare (at m.map:1:1)");
}

}  // namespace
}  // namespace fhir::mapping
