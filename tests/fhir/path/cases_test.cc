// Our own cases of expressions (tests/cases/fhirpath), each over the same patient; and what bounds a
// compile and an evaluation.
#include <rapidjson/document.h>

#include <set>

#include "fhir/json/reader.h"
#include "fhir/path/expression.h"
#include "fhir/path/functions/catalogue.h"
#include "fhir/path/parser.h"
#include "fhir/path/scalar.h"
#include "tests/support/shared_data.h"

namespace {

using fhir::path::Collection;
using fhir::path::Context;
using fhir::path::Expression;

const fhir::schema::Registry& R4() {
  static const auto registry = fhir::schema::Registry::LoadR4();
  return **registry;
}

std::string CasesFolder() { return std::string(CARELOOM_SOURCE_DIR) + "/tests/cases/fhirpath/"; }

fhir::Document Bound(const std::string& json, std::size_t depth = 64) {
  fhir::json::ReadOptions options;
  options.max_depth = depth;
  fhir::Result<fhir::Document> read = fhir::json::Read(json, options);
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().ToString());
  if (!read) return fhir::Document();
  fhir::schema::Bind(*read->root, R4());
  return std::move(*read);
}

std::string Shown(const fhir::path::Value& value) {
  const std::optional<fhir::path::Scalar> scalar = fhir::path::ToScalar(value);
  if (!scalar) return "(complex)";
  std::string text = std::string(fhir::path::SystemTypeName(scalar->type)) + ":" + std::string(scalar->text);
  return scalar->type == fhir::path::SystemType::kQuantity ? text + " '" + std::string(scalar->unit) + "'" : text;
}

std::vector<std::string> Shown(const Collection& collection) {
  std::vector<std::string> shown;
  for (const fhir::path::Value& value : collection) shown.push_back(Shown(value));
  return shown;
}

// The results, or one text that starts with "error ".
std::vector<std::string> Evaluated(const std::string& text, const fhir::Element& focus, const Context& context = {}) {
  const auto compiled = Expression::Compile(text, R4());
  if (!compiled) return {"error " + compiled.error().ToString()};
  const auto found = compiled->Evaluate(focus, context);
  if (!found) return {"error " + found.error().ToString()};
  return Shown(*found);
}

class FhirPathCases : public testing::TestWithParam<std::string> {};

TEST_P(FhirPathCases, AnswerAsTheTableSays) {
  const fhir::Document patient = Bound(careloom_test::ReadFile(CasesFolder() + "patient.json"));
  ASSERT_NE(patient.root, nullptr);
  rapidjson::Document table;
  const std::string text = careloom_test::ReadFile(CasesFolder() + GetParam() + ".json");
  table.Parse(text.c_str(), text.size());
  ASSERT_TRUE(table.IsArray() && !table.Empty());
  Context context;
  context.now = "2026-11-21T10:00:00.000+00:00";
  for (const rapidjson::Value& row : table.GetArray()) {
    const std::string expression = row["expr"].GetString();
    const std::vector<std::string> found = Evaluated(expression, *patient.root, context);
    if (row.HasMember("error")) {
      ASSERT_EQ(found.size(), 1u) << expression;
      EXPECT_EQ(found[0].substr(0, 6), "error ") << expression << ": " << found[0];
      EXPECT_NE(found[0].find(row["error"].GetString()), std::string::npos) << expression << ": " << found[0];
      continue;
    }
    std::vector<std::string> wanted;
    for (const rapidjson::Value& value : row["result"].GetArray()) wanted.push_back(value.GetString());
    EXPECT_EQ(found, wanted) << expression;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, FhirPathCases, testing::Values("paths", "values", "syntax"), [](const auto& test) { return test.param; });

std::string Repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(FhirPathLimits, DeepNestingIsRefusedWithAPlace) {
  const fhir::Document patient = Bound(R"({"resourceType":"Patient","id":"a"})");
  for (const std::string& text : {Repeated("(", 20000) + "1" + Repeated(")", 20000), Repeated("-", 20000) + "1", "1" + Repeated("+1", 20000), "id" + Repeated(".id", 15000),
                                  "id" + Repeated("[0]", 15000), Repeated("iif(true,", 5000) + "1" + Repeated(")", 5000), "1" + Repeated(" is Integer", 5000)}) {
    const auto found = Evaluated(text, *patient.root);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(found[0].find("nested deeper"), std::string::npos) << text.substr(0, 30) << found[0];
    EXPECT_NE(found[0].find("column"), std::string::npos) << found[0];
  }
  EXPECT_EQ(Evaluated(Repeated("(", 100) + "1" + Repeated(")", 100), *patient.root), std::vector<std::string>{"Integer:1"});
  EXPECT_NE(Evaluated(std::string(fhir::path::kMaxExpressionBytes + 1, ' '), *patient.root)[0].find("longer than"), std::string::npos);
}

TEST(FhirPathLimits, AnEvaluationThatExplodesStops) {
  const fhir::Document patient = Bound(careloom_test::ReadFile(CasesFolder() + "patient.json"));
  for (const char* text : {"descendants().select(%resource.descendants().select(%resource.descendants().select(%resource.descendants())))",
                           "repeat($this & 'a')", "(1 'mg').repeat($this + 1 'mg')", "'aaaaaaaaaaaaaaaa'.replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa')"}) {
    const auto found = Evaluated(text, text[0] == 'r' ? *patient.root->Find("id") : *patient.root);
    ASSERT_EQ(found.size(), 1u) << text;
    EXPECT_NE(found[0].find("steps"), std::string::npos) << text << ": " << found[0].substr(0, 200);
  }
}

TEST(FhirPathLimits, PatternsMadeWhileEvaluatingCountAsTheWorkTheyAre) {
  std::string json = R"({"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"a0","type":"group"})";
  for (int i = 1; i < 1000; ++i) json += R"(,{"linkId":"a)" + std::to_string(i) + R"(","type":"group"})";
  const fhir::Document document = Bound(json + "]}");
  EXPECT_EQ(Evaluated("item.where(linkId.matches('a[0-9]+')).count()", *document.root), std::vector<std::string>{"Integer:1000"});
  EXPECT_NE(Evaluated("item.where(linkId.matches('a' & '[0-9]+')).count()", *document.root)[0].find("steps"), std::string::npos);
}

