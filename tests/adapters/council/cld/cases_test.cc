// Files of our own making: tests/cases/adapters/cld/CASE/input.csv becomes expected.json, and the report is
// outcome.json. What differs is written beside them as *.received.json.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "adapters/base/report.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"
#include "tests/adapters/cases.h"
#include "tests/adapters/council/cld/files.h"

using careloom_test::council::Cld;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Cases() { return careloom_test::AdapterCases("cld"); }

}  // namespace

TEST(CldCases, EachFileBecomesWhatIsExpected) {
  ASSERT_GE(Cases().size(), 11u);
  for (const fs::path& folder : Cases()) {
    SCOPED_TRACE(folder.filename());
    const auto adapted = Cld().Adapt(careloom_test::ReadFile(folder / "input.csv"));
    ASSERT_TRUE(adapted) << adapted.error().ToString();
    careloom_test::ExpectSame(folder / "expected.json", adapted->transaction);
    careloom_test::ExpectSame(folder / "outcome.json", adapters::WriteReport(adapted->report));
  }
}

TEST(CldCases, WhatComesOutIsValidR4AndResolves) {
  const auto registry = fhir::schema::Registry::LoadR4();
  ASSERT_TRUE(registry);
  for (const fs::path& folder : Cases()) {
    SCOPED_TRACE(folder.filename());
    const auto adapted = Cld().Adapt(careloom_test::ReadFile(folder / "input.csv"));
    ASSERT_TRUE(adapted);
    const std::string text = fhir::json::Write(*adapted->transaction.root);
    auto written = fhir::json::Read(text);
    ASSERT_TRUE(written) << written.error().ToString();
    fhir::IssueSink sink;
    ASSERT_TRUE(fhir::validate::Validate(*written->root, **registry, {}, sink));
    for (const fhir::Issue& issue : sink.issues()) {
      if (issue.severity == fhir::Severity::kError || issue.severity == fhir::Severity::kFatal) ADD_FAILURE() << issue.expression << ": " << issue.text;
    }
    for (std::size_t at = text.find("\"reference\":\"urn:"); at != std::string::npos; at = text.find("\"reference\":\"urn:", at + 1)) {
      const std::string name = text.substr(at + 13, 45);
      EXPECT_NE(text.find("\"fullUrl\":\"" + name + "\""), std::string::npos) << name;
    }
  }
}

TEST(CldCases, EveryCellIsAccountedFor) {
  for (const fs::path& folder : Cases()) {
    SCOPED_TRACE(folder.filename());
    const auto adapted = Cld().Adapt(careloom_test::ReadFile(folder / "input.csv"));
    ASSERT_TRUE(adapted);
    const adapters::Report& report = adapted->report;
    EXPECT_EQ(report.entries_in, report.entries_stored + report.entries_merged + report.entries_reported);
    EXPECT_EQ(report.elements_in, report.elements_carried + report.elements_merged + report.elements_reported);
    for (const fhir::Issue& issue : report.outcome.issues()) EXPECT_EQ(issue.text.find("No rule of the mapping"), std::string::npos) << issue.expression;
  }
}
