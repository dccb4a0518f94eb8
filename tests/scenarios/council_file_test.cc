// Councils' files through the program itself: in and out, in either order, killed on the way, beside the GP's records.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "fhir/json/reader.h"
#include "server/command/catalogue.h"
#include "server/inbox/inbox.h"
#include "tests/server/command/ran.h"
#include "tests/support/child_process.h"
#include "tests/support/cld_generator.h"
#include "tests/support/http_client.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using server::command::Exit;

class CouncilFile : public testing::Test {
 protected:
  std::string Written(const std::string& name, const std::string& bytes) {
    const std::string path = (folder_.path() / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string Store(const std::string& name) { return (folder_.path() / name).string(); }
  Ran Ingest(const std::string& file, const std::string& store) {
    return RunCommand("ingest", {{"ADAPTER", "cld"}, {"FILE", file}, {"--data", Store(store)}});
  }
  std::string Emitted(const std::string& store, const std::string& period) {
    const Ran ran = RunCommand("emit", {{"ADAPTER", "cld"}, {"--period", period}, {"--data", Store(store)}});
    EXPECT_NE(ran.exit, Exit::kWrongUse) << ran.err;
    return ran.out;
  }
  // Lines in order, for comparing what two stores hold.
  static std::vector<std::string> Lines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) lines.push_back(text.substr(at, end - at));
    return lines;
  }
  static std::map<std::string, std::vector<CldRow>> ByPerson(const std::string& text) {
    std::map<std::string, std::vector<CldRow>> people;
    if (!text.empty()) {
      for (CldRow& row : ReadCld(text)) people[row[CldColumn::kPersonId]].push_back(row);
    }
    return people;
  }
  void ExpectClean(const std::string& store) {
    const Ran check = RunCommand("check", {{"--data", Store(store)}});
    EXPECT_EQ(check.exit, Exit::kDone) << check.out;
  }

  TempFolder folder_;
};

TEST_F(CouncilFile, GoesInAndComesOutAndInAgainAsItWas) {
  CldOptions options;
  options.people = 20;
  const std::string file = Written("a.csv", WriteCld(GenerateCld(options).rows));
  const Ran first = Ingest(file, "store");
  EXPECT_EQ(first.exit, Exit::kDone) << first.err;
  EXPECT_NE(first.out.find(R"({"name":"scope","valueString":"503"})"), std::string::npos) << first.out;
  const Ran again = Ingest(file, "store");
  EXPECT_NE(again.err.find("nothing changes"), std::string::npos) << again.err;
  const std::string emitted = Emitted("store", "2025-04-01/2026-03-31");
  EXPECT_GT(Lines(emitted).size(), 40u);
  const Ran back = Ingest(Written("back.csv", emitted), "store");
  EXPECT_EQ(back.exit, Exit::kDone) << back.err;
  EXPECT_EQ(Emitted("store", "2025-04-01/2026-03-31"), emitted);
  const Ran list = RunCommand("inbox", {{"ACTION", "list"}, {"--state", "stored"}, {"--data", Store("store")}});
  EXPECT_EQ(std::ranges::count(list.out, '\n'), 2) << list.out;
  ExpectClean("store");
}

TEST_F(CouncilFile, AdaptedItIsOneTransaction) {
  CldOptions options;
  options.people = 5;
  const Ran adapted = RunCommand("adapt", {{"ADAPTER", "cld"}, {"FILE", "-"}}, WriteCld(GenerateCld(options).rows));
  EXPECT_EQ(adapted.exit, Exit::kDone) << adapted.err;
  Served served;
  const auto stored = served.Do("POST", "/fhir", adapted.out);
  EXPECT_EQ(stored.status, 200) << stored.body.substr(0, 1000);
  EXPECT_NE(served.Do("GET", "/fhir/Patient?_summary=count").body.find("\"total\":5"), std::string::npos);
}

TEST_F(CouncilFile, OverlappingFilesInEitherOrderComeOutTheSame) {
  CldOptions options;
  options.people = 15;
  const CldOverlap overlap = GenerateCldOverlap(options);
  const std::string earlier = Written("earlier.csv", WriteCld(overlap.earlier.rows)), later = Written("later.csv", WriteCld(overlap.later.rows));
  for (const std::string& file : {earlier, later}) EXPECT_EQ(Ingest(file, "forth").exit, Exit::kDone);
  for (const std::string& file : {later, earlier}) EXPECT_EQ(Ingest(file, "back").exit, Exit::kDone);
  const std::string period = overlap.later.options.from + "/" + overlap.later.options.to;
  const std::string forth = Emitted("forth", period);
  EXPECT_GT(Lines(forth).size(), 15u);
  EXPECT_EQ(forth, Emitted("back", period));
}

