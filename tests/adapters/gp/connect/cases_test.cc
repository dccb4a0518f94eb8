// Records of our own making: tests/cases/adapters/gp_connect/CASE/input.json becomes expected.json, and the
// report's findings are outcome.json. What differs is written beside them as *.received.json.
#include <fstream>

#include "adapters/base/report.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"
#include "tests/adapters/gp/connect/records.h"

using careloom_test::GpConnect;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Cases() {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(fs::path(CARELOOM_SOURCE_DIR) / "tests/cases/adapters/gp_connect"))
    cases.push_back(entry.path());
  std::ranges::sort(cases);
  return cases;
}

void ExpectSame(const fs::path& file, const fhir::Document& received) {
  const std::string text = fhir::json::WritePretty(*received.root) + "\n";
  const std::string expected = fs::exists(file) ? careloom_test::ReadFile(file) : "";
  if (expected == text) return;
  fs::path beside = file;
  beside.replace_extension(".received.json");
  std::ofstream(beside, std::ios::binary) << text;
  const auto [a, b] = std::ranges::mismatch(expected, text);
  const auto at = static_cast<std::size_t>(b - text.begin());
  ADD_FAILURE() << file << " differs from what came out (" << beside.filename() << ") at \"" << text.substr(at < 60 ? 0 : at - 60, 160)
                << "\"";
}

}  // namespace

TEST(GpConnectCases, EachInputBecomesWhatIsExpected) {
  ASSERT_GE(Cases().size(), 9u);
  for (const fs::path& folder : Cases()) {
    SCOPED_TRACE(folder.filename());
    const auto adapted = GpConnect().Adapt(careloom_test::ReadFile(folder / "input.json"));
    ASSERT_TRUE(adapted) << adapted.error().ToString();
    ExpectSame(folder / "expected.json", adapted->transaction);
    ExpectSame(folder / "outcome.json", adapters::WriteOutcome(adapted->report.outcome));
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
