// Cases as data: tests/cases/validate/RULE/NAME.json holds a resource and the findings it must have, all
// of them. Each finding: severity, code, expression, and a part of its text.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "fhir/json/reader.h"
#include "fhir/validate/rules.h"
#include "fhir/validate/validator.h"
#include "tests/support/shared_data.h"

namespace fhir::validate {
namespace {

namespace fs = std::filesystem;

fs::path Folder() { return fs::path(CARELOOM_SOURCE_DIR) / "tests/cases/validate"; }

const schema::Registry& R4() {
  static const std::shared_ptr<const schema::Registry> registry = *schema::Registry::LoadR4();
  return *registry;
}

std::vector<fs::path> CaseFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(Folder())) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string NameOf(const fs::path& file) {
  std::string name = file.parent_path().filename().string() + "__" + file.stem().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

std::string Print(const Issue& issue) { return std::string(SeverityCode(issue.severity)) + " " + issue.code + " " + issue.expression + ": " + issue.text; }

class ValidateCase : public testing::TestWithParam<fs::path> {};

TEST_P(ValidateCase, FindsWhatIsWrongAndNothingElse) {
  auto file = json::Read(careloom_test::ReadFile(GetParam()));
  ASSERT_TRUE(file) << file.error().ToString();
  const Element* given = file->root->Find("resource");
  ASSERT_NE(given, nullptr);
  Document document;
  document.root = document.Copy(*given);
  document.root->name = {};
  IssueSink sink;
  ASSERT_TRUE(Validate(*document.root, R4(), {}, sink));
  std::vector<const Issue*> open;
  for (const Issue& issue : sink.issues()) open.push_back(&issue);
  for (const Element& expected : Repeats(*file->root, "issue")) {
    const auto found = std::find_if(open.begin(), open.end(), [&](const Issue* issue) {
      return SeverityCode(issue->severity) == expected.ValueOf("severity") && issue->code == expected.ValueOf("code") &&
             issue->expression == expected.ValueOf("expression") && issue->text.find(expected.ValueOf("text")) != std::string::npos;
    });
    if (found == open.end()) {
      ADD_FAILURE() << "not found: " << expected.ValueOf("severity") << " " << expected.ValueOf("code") << " " << expected.ValueOf("expression") << ": " << expected.ValueOf("text");
      continue;
    }
    open.erase(found);
  }
  for (const Issue* issue : open) ADD_FAILURE() << "not expected: " << Print(*issue);
}

INSTANTIATE_TEST_SUITE_P(Files, ValidateCase, testing::ValuesIn(CaseFiles()), [](const auto& at) { return NameOf(at.param); });

TEST(ValidateCases, EveryRuleHasCases) {
  for (const Rule& rule : Rules()) EXPECT_TRUE(fs::is_directory(Folder() / rule.name)) << rule.name;
}

TEST(Validate, RefusesATreeDeeperThanAnyJson) {
  Document document;
  document.root = document.NewResource("Patient");
  Element* at = document.root;
  for (int depth = 0; depth < 1000; ++depth) {
    at = document.Add(at, "extension", true);
    document.AddString(at, "url", "urn:x");
  }
  IssueSink sink;
  const auto result = Validate(*document.root, R4(), {}, sink);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::kInvalid);
}

// Wide input with a finding everywhere: kept up to the sink's limit, counted beyond it.
TEST(Validate, CountsWhatItDoesNotKeep) {
  std::string wide = R"({"resourceType":"Patient","address":[)";
  for (int i = 0; i < 20000; ++i) wide += i == 0 ? R"({"use":"x"})" : R"(,{"use":"x"})";
  auto document = json::Read(wide + "]}");
  ASSERT_TRUE(document);
  IssueSink sink(10);
  ASSERT_TRUE(Validate(*document->root, R4(), {}, sink));
  EXPECT_EQ(sink.issues().size(), 10U);
  EXPECT_EQ(sink.error_count(), 20000U);
  EXPECT_EQ(sink.issues()[3].expression, "Patient.address[3].use");
}

TEST(Validate, FindsOneContainedResourceAmongMany) {
  std::string many = R"({"resourceType":"Patient","contained":[)", references;
  for (int i = 0; i < 5000; ++i) {
    const std::string id = "o" + std::to_string(i), comma = i == 0 ? "" : ",";
    many += comma + R"({"resourceType":"Organization","name":"x","id":")" + id + "\"}";
    references += comma + R"({"reference":"#)" + (i == 4999 ? "gone" : id) + "\"}";
  }
  auto document = json::Read(many + R"(],"generalPractitioner":[)" + references + "]}");
  ASSERT_TRUE(document);
  IssueSink sink;
  ASSERT_TRUE(Validate(*document->root, R4(), {.invariants = false}, sink));
  ASSERT_EQ(sink.error_count(), 2U);
  EXPECT_EQ(sink.issues()[0].expression, "Patient.contained[4999]");
  EXPECT_EQ(sink.issues()[1].expression, "Patient.generalPractitioner[4999].reference");
}

}  // namespace
}  // namespace fhir::validate