TEST_F(CouncilFile, KilledOnTheWayItIsWholeInTheEnd) {
  CldOptions options;
  options.people = EveryDayOrLong<std::size_t>(40, 60);
  const std::string file = Written("a.csv", WriteCld(GenerateCld(options).rows)), period = "2025-04-01/2026-03-31";
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(ChildProcess({"ingest", "cld", file, "--data", Store("whole")}).Wait(), 0);
  const auto whole_ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count();
  const std::string whole = Emitted("whole", period);
  const auto all = ByPerson(whole);
  std::mt19937 random(11);
  int interrupted = 0;
  const int kills = EveryDayOrLong(3, 50);
  auto most_ms = static_cast<unsigned>(whole_ms);
  std::string store = "killed";
  for (int kill = 0; interrupted < kills && kill < 8 * kills; ++kill) {
    if (kill % 4 == 0) store = "killed" + std::to_string(kill);   // several times in one store
    ChildProcess ingest({"ingest", "cld", file, "--data", Store(store)});
    std::this_thread::sleep_for(std::chrono::milliseconds(most_ms / 8 + random() % most_ms));
    ingest.Kill();
    if (ingest.Wait() != -SIGKILL) {
      most_ms = std::max(most_ms * 3 / 4, 8U);   // the machine is quicker now
      continue;
    }
    ++interrupted;
    if (!std::filesystem::exists(folder_.path() / store / "careloom.sqlite")) continue;
    // Whoever is there is whole: a person's lines are all of that person's lines.
    const Ran part = RunCommand("emit", {{"ADAPTER", "cld"}, {"--period", period}, {"--data", Store(store)}});
    if (part.exit == Exit::kWrongUse) continue;
    for (const auto& [person, rows] : ByPerson(part.out)) EXPECT_EQ(rows, all.at(person)) << "half there";
  }
  EXPECT_GT(interrupted, 0);
  EXPECT_EQ(ChildProcess({"ingest", "cld", file, "--data", Store(store)}).Wait(), 0);
  EXPECT_EQ(Emitted(store, period), whole);
  ExpectClean(store);
}

// The resources of a searchset, page by page.
std::vector<fhir::Document> Everything(std::uint16_t port, std::string target) {
  std::vector<fhir::Document> pages;
  while (!target.empty()) {
    const auto answer = Fetch(port, "GET", target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    auto page = fhir::json::Read(answer.body);
    if (!page) break;
    target.clear();
    for (const fhir::Element& link : fhir::Repeats(*page->root, "link")) {
      const std::string_view url = link.ValueOf("url");
      if (link.ValueOf("relation") == "next") target = url.substr(url.find("/fhir/"));
    }
    pages.push_back(*std::move(page));
  }
  return pages;
}

void CollectReferences(const fhir::Element& element, std::set<std::string>& references) {
  if (element.name == "reference" && element.has_value() && element.value().find(':') == std::string_view::npos && !element.value().starts_with('#')) {
    references.emplace(element.value());
  }
  for (const fhir::Element& child : fhir::Children(element)) CollectReferences(child, references);
}

TEST_F(CouncilFile, StandsBesideTheGpsRecordOfTheSamePerson) {
  REQUIRE_SHARED_DATA("gp-connect");
  // The numbers of the GP records, from their names.
  CldOptions options;
  options.people = 16;
  for (const auto& record : std::filesystem::directory_iterator(SharedData("gp-connect"))) {
    if (record.path().extension() != ".json") continue;
    const Ran ran = RunCommand("ingest", {{"ADAPTER", "gp-connect"}, {"FILE", record.path().string()}, {"--data", Store("store")}});
    EXPECT_NE(ran.out.find(R"("valueCode":"stored")"), std::string::npos) << ran.err;
    options.nhs_numbers.push_back(record.path().filename().string().substr(0, 10));
  }
  ChildProcess serve({"serve", "--port", "0", "--data", Store("store")});
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  const auto kept = Fetch(port, "POST", "/inbox/cld?name=a.csv", {{"Content-Type", "text/csv"}}, WriteCld(GenerateCld(options).rows));
  ASSERT_EQ(kept.status, 202) << kept.body;
  const std::string location(server::http::FindHeader(kept.headers, "Location"));
  std::string state;
  for (int tries = 0; tries < 1000 && state.find(R"("valueCode":"stored")") == std::string::npos && state.find(R"("valueCode":"held")") == std::string::npos; ++tries) {
    ::usleep(20'000);
    state = Fetch(port, "GET", location).body;
  }
  ASSERT_NE(state.find(R"("valueCode":"stored")"), std::string::npos) << state.substr(0, 3000);
  int joined = 0, both = 0;
  for (const std::string& number : options.nhs_numbers) {
    const auto found = fhir::json::Read(Fetch(port, "GET", "/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C" + number).body);
    const fhir::Element* patient = found->root->Walk("entry", "resource", "id");
    if (!patient) continue;
    std::set<std::string> present, references, types, own, whose;
    for (const fhir::Document& page : Everything(port, "/fhir/Patient/" + std::string(patient->value()) + "/$everything?_count=100")) {
      for (const fhir::Element& entry : fhir::Repeats(*page.root, "entry")) {
        const fhir::Element& resource = *entry.Find("resource");
        types.emplace(resource.resource_type());
        present.insert(std::string(resource.resource_type()) + "/" + std::string(resource.ValueOf("id")));
        CollectReferences(resource, references);
        for (const fhir::Element& identifier : fhir::Repeats(resource, "identifier")) {
          if (resource.resource_type() == "Patient" && identifier.ValueOf("value") == number) own.insert("Patient/" + std::string(resource.ValueOf("id")));
        }
        for (const char* subject : {"subject", "for"}) {
          if (const fhir::Element* reference = resource.Walk(subject, "reference")) whose.emplace(reference->value());
        }
      }
    }
    EXPECT_TRUE(std::ranges::includes(own, whose)) << "something of somebody else's";
    if (own.size() > 1) ++both;
    for (const std::string& reference : references) {
      if (!present.contains(reference)) { EXPECT_EQ(Fetch(port, "GET", "/fhir/" + reference).status, 200) << reference; }
    }
    if (types.contains("Task") && types.contains("ChargeItem") && types.contains("Account") && types.contains("EpisodeOfCare") && types.contains("CarePlan")) ++joined;
  }
  EXPECT_GT(joined, 3);
  EXPECT_GT(both, 8) << "the GP's Patient and the council's are one person";
  serve.Signal(SIGTERM);
  EXPECT_EQ(serve.Wait(), 0) << serve.err();
}

}  // namespace
}  // namespace careloom_test
