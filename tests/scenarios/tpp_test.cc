// A practice's reporting sets beside GP Connect records and a council's file: by commands and requests, each person one record, and
// the set back as it came.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fhir/json/reader.h"
#include "server/inbox/inbox.h"
#include "tests/adapters/gp/tpp/sets.h"
#include "tests/server/command/ran.h"
#include "tests/support/cld_generator.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using server::command::Exit;

class TppScenario : public testing::Test {
 protected:
  std::string Folder(const std::string& name) {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path);
    return path.string();
  }
  std::string Written(const std::string& name, const std::string& bytes) {
    const std::string path = (folder_.path() / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  Ran Ingest(const std::string& adapter, const std::string& path, const std::string& store) {
    return RunCommand("ingest", {{"ADAPTER", adapter}, {"FILE", path}, {"--data", Folder(store)}, {"--report", Folder("reports") + "/last.json"}});
  }
  // The counts of the last report.
  std::map<std::string, int> Counts() {
    std::ifstream file(Folder("reports") + "/last.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto report = fhir::json::Read(text);
    std::map<std::string, int> counts;
    if (!report) return counts;
    for (const fhir::Element& parameter : fhir::Repeats(*report->root, "parameter")) {
      if (!parameter.ValueOf("valueInteger").empty()) counts[std::string(parameter.ValueOf("name"))] = std::stoi(std::string(parameter.ValueOf("valueInteger")));
    }
    return counts;
  }
  tpp::Cells Emitted(const std::string& store) {
    const Ran ran = RunCommand("emit", {{"ADAPTER", "tpp"}, {"--data", Folder(store)}});
    EXPECT_EQ(ran.exit, Exit::kDone) << ran.err;
    tpp::Cells cells;
    if (ran.exit != Exit::kDone) return cells;
    for (const auto& [name, csv] : PartsOf(ran.out)) cells.merge(tpp::CellsOf(ReadTppTable(name, csv)));
    return cells;
  }
  server::AppOptions Over(const std::string& store) {
    server::AppOptions options;
    options.data_dir = Folder(store);
    return options;
  }

  TempFolder folder_;
};

std::string Get(Served& served, const std::string& target) {
  const auto answer = served.Do("GET", target);
  EXPECT_EQ(answer.status, 200) << target << ": " << answer.body.substr(0, 500);
  return answer.body;
}

int TotalOf(Served& served, const std::string& search) {
  const auto bundle = fhir::json::Read(Get(served, search + "&_summary=count"));
  return bundle ? std::stoi(std::string(bundle->root->ValueOf("total"))) : -1;
}

TEST_F(TppScenario, AThousandPeopleGoInAndComeBackFieldByField) {
  const TppSet set = GenerateTpp({.seed = 101, .people = EveryDayOrLong<std::size_t>(1'000, 10'000), .orphans = 0.02});
  const Ran ran = Ingest("tpp", Written("set.bin", WriteTpp(set)), "data");
  ASSERT_EQ(ran.exit, Exit::kDone) << ran.err.substr(0, 2'000);
  std::map<std::string, int> counts = Counts();
  EXPECT_EQ(counts["entriesIn"], static_cast<int>(set.rows()));
  EXPECT_EQ(counts["entriesIn"], counts["entriesStored"] + counts["entriesMerged"] + counts["entriesReported"]);
  EXPECT_EQ(counts["elementsIn"], counts["elementsCarried"]);
  EXPECT_EQ(tpp::Difference(tpp::CellsOf(set), Emitted("data")), "");
}

TEST_F(TppScenario, ThePracticesRecordTheCouncilsFileAndTheSetAreOneRecord) {
  REQUIRE_SHARED_DATA("gp-connect");
  std::set<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(SharedData("gp-connect"))) {
    if (file.path().extension() != ".json") continue;
    ASSERT_EQ(Ingest("gp-connect", file.path().string(), "data").exit, Exit::kDone);
    found.insert(file.path().filename().string().substr(0, 10));
  }
  const std::vector<std::string> numbers(found.begin(), found.end());
  CldOptions council;
  council.seed = 13;
  council.people = 20;
  council.nhs_numbers = numbers;
  ASSERT_EQ(Ingest("cld", Written("cld.csv", WriteCld(GenerateCld(council).rows)), "data").exit, Exit::kDone);
  const TppSet set = GenerateTpp({.seed = 14, .people = 20, .nhs_numbers = numbers});
  ASSERT_EQ(Ingest("tpp", Written("set.bin", WriteTpp(set)), "data").exit, Exit::kDone);

  Served served(Over("data"));
  std::size_t goals = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto everything = fhir::json::Read(Get(served, "/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C" + numbers[i]));
    ASSERT_TRUE(everything);
    const fhir::Element* patient = everything->root->Walk("entry", "resource", "id");
    ASSERT_TRUE(patient) << numbers[i];
    const std::string record = Get(served, "/fhir/Patient/" + std::string(patient->value()) + "/$everything?_count=1000");
    for (const char* system : {"id/tpp-patient/A81001", "id/la-person-id/503"}) EXPECT_NE(record.find(system), std::string::npos) << numbers[i] << " " << system;
    EXPECT_NE(record.find("\"value\":\"" + set["SRPatient"].Cell(i, "RowIdentifier") + "\""), std::string::npos);
    goals += record.find("\"resourceType\":\"Goal\"") != std::string::npos ? 1U : 0U;
  }
  EXPECT_GT(goals, 3U) << "native goals of the practice in a record with the council's services";
  EXPECT_EQ(tpp::Difference(tpp::CellsOf(set), Emitted("data")), "") << "what others say of the same people is not in the set";
}

// Where the store is a database there need be no folder of it.
TEST_F(TppScenario, ASetComesBackOutOfADatabase) {
  REQUIRE_POSTGRES();
  const TppSet set = GenerateTpp({.seed = 16, .people = 3});
  const std::string url = PostgresUrlFor(folder_.path()), none = (folder_.path() / "none").string(), out = Folder("out");
  const std::string path = Written("SRPatient.csv", WriteTppTable(set["SRPatient"]));
  const Ran sent = RunCommand("ingest", {{"ADAPTER", "tpp"}, {"FILE", path}, {"--extracted", "2026-03-31"}, {"--postgres", url}, {"--data", Folder("data")}});
  ASSERT_EQ(sent.exit, Exit::kDone) << sent.err;
  const Ran ran = RunCommand("emit", {{"ADAPTER", "tpp"}, {"--into", out}, {"--postgres", url}, {"--data", none}});
  ASSERT_EQ(ran.exit, Exit::kDone) << ran.err;
  std::ifstream file(out + "/SRPatient.csv", std::ios::binary);
  EXPECT_EQ(tpp::Difference(tpp::CellsOf(set["SRPatient"]), tpp::CellsOf(ReadTppTable("SRPatient", std::string{std::istreambuf_iterator<char>(file), {}}))), "");
}

TEST_F(TppScenario, FilesOneByOneOnTheCommandLineAreOneSet) {
  const TppSet set = GenerateTpp({.seed = 15, .people = 5});
  const std::string into = Folder("files"), out = Folder("out");
  for (const TppTable& table : set.tables) Written("files/" + table.name + ".csv", WriteTppTable(table));
  const Ran first = RunCommand("ingest", {{"ADAPTER", "tpp"}, {"FILE", into + "/SRPatient.csv"}, {"FILE", into + "/SRGoal.csv"}, {"--extracted", "2026-03-31"}, {"--data", Folder("data")}});
  ASSERT_EQ(first.exit, Exit::kDone) << first.err;
  const Ran again = RunCommand("ingest", {{"ADAPTER", "tpp"}, {"FILE", into + "/SRPatient.csv"}, {"FILE", into + "/SRGoal.csv"}, {"--extracted", "2026-03-31"}, {"--data", Folder("data")}});
  EXPECT_NE(again.err.find("the same as message"), std::string::npos) << "the same files are the same message";
  const Ran adapted = RunCommand("adapt", {{"ADAPTER", "tpp"}, {"FILE", into + "/SRPatient.csv"}, {"FILE", into + "/SRGoal.csv"}});
  EXPECT_NE(adapted.out.find("\"resourceType\":\"Patient\""), std::string::npos) << adapted.err;
  EXPECT_EQ(RunCommand("adapt", {{"ADAPTER", "cld"}, {"FILE", "a.csv"}, {"FILE", "b.csv"}}).exit, Exit::kWrongUse);
  const Ran single = RunCommand("ingest", {{"ADAPTER", "tpp"}, {"FILE", into + "/SRNeeds.csv"}, {"--data", Folder("data")}});
  ASSERT_EQ(single.exit, Exit::kDone) << single.err;
  ASSERT_EQ(RunCommand("emit", {{"ADAPTER", "tpp"}, {"--organisation", "A81001"}, {"--into", out}, {"--data", Folder("data")}}).exit, Exit::kDone);
  tpp::Cells sent, back;
  for (const char* name : {"SRPatient", "SRGoal", "SRNeeds"}) {
    sent.merge(tpp::CellsOf(set[name]));
    std::ifstream file(out + "/" + name + ".csv", std::ios::binary);
    back.merge(tpp::CellsOf(ReadTppTable(name, std::string{std::istreambuf_iterator<char>(file), {}})));
  }
  EXPECT_EQ(tpp::Difference(sent, back), "");
  EXPECT_EQ(RunCommand("emit", {{"ADAPTER", "tpp"}, {"--organisation", "B99"}, {"--data", Folder("data")}}).exit, Exit::kWrongUse);
  EXPECT_EQ(RunCommand("ingest", {{"ADAPTER", "cld"}, {"FILE", "x.csv"}, {"--load", "full"}, {"--data", Folder("data")}}).exit, Exit::kWrongUse);
}

TEST_F(TppScenario, ASetPostedAsAFormIsTakenAndTheSameSetAgainChangesNothing) {
  TppSet set = GenerateTpp({.seed = 16, .people = 8});
  set.fields = {{"extracted", "2026-03-31"}};
  Served served(Over("data"));
  std::int64_t before = 0;
  for (const char* boundary : {"------------------------d74496d66958873e", "------------------------aaaaaaaaaaaaaaaa"}) {
    const auto answer = served.Do("POST", "/inbox/tpp?name=set", WriteTpp(set, boundary), std::string("multipart/form-data; boundary=") + boundary);
    ASSERT_EQ(answer.status, 202) << answer.body;
    ASSERT_TRUE(served.app().inbox->ProcessWaiting());
    const std::int64_t versions = served.app().store->Count()->versions;
    EXPECT_EQ(TotalOf(served, "/fhir/Patient?_count=1"), 8);
    EXPECT_TRUE(before == 0 || versions == before) << "curl's boundary is another each time; the rows are the same";
    before = versions;
  }
  const auto cut = served.Do("POST", "/inbox/tpp", WriteTpp(set).substr(0, 900), "multipart/form-data; boundary=x");
  ASSERT_EQ(cut.status, 202);
  ASSERT_TRUE(served.app().inbox->ProcessWaiting());
  EXPECT_NE(Get(served, "/inbox?state=held").find("\"valueCode\":\"held\""), std::string::npos);
}

TEST_F(TppScenario, APersonHeldForWantOfARowGoesInWhenTheMessageIsReplayed) {
  TppSet set = GenerateTpp({.seed = 17, .people = 4, .blanks = 0});
  TppSet patients = set;
  for (TppTable& table : patients.tables) {
    if (table.name != "SRPatient") table.rows.clear();
  }
  set["SRPatient"].rows.clear();
  const Ran first = Ingest("tpp", Written("rows.bin", WriteTpp(set)), "data");
  EXPECT_EQ(first.exit, Exit::kFindings);
  EXPECT_NE(first.err.find("a row of SRPatient"), std::string::npos) << first.err;
  const std::string id = first.out.substr(first.out.find("\"valueId\":\"") + 11, 36);
  ASSERT_EQ(Ingest("tpp", Written("patients.bin", WriteTpp(patients)), "data").exit, Exit::kDone);
  const Ran again = RunCommand("inbox", {{"ACTION", "replay"}, {"ID", id}, {"--data", Folder("data")}});
  EXPECT_EQ(again.exit, Exit::kDone) << again.err;
  tpp::Cells all = tpp::CellsOf(set);
  all.merge(tpp::CellsOf(patients));
  EXPECT_EQ(tpp::Difference(all, Emitted("data")), "");
}

}  // namespace
}  // namespace careloom_test
