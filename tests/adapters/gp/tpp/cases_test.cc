// Sets of our own making: the tables of tests/cases/adapters/tpp/CASE become expected.json, and the report is outcome.json. What
// differs is written beside them as *.received.json.
#include <filesystem>

#include "adapters/base/multipart.h"
#include "adapters/base/report.h"
#include "tests/adapters/cases.h"
#include "tests/adapters/gp/tpp/sets.h"

namespace fs = std::filesystem;

TEST(TppCases, EachSetBecomesWhatIsExpected) {
  const std::vector<fs::path> cases = careloom_test::AdapterCases("tpp");
  ASSERT_GE(cases.size(), 2U);
  for (const fs::path& folder : cases) {
    SCOPED_TRACE(folder.filename());
    std::vector<fs::path> tables;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().extension() == ".csv") tables.push_back(file.path());
    }
    std::ranges::sort(tables);
    std::string body;
    for (const fs::path& table : tables) body += adapters::PartHead("b", "file", table.filename().string(), body.empty()) + careloom_test::ReadFile(table);
    const auto adapted = careloom_test::tpp::Tpp().Adapt(body + adapters::ClosingBoundary("b"));
    ASSERT_TRUE(adapted) << adapted.error().ToString();
    careloom_test::ExpectSame(folder / "expected.json", adapted->transaction);
    careloom_test::ExpectSame(folder / "outcome.json", adapters::WriteReport(adapted->report));
  }
}
