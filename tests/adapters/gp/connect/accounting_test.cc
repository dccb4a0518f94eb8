// Every entry and element of real records is accounted for, the output is R4, and nothing goes unnoticed.
#include <cstdlib>
#include <random>
#include <set>

#include "adapters/base/report.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"
#include "tests/adapters/gp/connect/records.h"

using careloom_test::GpConnect;

namespace {

// Scalars of JSON text, values of resourceType left out, counted without the reader: a string is one unless
// a colon follows it, or it follows "resourceType".
std::uint32_t CountScalars(const std::string& json) {
  std::uint32_t count = 0;
  bool after_type = false;
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (c == '"') {
      const std::size_t start = i++;
      while (json[i] != '"') i += json[i] == '\\' ? 2u : 1u;
      const std::string text = json.substr(start, ++i - start);
      std::size_t next = json.find_first_not_of(" \t\r\n", i);
      if (next != std::string::npos && json[next] == ':') {
        after_type = text == "\"resourceType\"";
        i = next + 1;
        continue;
      }
      if (!after_type) ++count;
      after_type = false;
    } else if (c == '-' || (c >= '0' && c <= '9') || c == 't' || c == 'f' || c == 'n') {
      ++count;
      i = json.find_first_of(",]} \t\r\n", i);
    } else {
      ++i;
    }
  }
  return count;
}

std::size_t NamedIn(const adapters::Report& report) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.outcome.issues(), [](const fhir::Issue& issue) { return issue.text.starts_with("Not carried"); }));
}

bool Names(const adapters::Report& report, const std::string& path) {
  return std::ranges::any_of(report.outcome.issues(), [&](const fhir::Issue& issue) { return issue.expression == path; });
}

void Change(fhir::Document& document, fhir::Element& leaf, std::mt19937& random) {
  std::string text(leaf.text);
  if (leaf.kind == fhir::ValueKind::kBoolean) {
    text = text == "true" ? "false" : "true";
  } else if (leaf.kind == fhir::ValueKind::kNumber) {
    text = std::to_string(1000 + random() % 9000);
  } else if (leaf.kind == fhir::ValueKind::kNull) {
    leaf.kind = fhir::ValueKind::kString;
    text = "given";
  } else if (text.empty() || random() % 2 == 0) {
    text += "x" + std::to_string(random() % 1000);
  } else {
    char& c = text[random() % text.size()];
    c = c == '7' ? '3' : '7';
  }
  document.SetValue(&leaf, leaf.kind, text);
}

}  // namespace

TEST(GpConnectAccounting, EveryElementOfEveryRecordIsCarriedMergedOrReported) {
  REQUIRE_SHARED_DATA("gp-connect");
  for (const auto& path : careloom_test::GpRecords()) {
    SCOPED_TRACE(path.filename());
    const std::string bytes = careloom_test::ReadFile(path);
    const auto adapted = GpConnect().Adapt(bytes);
    ASSERT_TRUE(adapted) << adapted.error().ToString();
    const adapters::Report& report = adapted->report;
    EXPECT_EQ(report.elements_in, CountScalars(bytes));
    EXPECT_EQ(report.elements_in, report.elements_carried + report.elements_merged + report.elements_reported);
    EXPECT_EQ(report.entries_in, report.entries_stored + report.entries_merged + report.entries_reported);
    EXPECT_EQ(NamedIn(report), report.elements_reported) << "each with its path";
    EXPECT_GT(report.elements_carried, report.elements_in * 85 / 100);
  }
}

