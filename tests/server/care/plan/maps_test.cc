// The maps of forms: those of --mappings count, those built in where that folder has none, and what does not compile is said with its place.
#include "server/care/plan/maps.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/served.h"
#include "tests/support/shared_data.h"

namespace {

namespace fs = std::filesystem;
using careloom_test::Served;

class PlanMaps : public testing::Test {
 protected:
  PlanMaps() {
    fs::copy(fs::path(CARELOOM_SOURCE_DIR) / "mappings", folder_.path() / "mappings", fs::copy_options::recursive);
    options_.mappings_dir = (folder_.path() / "mappings").string();
  }
  void Edit(const std::string& file, const std::string& from, const std::string& to) {
    const fs::path path = folder_.path() / "mappings/plan" / file;
    std::string text = careloom_test::ReadFile(path);
    ASSERT_NE(text.find(from), std::string::npos);
    text.replace(text.find(from), from.size(), to);
    std::ofstream(path, std::ios::binary) << text;
  }
  careloom_test::TempFolder folder_;
  server::AppOptions options_;
};

TEST_F(PlanMaps, OfTheFolderAreUsed) {
  Edit("extract.map", "plan.title = 'Personalised care and support plan'", "plan.title = 'What we agreed'");
  Served served(options_);
  served.Do("PUT", "/fhir/Patient/example-amina", R"({"resourceType":"Patient","id":"example-amina"})");
  const auto answer = served.Do("POST", "/fhir/QuestionnaireResponse/$extract", careloom_test::ReadFile(fs::path(CARELOOM_SOURCE_DIR) / "conformance/examples/planning-form.json"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("What we agreed"), std::string::npos) << answer.body;
}

TEST_F(PlanMaps, ThatTheFolderDoesNotHaveAreThoseBuiltIn) {
  fs::remove_all(folder_.path() / "mappings/plan");
  Served served(options_);
  EXPECT_TRUE(served.app().plan_maps->Get());
}

TEST_F(PlanMaps, ThatDoNotCompileAreToldWithFileAndLine) {
  Edit("populate_parts.map", "k.text as v -> x.text = v", "k.text as v -> x.text = nonsense(v)");
  Served served(options_);
  const auto maps = served.app().plan_maps->Get();
  ASSERT_FALSE(maps);
  EXPECT_NE(maps.error().ToString().find("plan/populate_parts.map:6"), std::string::npos) << maps.error().ToString();
}

}  // namespace
