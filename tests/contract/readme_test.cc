// What the README tells a new user to type works: the demo record's plan with its budget, and the example record of
// one's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/server/command/ran.h"
#include "tests/support/http_client.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_server.h"

namespace careloom_test {
namespace {

namespace fs = std::filesystem;

std::string Readme() { return ReadFile(fs::path(CARELOOM_SOURCE_DIR) / "README.md"); }

// What server/run does with a store that is not there yet.
void PutDemoRecord(const std::string& data) {
  const fs::path demo = fs::path(CARELOOM_SOURCE_DIR) / "conformance/examples/demo";
  std::vector<std::pair<std::string, fs::path>> files;
  for (const auto& file : fs::directory_iterator(demo / "gp-connect")) files.emplace_back("gp-connect", file.path());
  for (const auto& file : fs::directory_iterator(demo)) {
    if (file.path().extension() == ".csv") files.emplace_back("cld", file.path());
  }
  ASSERT_GE(files.size(), 13U);
  for (const auto& [adapter, path] : files) {
    const Ran ran = RunCommand("ingest", {{"ADAPTER", adapter}, {"FILE", path.string()}, {"--data", data}});
    ASSERT_EQ(ran.exit, server::command::Exit::kDone) << path << ran.err;
  }
}

TEST(Readme, ItsFirstRequestsShowThePlanWithItsBudget) {
  const std::string readme = Readme(), person = "https://fhir.nhs.uk/Id/nhs-number|9990000018";
  ASSERT_NE(readme.find("'patient.identifier=" + person + "'"), std::string::npos);
  for (const char* part : {"/fhir/CarePlan -d", "-d _include=CarePlan:episode -d _include=CarePlan:supporting-info", "/fhir/ChargeItem -d",
                           "-d _include=ChargeItem:context -d _include=ChargeItem:account"}) {
    ASSERT_NE(readme.find(part), std::string::npos) << part;
  }
  const TempFolder folder;
  server::AppOptions options;
  options.data_dir = folder.path().string();
  ASSERT_NO_FATAL_FAILURE(PutDemoRecord(options.data_dir));
  Served served(options);
  const std::string by_person = "?patient.identifier=https://fhir.nhs.uk/Id/nhs-number%7C9990000018";
  const auto plan = served.Do("GET", "/fhir/CarePlan" + by_person + "&_include=CarePlan:episode&_include=CarePlan:supporting-info");
  EXPECT_EQ(plan.status, 200);
  for (const char* what : {"\"CarePlan\"", "\"EpisodeOfCare\"", "\"Account\"", "Gardening group at the allotments", "care-act-personal-budget"}) {
    EXPECT_NE(plan.body.find(what), std::string::npos) << what;
  }
  const auto costs = served.Do("GET", "/fhir/ChargeItem" + by_person + "&_include=ChargeItem:context&_include=ChargeItem:account");
  for (const char* what : {"\"value\":15.40", "\"value\":214.99", "\"EpisodeOfCare\"", "\"Account\""}) EXPECT_NE(costs.body.find(what), std::string::npos) << what;
  const auto patient = served.Do("GET", "/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C9990000018&_total=accurate");
  EXPECT_NE(patient.body.find("\"total\":1"), std::string::npos) << patient.body;
}

TEST(Readme, ItsOwnExampleGoesIn) {
  const std::string readme = Readme();
  const std::string example = "conformance/examples/first-record.json", search = "/fhir/CarePlan?patient=example-amina&_include=CarePlan:goal";
  ASSERT_NE(readme.find(std::string("--data @").append(example)), std::string::npos);
  ASSERT_NE(readme.find(search), std::string::npos);
  Served served;
  const auto stored = served.Do("POST", "/fhir", ReadFile(fs::path(CARELOOM_SOURCE_DIR) / example));
  ASSERT_EQ(stored.status, 200) << stored.body;
  const auto found = served.Do("GET", search);
  EXPECT_EQ(found.status, 200);
  EXPECT_NE(found.body.find("example-plan"), std::string::npos) << found.body;
  EXPECT_NE(found.body.find("allotment again"), std::string::npos) << found.body;
}

TEST(Readme, ItsPlanIsOpenedFilledAndReadAsADocument) {
  const std::string readme = Readme(), form = "conformance/examples/planning-form.json";
  for (const char* part : {"/fhir/PlanDefinition/careloom-six-stages/$apply?subject=Patient/example-amina", "--data @conformance/examples/planning-form.json",
                           "/fhir/QuestionnaireResponse/$extract?store=true&plan=CarePlan/ID", "/fhir/Composition/$document?plan=CarePlan/ID", "/fhir/CarePlan/ID/$changes",
                           "Questionnaire/careloom-personalised-care-plan/$populate?subject=Patient/example-amina"}) {
    ASSERT_NE(readme.find(part), std::string::npos) << part;
  }
  Served served;
  ASSERT_EQ(served.Do("POST", "/fhir", ReadFile(fs::path(CARELOOM_SOURCE_DIR) / "conformance/examples/first-record.json")).status, 200);
  const auto opened = served.Do("POST", "/fhir/PlanDefinition/careloom-six-stages/$apply?subject=Patient/example-amina");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string id = opened.body.substr(opened.body.find("\"id\":\"") + 6, 36);
  const auto filled = served.Do("POST", "/fhir/QuestionnaireResponse/$extract?store=true&plan=CarePlan/" + id, ReadFile(fs::path(CARELOOM_SOURCE_DIR) / form));
  ASSERT_EQ(filled.status, 200) << filled.body;
  const auto document = served.Do("GET", "/fhir/Composition/$document?plan=CarePlan/" + id);
  for (const char* words : {"\"type\":\"document\"", "Be at the allotment again by summer", "Contingency and safety plans", "Understand what matters"}) EXPECT_NE(document.body.find(words), std::string::npos) << words;
  EXPECT_NE(served.Do("GET", "/fhir/CarePlan/" + id + "/$changes").body.find("Rosa Lind"), std::string::npos);
  EXPECT_NE(served.Do("GET", "/fhir/Questionnaire/careloom-personalised-care-plan/$populate?subject=Patient/example-amina").body.find("Two Tuesdays in March"), std::string::npos);
}

// The commands of "A budget's life", as they stand there, by a shell.
TEST(Readme, ABudgetsLifeCanBeTyped) {
  if (std::system("command -v curl > /dev/null") != 0) GTEST_SKIP() << "curl is not installed";
  const std::string readme = Readme();
  const std::size_t begin = readme.find("## A budget's life"), end = readme.find("\n## ", begin);
  ASSERT_NE(end, std::string::npos);
  const TestServer server;
  ASSERT_EQ(server.error, "");
  const std::string base = "127.0.0.1:" + std::to_string(server.port());
  ASSERT_EQ(Fetch(server.port(), "POST", "/fhir", {{"Content-Type", "application/fhir+json"}}, ReadFile(fs::path(CARELOOM_SOURCE_DIR) / "conformance/examples/first-record.json")).status, 200);
  std::string commands = "cd '" CARELOOM_SOURCE_DIR "' || exit\n";
  for (std::size_t at = begin; at < end; at = readme.find('\n', at) + 1) {
    if (readme.compare(at, 4, "    ") == 0) commands += readme.substr(at + 4, readme.find('\n', at) - at - 3);
  }
  for (std::size_t at; (at = commands.find("127.0.0.1:8080")) != std::string::npos;) commands.replace(at, 14, base);
  const TempFolder folder;
  const fs::path script = folder.path() / "commands";
  std::ofstream(script) << commands;
  std::string out;
  std::FILE* shell = ::popen(("sh " + script.string() + " 2> /dev/null").c_str(), "r");
  ASSERT_NE(shell, nullptr);
  for (int c; (c = std::fgetc(shell)) != EOF;) out += static_cast<char>(c);
  EXPECT_EQ(::pclose(shell), 0) << commands;
  for (const char* what : {"4998.00", "3000.00", "2000.00", "750.01", "500.00", "unexplained", "\"not-in-plan\"", "1250.01", "970.99", "279.02", "\"Goal/example-allotment\""}) {
    EXPECT_NE(out.find(what), std::string::npos) << what << "\n" << out;
  }
  EXPECT_EQ(out.find("OperationOutcome"), std::string::npos) << out;
}

}  // namespace
}  // namespace careloom_test
