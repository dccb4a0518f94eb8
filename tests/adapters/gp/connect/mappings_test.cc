// What runs is the file: a changed rule changes the output, a missing or broken file is named.
#include "adapters/base/embedded.h"
#include "tests/adapters/gp/connect/records.h"

namespace {

std::vector<adapters::MappingFile> Copies() { return adapters::MappingsOf({}, "gp_connect/"); }

adapters::MappingFile& File(std::vector<adapters::MappingFile>& files, std::string_view name) {
  return *std::ranges::find(files, name, &adapters::MappingFile::name);
}

std::string OpenError(const std::vector<adapters::MappingFile>& files) {
  const auto adapter = adapters::FindAdapter("gp-connect")->open({.mappings = files});
  return adapter ? "opened" : adapter.error().ToString();
}

const std::string kRecord =
    R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","birthDate":"1950-01-01"}}]})";

}  // namespace

TEST(GpConnectMappings, AChangedRuleOfACopyChangesTheOutput) {
  std::vector<adapters::MappingFile> files = Copies();
  std::string& map = File(files, "gp_connect/patient.map").content;
  const std::string rule = "  src.birthDate -> tgt.birthDate;\n";
  ASSERT_NE(map.find(rule), std::string::npos);
  map.erase(map.find(rule), rule.size());
  const auto changed = adapters::FindAdapter("gp-connect")->open({.mappings = files});
  ASSERT_TRUE(changed) << changed.error().ToString();
  const auto after = (*changed)->Adapt(kRecord), before = careloom_test::GpConnect().Adapt(kRecord);
  ASSERT_TRUE(after && before);
  EXPECT_NE(fhir::json::Write(*before->transaction.root).find("1950-01-01"), std::string::npos);
  EXPECT_EQ(fhir::json::Write(*after->transaction.root).find("1950-01-01"), std::string::npos);
  EXPECT_EQ(after->report.elements_reported, before->report.elements_reported + 1) << "and the accounting notices";
}

TEST(GpConnectMappings, EveryFileThatIsTakenAwayIsNamed) {
  const std::vector<adapters::MappingFile> all = Copies();
  for (const adapters::MappingFile& file : all) {
    if (file.name.find("/back/") != std::string::npos) continue;
    std::vector<adapters::MappingFile> files;
    std::ranges::copy_if(all, std::back_inserter(files), [&](const adapters::MappingFile& other) { return other.name != file.name; });
    EXPECT_NE(OpenError(files).find(file.name), std::string::npos) << file.name << ": " << OpenError(files);
  }
}

TEST(GpConnectMappings, ABrokenMapSaysWhere) {
  std::vector<adapters::MappingFile> files = Copies();
  File(files, "gp_connect/patient.map").content += "\ngroup {";
  EXPECT_NE(OpenError(files).find("gp_connect/patient.map:"), std::string::npos) << OpenError(files);
}
