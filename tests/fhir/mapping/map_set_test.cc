// What a map may not say, found when it is compiled.
#include "fhir/mapping/map_set.h"

#include "tests/fhir/mapping/mapping_fixture.h"

namespace fhir::mapping {
namespace {

TEST(MapSet, SaysWhatAMapNamesThatIsNotThere) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"src.id as v -> tgt.idd = v;", "Patient has no element 'idd' (at m.map:5:16)"},
      {"src.id as v -> tgt.id = w;", "the variable 'w' is not known here; known are src, tgt, v (at m.map:5:25)"},
      {"srcc.id -> tgt.id;", "the variable 'srcc' is not known here; known are src, tgt (at m.map:5:1)"},
      {"src.id -> src.id;", "'src' is a source; a target variable belongs here (at m.map:5:11)"},
      {"src.id as v -> tgt.id = shout(v);",
       "there is no transform 'shout'; known are append, c, cast, cc, copy, cp, create, dateOp, escape, evaluate, id, pointer, qty, reference, translate, truncate, uuid (at m.map:5:25)"},
      {"src.id as v -> tgt.id = truncate(v);", "wrong number of arguments (1): truncate(text, length) (at m.map:5:25)"},
      {"src.id as v -> tgt.id = dateOp(v);", "'dateOp' is not supported. dateOp: not defined by the standard; use evaluate (at m.map:5:25)"},
      {"src.id as v -> tgt.gender = translate(v, '#g', 'code');", "there is no concept map '#g' (at m.map:5:42)"},
      {"src.name as v -> tgt.name = create('HumanNames') as n;",
       "the type 'HumanNames' is not known: no 'uses' line has it as its alias, and it is no type of the definitions (at m.map:5:36)"},
      {"src.name as v -> tgt.name = create('Quantity') as n;", "Patient.name cannot be a Quantity (at m.map:5:18)"},
      {"src.name as v then Name(v, tgt);", "there is no group 'Name' in this map or the maps it imports (it imports none) (at m.map:5:20)"},
      {"src.name as v then main(v);", "group 'main' takes 2 arguments, found 1 (at m.map:5:20)"},
      {"src.name as v then main(v, v);", "the parameter 'tgt' of group 'main' is a target; a target variable belongs here (at m.map:5:28)"},
  };
  for (const auto& [rules, problem] : table) {
    const auto maps = CompileOne(MapOf("Patient", "Patient", rules));
    ASSERT_FALSE(maps) << rules;
    EXPECT_EQ(maps.error().ToString(), problem) << rules;
  }
}

TEST(MapSet, NamesAnExpressionThatIsNotFhirPath) {
  const auto maps = CompileOne(MapOf("Patient", "Patient", "src.id as v where (v = = 'x') -> tgt.id = v;"));
  ASSERT_FALSE(maps);
  EXPECT_TRUE(maps.error().text().starts_with("'(v = = 'x')' is not a FHIRPath expression that can run: ")) << maps.error().text();
  EXPECT_EQ(maps.error().path(), "m.map:5:19");
}

TEST(MapSet, NamesAMissingImport) {
  std::string text = MapOf("Patient", "Patient", "src.id -> tgt.id;");
  text.insert(text.find("group"), "imports \"http://x/other*\"\n");
  const auto maps = CompileOne(text);
  ASSERT_FALSE(maps);
  EXPECT_EQ(maps.error().ToString(), "imports \"http://x/other*\": there is no such map; there are http://x/m (at m.map:4:1)");
}

TEST(MapSet, ReportsEveryProblem) {
  MapSources sources;
  sources.maps.push_back({"m.map", MapOf("Patient", "Patient", "src.a as v -> tgt.b = v;\nsrc.c as v -> tgt.d = v;")});
  IssueSink issues;
  const auto maps = MapSet::Compile(sources, R4(), &issues);
  ASSERT_FALSE(maps);
  EXPECT_EQ(issues.error_count(), 2u);
  EXPECT_TRUE(maps.error().text().ends_with(" (and 1 more)"));
}

TEST(MapSet, WarnsOfSourceElementsThatTheTypeDoesNotHave) {
  MapSources sources;
  sources.maps.push_back({"m.map", MapOf("Patient", "Patient", "src.birthdate -> tgt.birthDate;\nsrc.contact as c then { c.gendre as g -> tgt.gender = g; };\nsrc.deceased as d -> tgt.deceased = d;")});
  IssueSink issues;
  const auto maps = MapSet::Compile(sources, R4(), &issues);
  ASSERT_TRUE(maps) << maps.error().ToString();
  ASSERT_EQ(issues.issues().size(), 2u);
  EXPECT_EQ(issues.issues()[0].text, "Patient has no element 'birthdate'; this rule matches nothing");
  EXPECT_EQ(issues.issues()[0].expression, "m.map:5:1");
  EXPECT_EQ(issues.issues()[1].text, "Patient.contact has no element 'gendre'; this rule matches nothing");
}

TEST(MapSet, WarnsOfTargetsThatNothingFills) {
  MapSources sources;
  sources.maps.push_back({"m.map", MapOf("Patient", "Patient", "src.contact as c -> tgt.contact;\nsrc.contact -> tgt.contact;")});
  IssueSink issues;
  ASSERT_TRUE(MapSet::Compile(sources, R4(), &issues));
  ASSERT_EQ(issues.issues().size(), 1u);
  EXPECT_EQ(issues.issues()[0].text, "'tgt.contact' is made and never filled; give it a value, or a name and rules that fill it");
}

TEST(MapSet, RefusesCirclesOfGroups) {
  const auto maps = CompileOne(MapOf("Patient", "Patient", "", "group a(source s, target t) extends b {}\ngroup b(source s, target t) extends a {}"));
  ASSERT_FALSE(maps);
  EXPECT_EQ(maps.error().ToString(), "group 'a' extends itself by a circle of groups (and 1 more) (at m.map:7:1)");
}

TEST(MapSet, AcceptsTransformsOfTheCaller) {
  EXPECT_TRUE(CompileOne(MapOf("Patient", "Patient", "src.id as v -> tgt.id = shout(v);"), {"shout"}));
}

TEST(MapSet, ListsGroups) {
  const auto maps = CompileOne(MapOf("Patient", "Patient", "src.id -> tgt.id;"));
  ASSERT_TRUE(maps) << maps.error().ToString();
  EXPECT_TRUE((*maps)->GetGroup("http://x/m"));
  EXPECT_EQ((*maps)->GetGroup("http://x/m", "other").error().text(), "map http://x/m has no group 'other'; it has main");
  EXPECT_EQ((*maps)->GetGroup("http://x/n").error().text(), "there is no map http://x/n; there are http://x/m");
}

}  // namespace
}  // namespace fhir::mapping
