// Cases as data: tests/cases/mapping/NAME/ holds map.map (and more *.map, concept_map.json), input.json, expected.json and
// issues.json: {"issue": ["severity code path: text …"], "notCarried": [paths], "log": […]}. An issue's text may be
// shortened; what is written must stand at its beginning.
#include <algorithm>
#include <filesystem>

#include "tests/fhir/mapping/mapping_fixture.h"
#include "tests/support/shared_data.h"

namespace fhir::mapping {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Texts(const Element& root, std::string_view name) {
  std::vector<std::string> texts;
  for (const Element& element : Repeats(root, name)) texts.emplace_back(element.value());
  return texts;
}

MapSources SourcesIn(const fs::path& folder, std::vector<Document>& concept_maps) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  MapSources sources;
  for (const fs::path& file : files) {
    if (file.filename() == "map.map") sources.maps.insert(sources.maps.begin(), {"map.map", careloom_test::ReadFile(file)});
    else if (file.extension() == ".map") sources.maps.push_back({file.filename().string(), careloom_test::ReadFile(file)});
    if (file.filename().string().starts_with("concept_map")) concept_maps.push_back(*json::Read(careloom_test::ReadFile(file)));
  }
  sources.concept_maps = concept_maps;
  return sources;
}

class MappingCase : public testing::TestWithParam<std::string> {};

TEST_P(MappingCase, GivesWhatIsExpected) {
  const fs::path folder = fs::path(CARELOOM_SOURCE_DIR) / "tests/cases/mapping" / GetParam();
  std::vector<Document> concept_maps;
  auto maps = MapSet::Compile(SourcesIn(folder, concept_maps), R4());
  ASSERT_TRUE(maps) << maps.error().ToString();
  TransformContext context;
  int uuids = 0;
  context.uuid = [&] { return "00000000-0000-4000-8000-00000000000" + std::to_string(++uuids); };
  const Outcome outcome = RunCompiled(**maps, careloom_test::ReadFile(folder / "input.json"), context);
  ASSERT_EQ(outcome.error, "");
  auto expected = json::Read(careloom_test::ReadFile(folder / "expected.json"));
  ASSERT_TRUE(expected) << expected.error().ToString() << "\nfound " << outcome.json;
  EXPECT_EQ(outcome.json, json::Write(*expected->root));
  auto notes = json::Read(careloom_test::ReadFile(folder / "issues.json"));
  ASSERT_TRUE(notes) << notes.error().ToString();
  const std::vector<std::string> issues = Texts(*notes->root, "issue");
  EXPECT_EQ(outcome.issues.size(), issues.size()) << testing::PrintToString(outcome.issues);
  for (std::size_t i = 0; i < std::min(issues.size(), outcome.issues.size()); ++i) {
    EXPECT_TRUE(outcome.issues[i].starts_with(issues[i])) << "found    " << outcome.issues[i] << "\nexpected " << issues[i];
  }
  EXPECT_EQ(outcome.not_carried, Texts(*notes->root, "notCarried"));
  EXPECT_EQ(outcome.log, Texts(*notes->root, "log"));
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(CARELOOM_SOURCE_DIR) / "tests/cases/mapping")) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, MappingCase, testing::ValuesIn(CaseNames()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace fhir::mapping