TEST(GpConnectAccounting, OutputIsValidR4) {
  REQUIRE_SHARED_DATA("gp-connect");
  const auto registry = fhir::schema::Registry::LoadR4();
  ASSERT_TRUE(registry);
  for (const auto& path : careloom_test::GpRecords()) {
    SCOPED_TRACE(path.filename());
    const auto adapted = GpConnect().Adapt(careloom_test::ReadFile(path));
    ASSERT_TRUE(adapted);
    auto written = fhir::json::Read(fhir::json::Write(*adapted->transaction.root));
    ASSERT_TRUE(written) << written.error().ToString();
    fhir::IssueSink sink(100'000);
    ASSERT_TRUE(fhir::validate::Validate(*written->root, **registry, {}, sink));
    for (const fhir::Issue& issue : sink.issues()) {
      if (issue.severity == fhir::Severity::kError || issue.severity == fhir::Severity::kFatal)
        ADD_FAILURE() << issue.expression << ": " << issue.text;
    }
  }
}

// CARELOOM_MUTATIONS says how many per record; the seed is fixed.
TEST(GpConnectAccounting, AChangedScalarChangesTheOutputOrIsNamed) {
  REQUIRE_SHARED_DATA("gp-connect");
  const char* wish = std::getenv("CARELOOM_MUTATIONS");
  const int count = wish ? std::atoi(wish) : 3;
  std::mt19937 random(20210119);
  for (const auto& path : careloom_test::GpRecords()) {
    SCOPED_TRACE(path.filename());
    const std::string bytes = careloom_test::ReadFile(path);
    const auto before = GpConnect().Adapt(bytes);
    ASSERT_TRUE(before);
    const std::string output = careloom_test::WithoutProvenance(before->transaction);
    fhir::Document document = careloom_test::ReadLoosely(bytes);
    std::vector<fhir::Element*> leaves;
    careloom_test::CollectLeaves(*document.root, leaves);
    for (int i = 0; i < count; ++i) {
      fhir::Element& leaf = *leaves[random() % leaves.size()];
      const auto kind = leaf.kind;
      const std::string_view text = leaf.text;
      Change(document, leaf, random);
      const auto after = GpConnect().Adapt(fhir::json::Write(*document.root));
      ASSERT_TRUE(after) << fhir::PathOf(leaf) << ": " << after.error().ToString();
      const bool noticed = careloom_test::WithoutProvenance(after->transaction) != output || Names(after->report, fhir::PathOf(leaf));
      EXPECT_TRUE(noticed) << fhir::PathOf(leaf) << " became " << leaf.text;
      leaf.kind = kind;
      leaf.text = text;
    }
  }
}

TEST(GpConnectAccounting, OrderOfEntriesAndMembersAndWhiteSpaceChangeNothing) {
  REQUIRE_SHARED_DATA("gp-connect");
  for (const auto& path : careloom_test::GpRecords()) {
    SCOPED_TRACE(path.filename());
    const std::string bytes = careloom_test::ReadFile(path);
    const auto before = GpConnect().Adapt(bytes);
    fhir::Document turned = careloom_test::ReadLoosely(bytes);
    careloom_test::TurnRound(turned, turned.root);
    const auto after = GpConnect().Adapt(fhir::json::WritePretty(*turned.root));
    ASSERT_TRUE(before);
    ASSERT_TRUE(after) << after.error().ToString();
    EXPECT_EQ(fhir::json::Write(*before->transaction.root), fhir::json::Write(*after->transaction.root));
  }
}

TEST(GpConnectAccounting, ReportIsAParametersResource) {
  REQUIRE_SHARED_DATA("gp-connect");
  const auto adapted = GpConnect().Adapt(careloom_test::ReadFile(careloom_test::GpRecords().front()));
  ASSERT_TRUE(adapted);
  const fhir::Document report = adapters::WriteReport(adapted->report);
  std::vector<std::string> names;
  for (const fhir::Element& parameter : fhir::Repeats(*report.root, "parameter")) names.emplace_back(parameter.ValueOf("name"));
  EXPECT_EQ(names, (std::vector<std::string>{"entriesIn", "entriesStored", "entriesMerged", "entriesReported", "elementsIn",
                                             "elementsCarried", "elementsMerged", "elementsReported", "outcome"}));
}
