// Records of our own making: tests/cases/adapters/gp_connect/CASE/input.json becomes expected.json, and the
// report's findings are outcome.json. What differs is written beside them as *.received.json.
#include <fstream>

#include "adapters/base/report.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"
#include "tests/adapters/cases.h"
#include "tests/adapters/gp/connect/records.h"

using careloom_test::GpConnect;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Cases() { return careloom_test::AdapterCases("gp_connect"); }

}  // namespace

TEST(GpConnectCases, EachInputBecomesWhatIsExpected) {
  ASSERT_GE(Cases().size(), 9u);
  for (const fs::path& folder : Cases()) {
    SCOPED_TRACE(folder.filename());
    const auto adapted = GpConnect().Adapt(careloom_test::ReadFile(folder / "input.json"));
    ASSERT_TRUE(adapted) << adapted.error().ToString();
    careloom_test::ExpectSame(folder / "expected.json", adapted->transaction);
    careloom_test::ExpectSame(folder / "outcome.json", adapters::WriteOutcome(adapted->report.outcome));
  }
}

TEST(GpConnectCases, WhatComesOutIsValidR4) {
  const auto registry = fhir::schema::Registry::LoadR4();
  ASSERT_TRUE(registry);
  for (const fs::path& folder : Cases()) {
    SCOPED_TRACE(folder.filename());
    const auto adapted = GpConnect().Adapt(careloom_test::ReadFile(folder / "input.json"));
    ASSERT_TRUE(adapted);
    auto written = fhir::json::Read(fhir::json::Write(*adapted->transaction.root));
    ASSERT_TRUE(written) << written.error().ToString();
    fhir::IssueSink sink;
    ASSERT_TRUE(fhir::validate::Validate(*written->root, **registry, {}, sink));
    for (const fhir::Issue& issue : sink.issues()) {
      if (issue.severity == fhir::Severity::kError || issue.severity == fhir::Severity::kFatal)
        ADD_FAILURE() << issue.expression << ": " << issue.text;
    }
  }
}
