// The engine where data files do not reach: the caller's hooks, budgets, and that coverage is honest.
#include "fhir/mapping/engine.h"

#include <functional>

#include "tests/fhir/mapping/mapping_fixture.h"

namespace fhir::mapping {
namespace {

TEST(Engine, CallsTransformsOfTheCallerWithTheirLeaves) {
  const auto maps = CompileOne(MapOf("Patient", "Patient", "src.id as v -> tgt.id = shout(v, '!');\nsrc.language as v -> tgt.language = shout(v, '?');"), {"shout"});
  ASSERT_TRUE(maps) << maps.error().ToString();
  TransformContext context;
  context.transforms["shout"] = [](const TransformCall& call) -> Result<Datum> {
    if (call.arguments[1].text == "?") return Error(ErrorKind::kUnprocessable, "no questions");
    Datum datum;
    datum.kind = ValueKind::kString;
    datum.text = call.arguments[0].text + call.arguments[1].text;
    datum.leaves = call.Leaves();
    return datum;
  };
  const Outcome outcome = RunCompiled(**maps, R"({"resourceType":"Patient","id":"a","language":"en"})", context);
  EXPECT_EQ(outcome.json, R"({"resourceType":"Patient","id":"a!"})");
  EXPECT_EQ(outcome.not_carried, std::vector<std::string>{"Patient.language"});
  ASSERT_EQ(outcome.issues.size(), 1u);
  EXPECT_EQ(outcome.issues[0], "error processing Patient.language: no questions (rule m.map:6:1)");
}

TEST(Engine, TakesElementsThatTheCallerMakes) {
  const auto maps = CompileOne(MapOf("Patient", "Patient", "src.id as v -> tgt.identifier = own(v);"), {"own"});
  ASSERT_TRUE(maps) << maps.error().ToString();
  TransformContext context;
  context.transforms["own"] = [](const TransformCall& call) -> Result<Datum> {
    Datum datum;
    datum.made = call.target.New({});
    call.target.AddString(datum.made, "value", call.arguments[0].text);
    datum.type = "Identifier";
    datum.leaves = call.Leaves();
    return datum;
  };
  const Outcome outcome = RunCompiled(**maps, R"({"resourceType":"Patient","id":"a"})", context);
  EXPECT_EQ(outcome.json, R"({"resourceType":"Patient","identifier":[{"value":"a"}]})");
  EXPECT_TRUE(outcome.not_carried.empty());
}

TEST(Engine, UsesTheCallersVariablesAndReferences) {
  const auto maps = CompileOne(MapOf("Patient", "Basic", "src -> tgt.language = (%lang), tgt.subject as s, s.reference = reference(src);"));
  ASSERT_TRUE(maps) << maps.error().ToString();
  TransformContext context;
  path::Collection values;
  values.push_back(path::Value(path::SystemValue{path::SystemType::kString, "cy", {}}));
  context.variables.emplace_back("lang", std::move(values));
  context.reference = [](const Element& resource) -> Result<std::string> { return "urn:x:" + std::string(resource.ValueOf("id")); };
  const Outcome outcome = RunCompiled(**maps, R"({"resourceType":"Patient","id":"a"})", context);
  EXPECT_EQ(outcome.json, R"({"resourceType":"Basic","language":"cy","subject":{"reference":"urn:x:a"}})") << testing::PrintToString(outcome.issues);
}

TEST(Engine, CopiesWhatAnExpressionMade) {
  const Outcome outcome = RunMap(MapOf("Patient", "Patient", "src -> tgt.contained = (src.managingOrganization.resolve());"),
                                 R"({"resourceType":"Patient","managingOrganization":{"reference":"Organization/1"}})");
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.json, R"({"resourceType":"Patient","contained":[{"resourceType":"Organization"}]})") << testing::PrintToString(outcome.issues);
}

TEST(Engine, EndsWhatDoesNotEnd) {
  const Outcome deep = RunMap(MapOf("Patient", "Patient", "src then main(src, tgt);"), R"({"resourceType":"Patient","id":"a"})");
  EXPECT_EQ(deep.error, "groups call each other more than 100 deep; the last is 'main' (at m.map:5:1)");
  std::string names;
  for (int i = 0; i < 300; ++i) names += (i ? ",\"" : "\"") + std::to_string(i) + '"';
  const auto maps = CompileOne(MapOf("Patient", "Patient", "src.name as n then { n.given as a, n.given as b, n.given as c -> tgt.name as x; };"));
  ASSERT_TRUE(maps) << maps.error().ToString();
  TransformContext context;
  context.max_steps = 10000;
  const Outcome wide = RunCompiled(**maps, R"({"resourceType":"Patient","name":[{"given":[)" + names + "]}]}", context);
  EXPECT_EQ(wide.error, "the transform takes more than 10000 steps (at m.map:5:22)");
}

TEST(Engine, BuildsTypesThatNoDefinitionKnows) {
  std::string text = MapOf("Patient", "Patient", "src.id as v -> tgt.title as t, t.data = v;\nsrc.name as n -> tgt.part as p then { n.family as f -> p.name = f; };");
  const std::string known = "http://hl7.org/fhir/StructureDefinition/Patient\" alias To";
  text.replace(text.find(known), known.size(), "http://elsewhere/Document\" alias To");
  const Outcome outcome = RunMap(text, R"({"resourceType":"Patient","id":"a","name":[{"family":"X"},{"family":"Y"}]})");
  EXPECT_EQ(outcome.json, R"({"title":{"data":"a"},"part":[{"name":"X"},{"name":"Y"}]})") << outcome.error;
}

TEST(Engine, ReadsSourcesWithoutDefinitions) {
  const auto maps = CompileOne(MapOf("Observation", "Observation",
                                     "src.value : Quantity as v -> tgt.value = v;\nsrc.value : string as v -> tgt.value = v;\nsrc.effective as e -> tgt.effective = e;"));
  ASSERT_TRUE(maps) << maps.error().ToString();
  TransformContext context;
  const Outcome outcome = RunCompiled(**maps, R"({"resourceType":"Observation","effectiveDateTime":"2020","valueQuantity":{"value":1.0}})", context, false);
  EXPECT_EQ(outcome.json, R"({"resourceType":"Observation","valueQuantity":{"value":1.0},"effectiveDateTime":"2020"})") << testing::PrintToString(outcome.issues);
  EXPECT_TRUE(outcome.not_carried.empty());
}

TEST(Engine, SaysWhatTheTargetDoesNotHave) {
  const Outcome outcome = RunMap(MapOf("Patient", "Person", "src.contact as c -> tgt.link = c;\nsrc.maritalStatus as m -> tgt.active = m;"),
                                 R"({"resourceType":"Patient","maritalStatus":{"text":"t"},"contact":[{"gender":"male","period":{"start":"2020"}}]})");
  EXPECT_EQ(outcome.json, R"({"resourceType":"Person"})");
  EXPECT_EQ(outcome.issues.size(), 3u) << testing::PrintToString(outcome.issues);
  EXPECT_EQ(outcome.not_carried.size(), 3u);
}

TEST(Engine, KeepsWhatStandsBehindAMadeElementThatReplacesAnother) {
  const Outcome outcome = RunMap(MapOf("Patient", "Observation", "src.id as v -> tgt.code = cc(v);\nsrc.language as v -> tgt.code = cc('s', v);"),
                                 R"({"resourceType":"Patient","id":"a","language":"b"})");
  EXPECT_EQ(outcome.json, R"({"resourceType":"Observation","code":{"coding":[{"system":"s","code":"b"}]}})");
  EXPECT_EQ(outcome.issues.size(), 1u);
  EXPECT_EQ(outcome.not_carried, std::vector<std::string>{"Patient.id"});
}

TEST(Engine, ReplacesWithAWarningNeverInSilence) {
  const Outcome outcome = RunMap(MapOf("Patient", "Patient", "src.id as v -> tgt.language = v;\nsrc.language as v -> tgt.language = v;"),
                                 R"({"resourceType":"Patient","id":"a","language":"b"})");
  EXPECT_EQ(outcome.json, R"({"resourceType":"Patient","language":"b"})");
  ASSERT_EQ(outcome.issues.size(), 1u);
  EXPECT_TRUE(outcome.issues[0].starts_with("warning multiple-values Patient.language: 'language' takes one value;")) << outcome.issues[0];
  EXPECT_EQ(outcome.not_carried, std::vector<std::string>{"Patient.id"});
}

// Changing a scalar that counts as carried changes the output or is reported with its path.
TEST(Engine, CountsAsCarriedOnlyWhatShows) {
  const std::string text = MapOf("Patient", "Observation", R"(
    src.id -> tgt.id;
    src.gender as g -> tgt.language = (iif(g = 'male', 'm', 'x'));
    src.active as a -> tgt.status = (iif(a, 'final', 'preliminary'));
    src.birthDate as b -> tgt.note as n, n.text = (b.toString().substring(0, 4) & '!');
    src.name as n -> tgt.note as t, t.text = append(n.family, ' ', (n.given.first()));
    src.telecom as c -> tgt.note as t, t.text = truncate(c.value, 3);
    src -> tgt.note as t, t.text = (src.identifier.where(system = 'a').value);
    src.contact as c where (c.gender = 'female') -> tgt.note as t, t.text = 'a woman';
    src.address as a -> tgt.note as t, t.text = cast(a.city, 'string');
    src.communication as c -> tgt.component as d, d.code = cc(c.language.text), d.value = c.preferred;)");
  const std::string input = R"({"resourceType":"Patient","id":"1","gender":"male","active":true,"birthDate":"1950-03-04",)"
                            R"("name":[{"family":"F","given":["G","H"]}],"telecom":[{"value":"12"},{"value":"12345"}],)"
                            R"("identifier":[{"system":"a","value":"v"},{"system":"b","value":"w"}],"contact":[{"gender":"female"}],)"
                            R"("address":[{"city":"c"}],"communication":[{"language":{"text":"t"},"preferred":true}]})";
  const Outcome outcome = RunMap(text, input);
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.not_carried, (std::vector<std::string>{"Patient.birthDate", "Patient.name[0].given[1]", "Patient.telecom[1].value", "Patient.identifier[0].system",
                                                           "Patient.identifier[1].system", "Patient.identifier[1].value", "Patient.contact[0].gender"}))
      << outcome.json << testing::PrintToString(outcome.issues);
  EXPECT_EQ(outcome.issues.size(), 1u) << testing::PrintToString(outcome.issues);   // the text that is cut

  const auto maps = CompileOne(text);
  auto source = json::Read(input);
  std::vector<Element*> leaves;
  const std::function<void(Element&)> collect = [&](Element& element) {
    if (element.leaf != 0) leaves.push_back(&element);
    for (Element* child = element.first_child; child; child = child->next) collect(*child);
  };
  collect(*source->root);
  for (Element* leaf : leaves) {
    const std::string_view before = leaf->text;
    const std::string path = PathOf(*leaf);
    leaf->text = leaf->kind == ValueKind::kBoolean ? (before == "true" ? "false" : "true") : "changed";
    TransformContext context;
    const Outcome after = RunCompiled(**maps, json::Write(*source->root), context);
    leaf->text = before;
    const bool carried = std::find(outcome.not_carried.begin(), outcome.not_carried.end(), path) == outcome.not_carried.end();
    bool reported = false;
    for (const std::string& issue : after.issues) reported = reported || issue.find(path + ":") != std::string::npos;
    EXPECT_TRUE(!carried || reported || after.json != outcome.json) << path;
  }
}

}  // namespace
}  // namespace fhir::mapping
