// The official FHIRPath tests for R4. What is known to fail stands, with its reason, in
// tests/cases/fhirpath/expected_failures.txt; a listed test that passes fails the run.
#include <rapidjson/document.h>

#include <algorithm>
#include <map>
#include <set>

#include "fhir/json/reader.h"
#include "fhir/path/expression.h"
#include "fhir/path/scalar.h"
#include "tests/support/shared_data.h"

namespace {

using fhir::path::Collection;
using fhir::path::Expression;

// "group/name", with "#2" for a second one of that name, and the reason after a tab.
std::map<std::string, std::string> ExpectedFailures() {
  std::map<std::string, std::string> listed;
  std::istringstream lines(careloom_test::ReadFile(std::string(CARELOOM_SOURCE_DIR) + "/tests/cases/fhirpath/expected_failures.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t tab = line.find('\t');
    listed[line.substr(0, tab)] = tab == std::string::npos ? "" : line.substr(tab + 1);
  }
  return listed;
}

std::string Text(const rapidjson::Value& value) { return value.IsString() ? value.GetString() : ""; }

struct Inputs {
  std::shared_ptr<const fhir::schema::Registry> registry;
  std::map<std::string, fhir::Document> documents;

  // Bound; null when there is only XML.
  const fhir::Element* Find(std::string name) {
    if (name.ends_with(".xml")) name = name.substr(0, name.size() - 4) + ".json";
    auto found = documents.find(name);
    if (found == documents.end()) {
      const std::filesystem::path path = careloom_test::SharedData("fhirpath-r4/input/" + name);
      fhir::Document document;
      if (std::filesystem::exists(path)) {
        fhir::Result<fhir::Document> read = fhir::json::Read(careloom_test::ReadFile(path));
        EXPECT_TRUE(read.has_value()) << name << ": " << (read ? "" : read.error().ToString());
        if (read) document = std::move(*read);
        if (document.root) fhir::schema::Bind(*document.root, *registry);
      }
      found = documents.emplace(name, std::move(document)).first;
    }
    return found->second.root;
  }
};

std::string Shown(const fhir::path::Value& value) {
  const std::optional<fhir::path::Scalar> scalar = fhir::path::ToScalar(value);
  if (!scalar) return "(complex)";
  std::string text(fhir::path::SystemTypeName(scalar->type));
  text += ':';
  text += scalar->text;
  if (!scalar->unit.empty()) text += " '" + std::string(scalar->unit) + "'";
  return text;
}

std::string Shown(const Collection& collection) {
  std::string text;
  for (const fhir::path::Value& value : collection) text += "[" + Shown(value) + "]";
  return text.empty() ? "(empty)" : text;
}

bool IsText(const fhir::path::SystemType type) { return type == fhir::path::SystemType::kString; }

// Does the value look as the test writes it (kind and text)?
bool Fits(const fhir::path::Value& value, const std::string& kind, std::string wanted) {
  const std::optional<fhir::path::Scalar> scalar = fhir::path::ToScalar(value);
  if (!scalar) return false;
  if (kind == "boolean") return scalar->type == fhir::path::SystemType::kBoolean && scalar->text == wanted;
  if (kind == "integer") return scalar->type == fhir::path::SystemType::kInteger && scalar->text == wanted;
  if (kind == "decimal") {
    const auto a = fhir::Decimal::Parse(scalar->text), b = fhir::Decimal::Parse(wanted);
    return scalar->type == fhir::path::SystemType::kDecimal && a && b && *a == *b;
  }
  if (kind.empty()) {  // only the text is given
    if (wanted.starts_with("@T")) wanted.erase(0, 2);
    if (wanted.starts_with("@")) wanted.erase(0, 1);
    return scalar->text == wanted || std::string(scalar->text) + " '" + std::string(scalar->unit) + "'" == wanted;
  }
  if (kind == "Quantity") return std::string(scalar->text) + " '" + std::string(scalar->unit) + "'" == wanted;
  if (kind == "date" || kind == "dateTime" || kind == "time") {
    if (!wanted.empty() && wanted[0] == '@') wanted.erase(0, 1);
    if (!wanted.empty() && wanted[0] == 'T') wanted.erase(0, 1);
    const bool is_kind = kind == "date" ? scalar->type == fhir::path::SystemType::kDate
                         : kind == "time" ? scalar->type == fhir::path::SystemType::kTime
                                          : scalar->type == fhir::path::SystemType::kDateTime;
    return is_kind && scalar->text == wanted;
  }
  return IsText(scalar->type) && scalar->text == wanted;
}

bool Matches(const rapidjson::Value& row, const Collection& found) {
  if (row["predicate"].GetBool()) {
    const bool wanted = row["out"][0]["v"].GetString() == std::string("true");
    return !found.empty() == wanted;
  }
  if (row["out"].Size() != found.size()) return false;
  for (rapidjson::SizeType i = 0; i < row["out"].Size(); ++i) {
    const rapidjson::Value& wanted = row["out"][i];
    if (!Fits(found[i], Text(wanted["t"]), Text(wanted["v"]))) return false;
  }
  return true;
}

// Empty when the test passes, else what was found.
std::string Problem(const rapidjson::Value& row, const fhir::Element& focus, const fhir::schema::Registry& registry) {
  const bool must_fail = !row["invalid"].IsNull();
  fhir::Result<Expression> compiled = Expression::Compile(row["expr"].GetString(), registry);
  if (!compiled) return must_fail ? "" : compiled.error().ToString();
  fhir::path::Context context;
  context.now = "2026-11-21T10:00:00.000+00:00";
  fhir::Result<Collection> found = compiled->Evaluate(focus, context);
  if (!found) return must_fail ? "" : found.error().ToString();
  if (must_fail) return "no error: " + Shown(*found);
  return Matches(row, *found) ? "" : Shown(*found);
}

TEST(FhirPathOfficial, EveryTestPassesUnlessListed) {
  REQUIRE_SHARED_DATA("fhirpath-r4/tests.json");
  rapidjson::Document tests;
  const std::string text = careloom_test::ReadFile(careloom_test::SharedData("fhirpath-r4/tests.json"));
  tests.Parse(text.c_str(), text.size());
  ASSERT_TRUE(tests.IsArray());
  auto registry = fhir::schema::Registry::LoadR4();
  ASSERT_TRUE(registry.has_value());
  Inputs inputs{*registry, {}};
  const std::map<std::string, std::string> listed = ExpectedFailures();
  std::map<std::string, int> names;
  std::set<std::string> met;
  int passed = 0, failed = 0, skipped = 0;
  for (const rapidjson::Value& row : tests.GetArray()) {
    std::string name = Text(row["group"]) + "/" + Text(row["name"]);
    if (const int repeat = ++names[name]; repeat > 1) name += "#" + std::to_string(repeat);
    const fhir::Element* focus = inputs.Find(row["input"].IsNull() ? "patient-example.json" : row["input"].GetString());
    if (!focus) {
      ++skipped;
      continue;
    }
    if (!row["expr"].IsString()) {
      ++skipped;
      continue;
    }
    const std::string problem = Problem(row, *focus, **registry);
    const bool is_listed = listed.count(name) > 0;
    if (is_listed) met.insert(name);
    (problem.empty() ? passed : failed) += 1;
    if (problem.empty() == is_listed) {
      ADD_FAILURE() << name << (is_listed ? " passes but is listed as an expected failure" : ": ") << row["expr"].GetString() << "\n  found " << problem;
    }
  }
  for (const auto& [name, reason] : listed) {
    EXPECT_TRUE(met.count(name)) << name << " is listed as an expected failure but was not run";
    EXPECT_FALSE(reason.empty()) << name << " is listed without a reason";
  }
  std::printf("FHIRPath official tests: %d pass, %d fail as listed, %d skipped for want of a JSON input\n", passed, failed, skipped);
  EXPECT_GT(passed, 0);
}

}  // namespace
