// What search parameters find, by the tables in tests/cases/search/extract; the walk against plain
// FHIRPath; and every official example.
#include <rapidjson/document.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "fhir/json/reader.h"
#include "fhir/path/expression.h"
#include "fhir/search/extract.h"
#include "fhir/search/types/catalogue.h"
#include "tests/support/shared_data.h"

namespace {

using fhir::search::Extractor;
using fhir::search::IndexValue;
using fhir::search::ValueType;

const fhir::schema::Registry& R4() {
  static const auto registry = fhir::schema::Registry::LoadR4();
  return **registry;
}

const Extractor& Extract4() {
  static const auto extractor = Extractor::Create(R4());
  return **extractor;
}

std::string Moment(std::int64_t us) {
  if (us == std::numeric_limits<std::int64_t>::max()) return "max";
  if (us == std::numeric_limits<std::int64_t>::min()) return "min";
  return std::to_string(us);
}

std::string Shown(double number) {
  if (number == std::numeric_limits<double>::max()) return "max";
  if (number == -std::numeric_limits<double>::max()) return "min";
  std::ostringstream out;
  out << number;
  return out.str();
}

std::string Range(const IndexValue& value) { return "[" + Shown(value.low) + "," + Shown(value.high) + ") " + Shown(value.exact); }

// As the tables write it.
std::string Shown(const IndexValue& value) {
  switch (value.type) {
    case ValueType::kToken: {
      EXPECT_EQ(value.has_system, !value.system.empty());
      return (value.has_system ? value.system + "|" : "") + value.code + (value.text.empty() ? "" : " '" + value.text + "'");
    }
    case ValueType::kString:
    case ValueType::kUri: return value.text;
    case ValueType::kDate: return Moment(value.low_us) + ".." + Moment(value.high_us);
    case ValueType::kNumber: return Range(value);
    case ValueType::kQuantity: return Range(value) + " " + value.system + "|" + value.code + " '" + value.text + "'";
    case ValueType::kReference: {
      std::string shown = value.text;
      if (!value.reference_type.empty()) shown = value.reference_type + "/" + value.reference_id;
      if (!value.identifier_value.empty()) shown += " identifier " + value.identifier_system + "|" + value.identifier_value;
      return shown;
    }
  }
  return {};
}

fhir::Document Bound(const std::string& json) {
  fhir::Result<fhir::Document> read = fhir::json::Read(json);
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().ToString());
  if (!read) return fhir::Document();
  fhir::schema::Bind(*read->root, R4());
  return std::move(*read);
}

// The row's resource as the table has it, numbers as written.
std::string ResourceOf(const std::string& table, const std::string& name) {
  const std::size_t at = table.find("\"resource\":", table.find("\"case\": \"" + name + "\""));
  const std::size_t end = table.find("\"parameter\":", at);
  return table.substr(at + 11, table.rfind('}', end) - at - 10);
}

class ExtractTable : public testing::TestWithParam<std::string> {};

TEST_P(ExtractTable, FindsTheValuesOfEachCase) {
  rapidjson::Document table;
  const std::string text = careloom_test::ReadFile(std::string(CARELOOM_SOURCE_DIR) + "/tests/cases/search/extract/" + GetParam() + ".json");
  table.Parse(text.c_str(), text.size());
  ASSERT_TRUE(table.IsArray() && !table.Empty());
  for (const rapidjson::Value& row : table.GetArray()) {
    const fhir::Document document = Bound(ResourceOf(text, row["case"].GetString()));
    ASSERT_NE(document.root, nullptr) << row["case"].GetString();
    const auto* parameter = Extract4().Find(document.root->resource_type(), row["parameter"].GetString());
    ASSERT_NE(parameter, nullptr) << row["parameter"].GetString();
    const auto found = Extract4().Extract(*document.root);
    ASSERT_TRUE(found.has_value()) << found.error().ToString();
    std::vector<std::string> values, wanted;
    for (const IndexValue& value : *found) {
      if (value.parameter == parameter) values.push_back(Shown(value));
    }
    for (const rapidjson::Value& value : row["values"].GetArray()) wanted.push_back(value.GetString());
    std::sort(values.begin(), values.end());
    std::sort(wanted.begin(), wanted.end());
    EXPECT_EQ(values, wanted) << row["case"].GetString();
  }
}

INSTANTIATE_TEST_SUITE_P(Types, ExtractTable, testing::Values("token", "string", "date", "reference", "uri", "number", "quantity"),
                         [](const auto& test) { return test.param; });

TEST(SearchParameters, EveryExpressionOfTheStandardCompiles) {
  std::size_t expressions = 0;
  for (const fhir::schema::SearchParameter& parameter : R4().search_parameters()) {
    EXPECT_NE(fhir::search::FindSearchType(parameter.type), nullptr) << parameter.url << " has type " << parameter.type;
    if (parameter.expression.empty()) continue;
    const auto compiled = fhir::path::Expression::Compile(parameter.expression, R4());
    EXPECT_TRUE(compiled.has_value()) << parameter.url << ": " << (compiled ? "" : compiled.error().ToString());
    ++expressions;
  }
  EXPECT_GT(expressions, 1000u);
}