TEST(FhirPathLimits, DeepTreesAreWalkedWithoutDeepStacks) {
  std::string json = R"({"resourceType":"Questionnaire","status":"draft","item":[)";
  json += Repeated(R"({"linkId":"a","type":"group","item":[)", 4000) + R"({"linkId":"b","type":"display"})" + Repeated("]}", 4000) + "]}";
  const fhir::Document document = Bound(json, 20000);
  ASSERT_NE(document.root, nullptr);
  EXPECT_EQ(Evaluated("descendants().where(linkId = 'b').count()", *document.root), std::vector<std::string>{"Integer:1"});
  EXPECT_EQ(Evaluated("item = item", *document.root), std::vector<std::string>{"Boolean:true"});
}

TEST(FhirPathFunctions, HaveOneEntryAndASummaryEach) {
  std::set<std::string_view> names;
  for (const fhir::path::Function& function : fhir::path::Functions()) {
    EXPECT_TRUE(names.insert(function.name).second) << function.name;
    EXPECT_FALSE(function.summary.empty()) << function.name;
    EXPECT_LE(function.min_arguments, function.max_arguments) << function.name;
  }
}

TEST(FhirPathContext, VariablesResolversAndTracesAreTheCallers) {
  const fhir::Document patient = Bound(careloom_test::ReadFile(CasesFolder() + "patient.json"));
  const fhir::Document other = Bound(R"({"resourceType":"Practitioner","id":"7","gender":"other"})");
  Context context;
  context.variables.emplace_back("answer", Collection{fhir::path::Value(fhir::path::SystemValue{fhir::path::SystemType::kInteger, "42", {}})});
  context.resolve = [&other](std::string_view reference) { return reference == "Practitioner/7" ? other.root : nullptr; };
  std::vector<std::string> traced;
  context.trace = [&traced](std::string_view name, const Collection& values) { traced.push_back(std::string(name) + " " + std::to_string(values.size())); };
  EXPECT_EQ(Evaluated("%answer + 1", *patient.root, context), std::vector<std::string>{"Integer:43"});
  EXPECT_EQ(Evaluated("generalPractitioner.resolve().gender", *patient.root, context), std::vector<std::string>{"String:other"});
  EXPECT_EQ(Evaluated("name.trace('names').trace('given', given).count()", *patient.root, context), std::vector<std::string>{"Integer:2"});
  EXPECT_EQ(traced, (std::vector<std::string>{"names 2", "given 3"}));
  EXPECT_NE(Evaluated("now()", *patient.root)[0].find("needs to be told the time"), std::string::npos);
}

TEST(FhirPathContext, ReferencesResolveWithinTheirBundleAndContainer) {
  const fhir::Document bundle = Bound(R"({"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p","gender":"male"}},
    {"resource":{"resourceType":"Condition","contained":[{"resourceType":"Practitioner","id":"c"}],
      "subject":{"reference":"urn:uuid:1"},"asserter":{"reference":"#c"},"recorder":{"reference":"Practitioner/none"}}},
    {"resource":{"resourceType":"Condition","subject":{"reference":"Patient/p"}}}]})");
  EXPECT_EQ(Evaluated("entry.resource.ofType(Condition).subject.resolve().gender", *bundle.root), (std::vector<std::string>{"String:male", "String:male"}));
  EXPECT_EQ(Evaluated("entry.resource.ofType(Condition).asserter.resolve().id", *bundle.root), std::vector<std::string>{"String:c"});
  EXPECT_EQ(Evaluated("entry.resource.ofType(Condition).recorder.resolve().type().name", *bundle.root), std::vector<std::string>{"String:Practitioner"});
}

TEST(FhirPathCollection, KeepsWhatTheEvaluationMadeAlive) {
  const fhir::Document patient = Bound(careloom_test::ReadFile(CasesFolder() + "patient.json"));
  Collection kept;
  {
    const auto compiled = Expression::Compile("generalPractitioner.resolve()", R4());
    kept = *compiled->Evaluate(*patient.root);
  }
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(std::get<const fhir::Element*>(kept[0])->resource_type(), "Practitioner");
}

TEST(FhirPathUnbound, SourcesWithoutDefinitionsAnswerByNames) {
  auto read = fhir::json::Read(R"({"resourceType":"Observation","valueQuantity":{"value":5},"effectiveDateTime":"2020","values":[1,2.5,true,"x"]})");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(Evaluated("Observation.value.value", *read->root), std::vector<std::string>{"Integer:5"});
  EXPECT_EQ(Evaluated("values", *read->root), (std::vector<std::string>{"Integer:1", "Decimal:2.5", "Boolean:true", "String:x"}));
  EXPECT_EQ(Evaluated("effective", *read->root), std::vector<std::string>{"String:2020"});
}

}  // namespace
