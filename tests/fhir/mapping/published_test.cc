// The published Mapping Language tests (manifest.xml of shared data). Those whose output is XML of a model that is not
// at hand are skipped by name; those that are known to fail are listed in expected_failures.txt, and one
// that passes although it is listed is a failure, so that the list can only shrink.
#include <algorithm>
#include <fstream>
#include <set>

#include "tests/fhir/mapping/mapping_fixture.h"
#include "tests/support/shared_data.h"

namespace fhir::mapping {
namespace {

struct Entry { std::string version, name, source, map, output; };

std::string Attribute(const std::string& line, const std::string& name) {
  const std::size_t at = line.find(' ' + name + "=\"");
  if (at == std::string::npos) return {};
  const std::size_t start = at + name.size() + 3;
  return line.substr(start, line.find('"', start) - start);
}

std::vector<Entry> Manifest(const std::string& version) {
  std::vector<Entry> entries;
  std::ifstream in(careloom_test::SharedData("fml/" + version + "/manifest.xml"));
  for (std::string line; std::getline(in, line);) {
    if (line.find("<test ") == std::string::npos) continue;
    entries.push_back({version, Attribute(line, "name"), Attribute(line, "source"), Attribute(line, "map"), Attribute(line, "output")});
  }
  return entries;
}

std::set<std::string> ExpectedFailures() {
  std::set<std::string> names;
  std::ifstream in(std::string(CARELOOM_SOURCE_DIR) + "/tests/fhir/mapping/expected_failures.txt");
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] != '#') names.insert(line.substr(0, line.find(' ')));
  }
  return names;
}

// Empty when the test's output is what is expected, else what is wrong.
std::string Problem(const Entry& entry) {
  const auto file = [&](const std::string& name) { return careloom_test::ReadFile(careloom_test::SharedData("fml/" + entry.version + "/" + name)); };
  MapSources sources;
  sources.maps.push_back({entry.map, file(entry.map)});
  const auto maps = MapSet::Compile(sources, R4());
  if (!maps) return maps.error().ToString();
  TransformContext context;
  const Outcome outcome = RunCompiled(**maps, file(entry.source), context);
  if (!outcome.error.empty()) return outcome.error;
  const auto expected = json::Read(file(entry.output));
  if (!expected) return expected.error().ToString();
  if (outcome.json != json::Write(*expected->root)) return "found " + outcome.json + ' ' + testing::PrintToString(outcome.issues);
  return {};
}

TEST(PublishedMappingTests, GiveWhatTheyExpect) {
  REQUIRE_SHARED_DATA("fml/r5/manifest.xml");
  const std::set<std::string> known = ExpectedFailures();
  int passed = 0;
  std::vector<std::string> skipped;
  for (const char* version : {"r4b", "r5"}) {
    for (const Entry& entry : Manifest(version)) {
      const std::string label = entry.version + '/' + entry.map;
      if (!entry.output.ends_with(".json") || !entry.map.ends_with(".map")) {
        skipped.push_back(label + " -> " + entry.output);
        continue;
      }
      const std::string problem = Problem(entry);
      passed += problem.empty() ? 1 : 0;
      if (known.contains(label)) {
        EXPECT_NE(problem, "") << label << " passes now; take it out of expected_failures.txt";
      } else {
        EXPECT_EQ(problem, "") << label;
      }
    }
  }
  for (const std::string& label : skipped) std::printf("skipped (not JSON, or no model for it): %s\n", label.c_str());
  std::printf("passed: %d, skipped: %zu, known to fail: %zu\n", passed, skipped.size(), known.size());
  EXPECT_GE(passed + static_cast<int>(known.size()), 12);
}

// Published maps without an output that can be compared as it is: those whose output is XML give the same
// content as JSON, the others have no output at all.
TEST(PublishedMappingTests, GiveTheContentOfTheOthers) {
  REQUIRE_SHARED_DATA("fml/r5/manifest.xml");
  struct Row { std::string_view map, source, expected; };
  const Row table[] = {
      {"qr2cda.map", "qr.json", R"({"title":{"data":"Hello CDA"}})"},
      {"qr2cda-eval.map", "qr.json", R"({"title":{"data":"Hello CDA"}})"},
      {"qr2cdaxsi.map", "qr.json", R"({"code":{"code":"1","translation":{"code":"1"}}})"},
      {"qr2patfordates.map", "qrext.json", R"({"resourceType":"Patient","birthDate":"2023-10-26","deceasedDateTime":"2023-09-20T13:19:13.502Z"})"},
      {"cast.map", "qrext.json",
       R"({"resourceType":"Observation","extension":[{"url":"urn:implicitstring","valueString":"implicit"},{"url":"urn:explicitstring","valueString":"explicit"},)"
       R"({"url":"urn:positiveInt","valuePositiveInt":2147483647},{"url":"urn:positiveIntString","valuePositiveInt":2147483647}]})"},
  };
  for (const Row& row : table) {
    MapSources sources;
    sources.maps.push_back({std::string(row.map), careloom_test::ReadFile(careloom_test::SharedData("fml/r5/" + std::string(row.map)))});
    const auto maps = MapSet::Compile(sources, R4());
    ASSERT_TRUE(maps) << maps.error().ToString();
    TransformContext context;
    const Outcome outcome = RunCompiled(**maps, careloom_test::ReadFile(careloom_test::SharedData("fml/r5/" + std::string(row.source))), context);
    EXPECT_EQ(outcome.json, row.expected) << row.map << testing::PrintToString(outcome.issues);
  }
}

}  // namespace
}  // namespace fhir::mapping
