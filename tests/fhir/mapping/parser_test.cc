// What the parser reads, and the words of its errors.
#include "fhir/mapping/parser.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/shared_data.h"

namespace fhir::mapping {
namespace {

constexpr std::string_view kHead = "map \"http://x/m\" = \"m\"\n";

std::string Problem(std::string_view body) {
  const auto map = ParseMap("a.map", std::string(kHead) + std::string(body));
  return map ? "parsed" : map.error().path() + ": " + map.error().text();
}

TEST(Parser, ReadsEveryPartOfARule) {
  const auto map = ParseMap("a.map", R"(/// url = "http://x/m"
/// name = 'm'
/* a comment
   of two lines */
conceptmap "#g" {
  prefix s = "http://s"
  prefix t = "http://t"
  unmapped for s = provided
  s:male - t:M
  s:"not known" = t:12-b
}
uses "http://x/In" alias In as source
uses "http://x/Out" as target
imports "http://x/*"
let greeting = 'hi' & 'ho';
group main(source src : In, target tgt : Out) extends base <<type+>> {
  src.a : string 0..1 default 'd' only_one as v where (v != 'x') check v.exists() log('seen ' & v), src.b as w
    -> tgt.c = append(v, "-", w) as d share name, tgt.e = (v + 1) as f, tgt.g = evaluate(src, a.where($this = ')').first()), create('X') as x
    then one(v, d), two(w, 'k') { v.value -> d.value; } "all of it";
  src.plain -> tgt.plain;
}
)");
  ASSERT_TRUE(map) << map.error().ToString();
  const Map& m = **map;
  EXPECT_EQ(m.url, "http://x/m");
  EXPECT_EQ(m.name, "m");
  ASSERT_EQ(m.concept_maps.size(), 1u);
  EXPECT_EQ(m.concept_maps[0].rows[1].source_code, "not known");
  EXPECT_EQ(m.concept_maps[0].rows[1].target_code, "12-b");
  EXPECT_EQ(m.concept_maps[0].rows[1].equivalence, "equivalent");
  EXPECT_EQ(m.concept_maps[0].unmapped[0].mode, "provided");
  ASSERT_EQ(m.uses.size(), 2u);
  EXPECT_EQ(m.uses[0].alias, "In");
  EXPECT_EQ(m.uses[1].mode, UsesMode::kTarget);
  EXPECT_EQ(m.constants[0].value.text, "'hi' & 'ho'");
  const Group& group = m.groups[0];
  EXPECT_EQ(group.extends, "base");
  EXPECT_EQ(group.type_mode, GroupTypeMode::kTypeAndTypes);
  const Rule& rule = group.rules[0];
  EXPECT_EQ(rule.name, "all of it");
  EXPECT_EQ(rule.place, "a.map:17:3");
  ASSERT_EQ(rule.sources.size(), 2u);
  const Source& source = rule.sources[0];
  EXPECT_EQ(source.path, std::vector<std::string>{"a"});
  EXPECT_EQ(source.type, "string");
  EXPECT_EQ(source.min, 0u);
  EXPECT_EQ(source.max, 1u);
  EXPECT_EQ(source.default_value->text, "d");
  EXPECT_EQ(source.list_mode, SourceListMode::kOnlyOne);
  EXPECT_EQ(source.variable, "v");
  EXPECT_EQ(source.where.text, "(v != 'x')");
  EXPECT_EQ(source.check.text, "v.exists()");
  EXPECT_EQ(source.log.text, "('seen ' & v)");
  ASSERT_EQ(rule.targets.size(), 4u);
  EXPECT_EQ(rule.targets[0].transform->name, "append");
  EXPECT_EQ(rule.targets[0].transform->arguments.size(), 3u);
  EXPECT_EQ(rule.targets[0].share, "name");
  EXPECT_EQ(rule.targets[1].transform->arguments[0].formula.text, "v + 1");
  EXPECT_EQ(rule.targets[2].transform->arguments[1].formula.text, "a.where($this = ')').first()");
  EXPECT_EQ(rule.targets[3].variable, "x");
  EXPECT_TRUE(rule.targets[3].context.empty());
  ASSERT_EQ(rule.calls.size(), 2u);
  EXPECT_EQ(rule.calls[1].arguments[1].kind, Argument::Kind::kString);
  ASSERT_EQ(rule.rules.size(), 1u);
  EXPECT_TRUE(rule.rules[0].is_simple);
  EXPECT_FALSE(rule.is_simple);
}

TEST(Parser, TellsARuleNameFromAnExpression) {
  const auto map = ParseMap("a.map", std::string(kHead) + R"(group g(source s, target t) {
    s.a as v where v = "x" "named";
    s.b as v where (v = "x") "named too" ;
  })");
  ASSERT_TRUE(map) << map.error().ToString();
  EXPECT_EQ((*map)->groups[0].rules[0].sources[0].where.text, "v = \"x\"");
  EXPECT_EQ((*map)->groups[0].rules[0].name, "named");
  EXPECT_EQ((*map)->groups[0].rules[1].sources[0].where.text, "(v = \"x\")");
  EXPECT_EQ((*map)->groups[0].rules[1].name, "named too");
}

TEST(Parser, SaysWhatIsWrongAndWhere) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"", "a.map:2:1: expected 'uses', 'imports', 'let', 'conceptmap' or 'group', found the end of the file"},
      {"group g {", "a.map:2:9: expected '(' and the group's parameters, found '{'"},
      {"group g(src) {}", "a.map:2:9: expected 'source' or 'target' before a parameter's name, found 'src'"},
      {"group g(source s, target t) {", "a.map:2:30: expected a rule or '}', found the end of the file"},
      {"group g(source s, target t) {\n  s.a -> t.a\n  s.b -> t.b;\n}", "a.map:4:4: expected ';' after the rule, found '.'"},
      {"group g(source s, target t) { s.a -> ; }", "a.map:2:38: expected a target: a target variable or a transform, found ';'"},
      {"group g(source s, target t) { s.a t.b; }", "a.map:2:36: expected '->', 'then' or ';', found '.'"},
      {"group g(source s, target t) { s.a as v -> t.a = ; }",
       "a.map:2:49: expected a value: a variable, a literal, a transform or an expression in parentheses, found ';'"},
      {"group g(source s, target t) { s.a where (b = (1) -> t.a; }", "a.map:2:58: expected ')' here, found '}'"},
      {"group g(source s, target t) { s.a where -> t.a; }", "a.map:2:41: expected a condition after where (FHIRPath), found '->'"},
      {"group g(source s, target t) { s.a -> t.a = 'x; }", "a.map:2:44: this text is not closed; end it with '"},
      {"group g(source s, target t) <<any>> {}", "a.map:2:31: expected 'types' or 'type+' between << and >>, found 'any'"},
      {"uses \"http://x\" as input", "a.map:2:20: expected source, queried, target or produced, found 'input'"},
      {"uses http", "a.map:2:6: expected the url of a structure in quotes, found 'http'"},
      {"conceptmap \"#a\" { prefix s = \"x\" s:a ? s:b }", "a.map:2:38: found '?', which the mapping language does not use"},
      {"conceptmap \"#a\" { prefix s = \"x\" s:a -> s:b }", "a.map:2:38: expected '-', '=', '==', '!=', '<=', '>=' or '~' between the two codes, found '->'"},
      {"/* never closed", "a.map:2:1: this comment is not closed; end it with */"},
      {"group g(source s, target t) { s.\xC3\xA9 -> t.a; }", "a.map:2:33: found a character outside of ASCII; it can only stand in quotes"},
      {"group g(source s, target t) {} trailing", "a.map:2:32: expected 'group' or the end of the file, found 'trailing'"},
      {"group g(source s, target t) { s.a : string 1.. -> t.a; }", "a.map:2:48: expected a number or '*' after '..', found '->'"},
      {"group g(source s, target t) { s.a as v -> t.a = \"\\q\"; }",
       "a.map:2:50: found an unknown escape; known are \\n \\r \\t \\f \\\\ \\/ \\' \\\" \\` \\uXXXX"},
  };
  for (const auto& [body, problem] : table) EXPECT_EQ(Problem(body), problem) << body;
  const auto headless = ParseMap("a.map", "group g(source s, target t) {}");
  ASSERT_FALSE(headless);
  EXPECT_EQ(headless.error().text(), "expected 'map \"url\" = \"name\"' or a line '/// url = \"…\"', found 'group'");
}

TEST(Parser, BoundsNesting) {
  std::string deep = std::string(kHead) + "group g(source s, target t) {";
  for (int i = 0; i < 100000; ++i) deep += "s.a then {";
  EXPECT_FALSE(ParseMap("a.map", deep));
  EXPECT_FALSE(ParseMap("a.map", std::string(kHead) + "group g(source s, target t) { s where " + std::string(100000, '(')));
}

TEST(Parser, ReadsThePublishedMaps) {
  REQUIRE_SHARED_DATA("fml");
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(careloom_test::SharedData("fml"))) {
    if (entry.path().extension() != ".map") continue;
    const auto map = ParseMap(entry.path().filename().string(), careloom_test::ReadFile(entry.path()));
    EXPECT_TRUE(map) << map.error().ToString();
    ++count;
  }
  EXPECT_GE(count, 20);
}

}  // namespace
}  // namespace fhir::mapping