TEST(SearchParameters, AreThoseOfTheTypeAndItsBasesInOrder) {
  const auto& parameters = Extract4().ParametersOf("Patient");
  EXPECT_TRUE(std::is_sorted(parameters.begin(), parameters.end(), [](const auto* a, const auto* b) { return a->code < b->code; }));
  EXPECT_NE(Extract4().Find("Patient", "birthdate"), nullptr);
  EXPECT_NE(Extract4().Find("Patient", "_tag"), nullptr);
  EXPECT_NE(Extract4().Find("Patient", "_text"), nullptr);
  EXPECT_EQ(Extract4().Find("Patient", "_id"), nullptr);
  EXPECT_EQ(Extract4().Find("Patient", "birthday"), nullptr);
  EXPECT_NE(Extract4().Find("Observation", "code-value-quantity"), nullptr);
  EXPECT_TRUE(Extract4().ParametersOf("Person or so").empty());
}

// Each parameter by itself, as FHIRPath, without the shared walk.
std::multiset<std::string> Plainly(const fhir::Element& resource, std::map<std::string_view, fhir::path::Expression>& compiled) {
  std::multiset<std::string> values;
  for (const auto* parameter : Extract4().ParametersOf(resource.resource_type())) {
    const auto* type = fhir::search::FindSearchType(parameter->type);
    if (!type->convert || parameter->expression.empty()) continue;
    auto at = compiled.find(parameter->expression);
    if (at == compiled.end()) {
      auto expression = fhir::path::Expression::Compile(parameter->expression, R4());
      at = compiled.emplace(parameter->expression, std::move(*expression)).first;
    }
    const auto found = at->second.Evaluate(resource);
    EXPECT_TRUE(found.has_value()) << parameter->url << ": " << (found ? "" : found.error().ToString());
    if (!found) continue;
    std::vector<IndexValue> out;
    for (const fhir::path::Value& value : *found) type->convert(value, *parameter, out);
    for (const IndexValue& value : out) values.insert(std::string(parameter->code) + " " + Shown(value));
  }
  return values;
}

TEST(SearchExamples, TheWalkFindsWhatPlainFhirPathFinds) {
  REQUIRE_SHARED_DATA("r4-examples/json");
  std::map<std::string_view, fhir::path::Expression> compiled;
  std::size_t resources = 0, count = 0;
  for (const auto& file : std::filesystem::directory_iterator(careloom_test::SharedData("r4-examples/json"))) {
    if (std::filesystem::file_size(file) > 200'000) continue;
    auto read = fhir::json::Read(careloom_test::ReadFile(file.path()));
    ASSERT_TRUE(read.has_value()) << file.path() << " " << read.error().ToString();
    // A Bundle's references resolve within it, which the walk leaves to the server. In Observation-decimal
    // 1.0 and 1.00 are equal, so that a union drops one of them.
    if (read->root->resource_type() == "Bundle" || file.path().filename() == "Observation-decimal.json") continue;
    fhir::schema::Bind(*read->root, R4());
    const auto found = Extract4().Extract(*read->root);
    ASSERT_TRUE(found.has_value()) << file.path() << " " << found.error().ToString();
    std::multiset<std::string> values;
    for (const IndexValue& value : *found) values.insert(std::string(value.parameter->code) + " " + Shown(value));
    // A union drops repeats, the walk keeps them: compare as sets.
    const std::multiset<std::string> plain = Plainly(*read->root, compiled);
    EXPECT_EQ(std::set<std::string>(values.begin(), values.end()), std::set<std::string>(plain.begin(), plain.end())) << file.path();
    ++resources;
    count += values.size();
  }
  EXPECT_GT(resources, 600u);
  EXPECT_GT(count, 5000u);
}

TEST(SearchExamples, ASyntheticPersonsResourcesAreExtractedInMicroseconds) {
  REQUIRE_SHARED_DATA("synthea/fhir-candle-r4-synthea");
  std::size_t resources = 0, values = 0;
  std::chrono::nanoseconds spent{0};
  for (const auto& file : std::filesystem::directory_iterator(careloom_test::SharedData("synthea/fhir-candle-r4-synthea"))) {
    if (file.path().extension() != ".json" || resources > 2000) continue;
    auto read = fhir::json::Read(careloom_test::ReadFile(file.path()));
    if (!read) continue;
    fhir::schema::Bind(*read->root, R4());
    for (const fhir::Element& entry : fhir::Repeats(*read->root, "entry")) {
      const fhir::Element* resource = entry.Find("resource");
      if (!resource) continue;
      const auto start = std::chrono::steady_clock::now();
      const auto found = Extract4().Extract(*resource);
      spent += std::chrono::steady_clock::now() - start;
      ASSERT_TRUE(found.has_value());
      ++resources;
      values += found->size();
    }
  }
  ASSERT_GT(resources, 0u);
  EXPECT_GT(values, resources);
  std::printf("extraction: %zu resources, %.1f values and %.2f µs each\n", resources, static_cast<double>(values) / static_cast<double>(resources),
              static_cast<double>(spent.count()) / 1000.0 / static_cast<double>(resources));
}

}  // namespace
