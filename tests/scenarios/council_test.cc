// A council's files beside the practices' records, by the commands and requests that their people use: one person one
// record, whichever file comes first, and the council's own form back.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/server/command/ran.h"
#include "tests/support/all_pages.h"
#include "tests/support/cld_generator.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using fhir::Element;
using server::command::Exit;

constexpr std::string_view kNhsNumber = "https://fhir.nhs.uk/Id/nhs-number";
constexpr std::string_view kPersonSystem = "https://careloom.example/fhir/id/la-person-id/";

std::string Text(const Element* element) { return element ? std::string(element->value()) : std::string(); }

server::AppOptions Over(const std::string& folder) {
  server::AppOptions options;
  options.data_dir = folder;
  return options;
}

// The folder of one store.
class CouncilScenario : public testing::Test {
 protected:
  std::string data() const { return (folder_.path() / "data").string(); }

  std::string File(const std::string& name, const std::string& bytes) {
    const std::string path = (folder_.path() / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  void Ingest(const std::string& adapter, const std::string& path, const std::string& into) {
    const Ran ran = RunCommand("ingest", {{"ADAPTER", adapter}, {"FILE", path}, {"--data", into}});
    ASSERT_EQ(ran.exit, Exit::kDone) << path << ": " << ran.err.substr(0, 2'000);
  }
  void IngestCld(const CldFile& file, const std::string& into) {
    Ingest("cld", File("cld-" + std::to_string(++files_) + ".csv", WriteCld(file.rows)), into);
  }
  std::vector<CldRow> Emit(const CldOptions& period, const std::string& from) {
    const Ran ran = RunCommand("emit", {{"ADAPTER", "cld"}, {"--period", period.from + "/" + period.to}, {"--release", std::to_string(period.release)}, {"--data", from}});
    EXPECT_NE(ran.exit, Exit::kWrongUse) << ran.err;
    std::vector<CldRow> rows = ReadCld(ran.out);
    std::ranges::sort(rows);
    return rows;
  }

  TempFolder folder_;
  int files_ = 0;
};

std::string NameOf(const fhir::Document& resource) { return std::string(resource.root->resource_type()) + "/" + std::string(resource.root->ValueOf("id")); }

void CollectReferences(const Element& element, std::vector<std::string>& references) {
  if (element.name == "reference" && element.has_value()) references.emplace_back(element.value());
  for (const Element& child : fhir::Children(element)) CollectReferences(child, references);
}

// $everything as a set of names; the ids of the person's Patients come back too.
std::set<std::string> Everything(Served& served, const std::string& patient, std::set<std::string>* patients = nullptr) {
  std::set<std::string> names;
  for (const fhir::Document& resource : All(served, "/fhir/Patient/" + patient + "/$everything?_count=50")) {
    names.insert(NameOf(resource));
    if (patients && resource.root->resource_type() == "Patient") patients->insert(std::string(resource.root->ValueOf("id")));
  }
  return names;
}

std::string FindPatient(Served& served, std::string_view system, std::string_view value) {
  const std::vector<fhir::Document> found = All(served, "/fhir/Patient?identifier=" + std::string(system) + "%7C" + std::string(value));
  EXPECT_EQ(found.size(), 1U) << system;
  return found.empty() ? std::string() : std::string(found[0].root->ValueOf("id"));
}

// What the planned ChargeItems of a store come to in a period: read from FHIR alone.
std::int64_t PlannedPenniesStored(Served& served, const std::string& from, const std::string& to) {
  std::int64_t parts = 0;
  for (const fhir::Document& item : All(served, "/fhir/ChargeItem?_count=500")) {
    if (item.root->ValueOf("status") == "entered-in-error") continue;
    CldPrice price;
    for (const Element& extension : fhir::Repeats(*item.root, "extension")) {
      if (extension.ValueOf("url").ends_with("/unit-price")) price.unit_cost = Text(extension.Walk("valueMoney", "value"));
    }
    const Element* timing = item.root->Find("occurrenceTiming");
    if (!timing || price.unit_cost.empty()) continue;
    const Element* frequency = timing->Find("code");
    price.frequency = frequency && frequency->Walk("coding", "code") ? Text(frequency->Walk("coding", "code")) : Text(frequency ? frequency->Find("text") : nullptr);
    const Element* bounds = timing->Walk("repeat", "boundsPeriod");
    price.from = Text(bounds ? bounds->Find("start") : nullptr);
    price.to = Text(bounds ? bounds->Find("end") : nullptr);
    price.units = Text(item.root->Walk("quantity", "value"));
    parts += PennyParts(price, from, to);
  }
  return Pennies(parts);
}

// A store as text that is the same for the same record: no ids of the store's own, no times of storing; references by
// the identifier of what they name. Provenance is left out: it tells the messages.
std::multiset<std::string> Record(Served& served, const std::vector<std::string>& types) {
  std::vector<fhir::Document> resources;
  std::map<std::string, std::string> keys;
  for (const std::string& type : types) {
    for (fhir::Document& resource : All(served, "/fhir/" + type + "?_count=500")) {
      keys[NameOf(resource)] = type + "?" + Text(resource.root->Walk("identifier", "system")) + "|" + Text(resource.root->Walk("identifier", "value"));
      resources.push_back(std::move(resource));
    }
  }
  std::multiset<std::string> record;
  for (const fhir::Document& resource : resources) {
    std::string text = fhir::json::Write(*resource.root);
    for (const char* member : {"\"id\":\"", "\"versionId\":\"", "\"lastUpdated\":\"", "\"valueInstant\":\""}) {
      for (std::size_t at = text.find(member); at != std::string::npos; at = text.find(member, at + 1)) {
        const std::size_t begin = at + std::string_view(member).size();
        text.replace(begin, text.find('"', begin) - begin, "");
      }
    }
    std::vector<std::string> references;
    CollectReferences(*resource.root, references);
    for (const std::string& reference : references) {
      const std::size_t at = text.find("\"" + reference + "\"");
      if (at != std::string::npos && keys.contains(reference)) text.replace(at + 1, reference.size(), keys[reference]);
    }
    record.insert(std::move(text));
  }
  return record;
}

const std::vector<std::string>& CouncilTypes() {
  static const std::vector<std::string> types = {"Patient",   "Organization",  "ServiceRequest", "Task",     "EpisodeOfCare", "ChargeItem",
                                                 "Account",   "Condition",     "Observation",    "CarePlan", "RelatedPerson"};
  return types;
}

TEST_F(CouncilScenario, ThePracticesRecordAndTheCouncilsAreOneRecord) {
  REQUIRE_SHARED_DATA("gp-connect");
  std::vector<std::string> numbers;
  for (const auto& file : std::filesystem::directory_iterator(SharedData("gp-connect"))) {
    if (file.path().extension() != ".json") continue;
    Ingest("gp-connect", file.path().string(), data());
    numbers.push_back(file.path().filename().string().substr(0, 10));
  }
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  ASSERT_EQ(numbers.size(), 12U);   // two records are of one number
  CldOptions options;
  options.seed = 13;
  options.people = 40;
  options.nhs_numbers = numbers;
  const CldFile file = GenerateCld(options);
  IngestCld(file, data());

  Served served(Over(data()));
  std::size_t with_money = 0;
  for (const std::string& number : numbers) {
    const std::string id = FindPatient(served, kNhsNumber, number);
    // A budget agreement that the person's social worker stores belongs to the record too.
    const auto contract = served.Do("POST", "/fhir/Contract", R"({"resourceType":"Contract","status":"offered","subject":[{"reference":"Patient/)" + id + R"("}]})");
    ASSERT_EQ(contract.status, 201) << contract.body;
    std::vector<fhir::Document> resources = All(served, "/fhir/Patient/" + id + "/$everything?_count=100");
    std::set<std::string> patients, names, types;
    for (const fhir::Document& resource : resources) {
      names.insert(NameOf(resource));
      types.insert(std::string(resource.root->resource_type()));
      if (types.contains("Patient") && resource.root->resource_type() == "Patient") patients.insert(NameOf(resource));
    }
    EXPECT_EQ(patients.size(), 2U) << "the practice's and the council's";
    for (const fhir::Document& resource : resources) {
      for (const char* whose : {"subject", "patient", "for"}) {
        const Element* of = resource.root->Walk(whose, "reference");
        EXPECT_TRUE(!of || !of->value().starts_with("Patient/") || patients.contains(std::string(of->value()))) << NameOf(resource) << " is of somebody else";
      }
      std::vector<std::string> references;
      CollectReferences(*resource.root, references);
      for (const std::string& reference : references) {
        if (reference.starts_with("#") || reference.find('/') == std::string::npos) continue;
        EXPECT_TRUE(names.contains(reference) || served.Do("GET", "/fhir/" + reference).status == 200) << NameOf(resource) << " → " << reference;
      }
    }
    EXPECT_TRUE(types.contains("Condition") && types.contains("List") && types.contains("Contract")) << "the practice's part";
    EXPECT_TRUE(types.contains("Observation") && types.contains("Organization"));
    with_money += types.contains("ChargeItem") && types.contains("Account") && types.contains("EpisodeOfCare") && types.contains("CarePlan") && types.contains("Task") ? 1U : 0U;
    for (const std::string& patient : patients) EXPECT_EQ(Everything(served, patient.substr(8)), names) << "the same set by either Patient";
  }
  EXPECT_GE(with_money, 3U) << "the file gives some of them assessments, services and costs";
}

TEST_F(CouncilScenario, AFileGoesInAndComesBackInBothReleases) {
  for (const int release : {1, 2}) {
    CldOptions options;
    options.seed = 31 + static_cast<std::uint64_t>(release);
    options.people = 60;
    options.release = release;
    options.same_key = 0;   // else rows of one event are one
    const CldFile file = GenerateCld(options);
    const std::string store = data() + std::to_string(release);
    IngestCld(file, store);
    std::vector<CldRow> sent = file.rows;
    std::ranges::sort(sent);
    const std::vector<CldRow> back = Emit(options, store);
    EXPECT_EQ(back.size(), sent.size());
    EXPECT_TRUE(back == sent) << "release " << release << ", the first that differs: row "
                              << std::ranges::mismatch(back, sent).in1 - back.begin() << " of " << sent.size() << " in order";
    // The same file again changes nothing.
    const std::string path = File("again.csv", WriteCld(file.rows));
    std::int64_t before = 0, after = 0;
    { Served served(Over(store)); before = served.app().store->Count()->versions; }
    Ingest("cld", path, store);
    { Served served(Over(store)); after = served.app().store->Count()->versions; }
    EXPECT_EQ(after, before);
  }
}

TEST_F(CouncilScenario, TwoQuartersInEitherOrderAreOneRecordAndTheLaterOnesCost) {
  CldOptions options;
  options.seed = 77;
  options.people = 60;
  options.from = "2025-01-01";
  const CldOverlap quarters = GenerateCldOverlap(options);
  ASSERT_GT(quarters.corrected, 0U);
  ASSERT_GT(quarters.withdrawn, 0U);
  const std::string forth = data() + "-forth", back = data() + "-back";
  IngestCld(quarters.earlier, forth);
  IngestCld(quarters.later, forth);
  IngestCld(quarters.later, back);
  IngestCld(quarters.earlier, back);
  const std::string &from = quarters.later.options.from, &to = quarters.later.options.to;
  const std::int64_t expected = PlannedPennies(quarters.later.rows, from, to);
  ASSERT_GT(expected, 0);
  Served one(Over(forth)), other(Over(back));
  EXPECT_EQ(PlannedPenniesStored(one, from, to), expected);
  EXPECT_EQ(PlannedPenniesStored(other, from, to), expected);
  const std::multiset<std::string> a = Record(one, CouncilTypes()), b = Record(other, CouncilTypes());
  std::vector<std::string> differ;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(differ));
  EXPECT_TRUE(differ.empty()) << differ.size() << " differ, the first: " << differ.front();
}

TEST_F(CouncilScenario, AServiceChangedOverRestShowsInItsCellAndInNoOther) {
  CldOptions options;
  options.seed = 5;
  options.people = 20;
  const CldFile file = GenerateCld(options);
  IngestCld(file, data());
  const std::vector<CldRow> before = Emit(options, data());
  {
    Served served(Over(data()));
    bool changed = false;
    for (const fhir::Document& item : All(served, "/fhir/ChargeItem?_count=500")) {
      std::string body = fhir::json::Write(*item.root);
      const std::size_t at = body.find("\"valueMoney\":{\"value\":");
      if (at == std::string::npos || item.root->ValueOf("status") == "entered-in-error") continue;
      const std::size_t begin = at + 22, end = body.find_first_not_of("0123456789.", begin);
      body.replace(begin, end - begin, "4321.09");
      const auto answer = served.Do("PUT", "/fhir/" + NameOf(item), body);
      ASSERT_EQ(answer.status, 200) << answer.body;
      changed = true;
      break;
    }
    ASSERT_TRUE(changed);
    // No body holds a source row.
    for (const std::string& type : CouncilTypes()) {
      for (const fhir::Document& resource : All(served, "/fhir/" + type + "?_count=500")) {
        const std::string body = fhir::json::Write(*resource.root);
        for (const char* mark : {"Reporting Period Start Date", "Adult 1 Linked Person_ID", ",,,"}) EXPECT_EQ(body.find(mark), std::string::npos) << NameOf(resource);
      }
    }
  }
  const std::vector<CldRow> after = Emit(options, data());
  ASSERT_EQ(after.size(), before.size());
  std::vector<CldRow> gone, come;
  std::ranges::set_difference(before, after, std::back_inserter(gone));
  std::ranges::set_difference(after, before, std::back_inserter(come));
  ASSERT_EQ(gone.size(), 1U);
  ASSERT_EQ(come.size(), 1U);
  for (std::size_t i = 0; i < gone[0].cells.size(); ++i) {
    const bool is_cost = i == static_cast<std::size_t>(CldColumn::kUnitCost);
    EXPECT_EQ(gone[0].cells[i] != come[0].cells[i], is_cost) << adapters::council::cld::Columns()[i].header;
  }
  EXPECT_EQ(come[0][CldColumn::kUnitCost], "4321.09");
}

TEST_F(CouncilScenario, WhatOthersAddStaysWhenTheNextFileComes) {
  CldOptions options;
  options.seed = 41;
  options.people = 10;
  options.from = "2025-01-01";
  const CldOverlap quarters = GenerateCldOverlap(options);
  IngestCld(quarters.earlier, data());
  const std::map<std::string, std::string> additions = {
      {"CarePlan", R"("goal":[{"display":"Back to the allotment"}],"meta":{"tag":[{"system":"https://example.org/tier","code":"complex"}]},)"},
      {"EpisodeOfCare", R"("careManager":{"display":"Key worker"},)"},
      {"Account", R"("partOf":{"display":"Integrated budget"},)"},
      {"Patient", R"("telecom":[{"system":"phone","value":"01632 960001"}],)"},
      {"Task", R"("note":[{"text":"Daughter was there"}],)"},
      {"ChargeItem", R"("supportingInformation":[{"display":"Goal one"}],)"},
      {"Observation", R"("note":[{"text":"As told on the phone"}],)"}};
  std::map<std::string, std::vector<std::string>> changed;
  {
    Served served(Over(data()));
    for (const auto& [type, text] : additions) {
      for (const fhir::Document& resource : All(served, "/fhir/" + type + "?_count=500")) {
        std::string body = fhir::json::Write(*resource.root);
        const std::string id = "\"id\":\"" + std::string(resource.root->ValueOf("id")) + "\",";
        if (type == "CarePlan") body.erase(body.find("\"meta\":{"), body.find("},", body.find("\"meta\":{")) + 2 - body.find("\"meta\":{"));
        body.insert(body.find(id) + id.size(), text);
        const auto answer = served.Do("PUT", "/fhir/" + NameOf(resource), body);
        ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 800);
        changed[type].push_back(NameOf(resource));
      }
    }
  }
  IngestCld(quarters.later, data());
  Served served(Over(data()));
  for (const auto& [type, names] : changed) {
    std::size_t rewritten = 0;
    for (const std::string& name : names) {
      const auto answer = served.Do("GET", "/fhir/" + name);
      if (answer.status == 410) continue;   // a fact that holds on other days now
      auto now = fhir::json::Read(answer.body);
      ASSERT_TRUE(now) << name;
      rewritten += now->root->Walk("meta", "versionId")->value() == "2" ? 0U : 1U;
      const std::string text = additions.at(type), said = text.substr(0, text.find(':'));
      EXPECT_NE(answer.body.find(said), std::string::npos) << name;
      EXPECT_TRUE(type != "CarePlan" || answer.body.find("\"complex\"") != std::string::npos) << name;
    }
    EXPECT_TRUE(rewritten > 0 || type == "ChargeItem" || type == "Account" || type == "Observation" || type == "Patient") << type << ": the file changes some";
  }
}

TEST_F(CouncilScenario, ARowWhoseNumberComesLaterJoinsThePractice) {
  REQUIRE_SHARED_DATA("gp-connect");
  const std::string number = "9465701262";
  CldOptions options;
  options.seed = 3;
  options.people = 1;
  options.nhs_numbers = {number};
  options.linked_carers = 0;
  options.blanks = 0;
  CldFile with = GenerateCld(options), without = with;
  const std::string person = with.rows[0][CldColumn::kPersonId];
  std::erase_if(with.rows, [&](const CldRow& row) { return row[CldColumn::kPersonId] != person; });
  std::erase_if(without.rows, [&](const CldRow& row) { return row[CldColumn::kPersonId] != person; });
  for (CldRow& row : without.rows) row[CldColumn::kNhsNumber].clear();
  for (CldRow& row : with.rows) row[CldColumn::kNhsNumber] = number;
  const std::string system = std::string(kPersonSystem) + options.la_code;

  IngestCld(without, data());
  std::string council;
  {
    Served served(Over(data()));
    council = FindPatient(served, system, person);
  }
  for (const auto& file : std::filesystem::directory_iterator(SharedData("gp-connect"))) {
    if (file.path().filename().string().starts_with(number)) Ingest("gp-connect", file.path().string(), data());
  }
  {
    Served served(Over(data()));
    std::set<std::string> patients;
    Everything(served, council, &patients);
    EXPECT_EQ(patients.size(), 1U) << "nothing says yet that they are one";
  }
  IngestCld(with, data());
  Served served(Over(data()));
  const std::string survivor = FindPatient(served, kNhsNumber, number);
  EXPECT_NE(survivor, council);
  EXPECT_EQ(FindPatient(served, system, person), survivor) << "the surviving one answers";
  EXPECT_EQ(served.Do("GET", "/fhir/Patient/" + council).status, 200);
  EXPECT_EQ(served.Do("GET", "/fhir/Patient/" + survivor).status, 200);
  std::set<std::string> patients;
  EXPECT_EQ(Everything(served, council, &patients), Everything(served, survivor));
  EXPECT_EQ(patients, (std::set<std::string>{council, survivor}));

  // Un-joining is storing the Patient without its link.
  auto document = fhir::json::Read(served.Do("GET", "/fhir/Patient/" + council).body);
  ASSERT_TRUE(document);
  std::vector<Element*> links;
  for (Element* child = document->root->first_child; child; child = child->next) {
    if (child->name == "link") links.push_back(child);
  }
  ASSERT_FALSE(links.empty());
  for (Element* link : links) fhir::Document::Detach(link);
  const auto apart = served.Do("PUT", "/fhir/Patient/" + council, fhir::json::Write(*document->root));
  ASSERT_EQ(apart.status, 200) << apart.body;
  patients.clear();
  Everything(served, council, &patients);
  EXPECT_EQ(patients, std::set<std::string>{council});
}

TEST_F(CouncilScenario, AFileThatWaitsForADecisionOnAPersonWithdrawsNothingOfThatPerson) {
  CldOptions options;
  options.seed = 9;
  options.people = 12;
  options.blanks = 0;
  options.from = "2025-01-01";
  CldOverlap quarters = GenerateCldOverlap(options);
  // Somebody of both files, with two rows in the later one that give two valid numbers.
  std::map<std::string, std::vector<CldRow*>> later;
  for (CldRow& row : quarters.later.rows) later[row[CldColumn::kPersonId]].push_back(&row);
  const auto of_person = [](const std::vector<CldRow>& rows, const std::string& person) {
    return std::ranges::count_if(rows, [&](const CldRow& row) { return row[CldColumn::kPersonId] == person; });
  };
  std::string person, number;
  for (const auto& [id, rows] : later) {
    const std::string& said = (*rows.front())[CldColumn::kNhsNumber];
    if (rows.size() >= 2 && of_person(quarters.earlier.rows, id) > 0 && !said.empty()) person = id, number = said;
  }
  ASSERT_FALSE(person.empty());
  for (CldRow& row : quarters.earlier.rows) {
    if (row[CldColumn::kPersonId] == person) row[CldColumn::kNhsNumber] = number;
  }
  for (CldRow* row : later[person]) (*row)[CldColumn::kNhsNumber] = number;
  (*later[person].front())[CldColumn::kNhsNumber] = CldNhsNumber(4711);
  const Ran held = RunCommand("ingest", {{"ADAPTER", "cld"}, {"FILE", File("later.csv", WriteCld(quarters.later.rows))}, {"--data", data()}});
  EXPECT_EQ(held.exit, Exit::kFindings);
  EXPECT_NE(held.out.find("\"held\""), std::string::npos) << held.out.substr(0, 500);
  IngestCld(quarters.earlier, data());
  {
    Served served(Over(data()));
    const std::string id = FindPatient(served, std::string(kPersonSystem) + "503", person);
    int standing = 0;
    for (const char* type : {"ServiceRequest", "Task", "EpisodeOfCare"}) {
      for (const fhir::Document& event : All(served, "/fhir/" + std::string(type) + "?patient=" + id)) standing += event.root->ValueOf("status") == "entered-in-error" ? 0 : 1;
    }
    EXPECT_EQ(standing, of_person(quarters.earlier.rows, person));
  }
  // The council puts the number right and sends the file again: now it says what it holds.
  (*later[person].front())[CldColumn::kNhsNumber] = number;
  IngestCld(quarters.later, data());
  Served served(Over(data()));
  EXPECT_EQ(PlannedPenniesStored(served, quarters.later.options.from, quarters.later.options.to),
            PlannedPennies(quarters.later.rows, quarters.later.options.from, quarters.later.options.to));
}

TEST_F(CouncilScenario, AnotherCouncilsPersonIdsAreOtherPeople) {
  CldOptions options;
  options.seed = 21;
  options.people = 5;
  const CldFile here = GenerateCld(options);
  CldFile there = here;
  for (CldRow& row : there.rows) {
    row[CldColumn::kLaCode] = "504";
    row[CldColumn::kNhsNumber].clear();
  }
  IngestCld(here, data());
  IngestCld(there, data());
  Served served(Over(data()));
  const std::string person = here.rows[0][CldColumn::kPersonId];
  EXPECT_NE(FindPatient(served, std::string(kPersonSystem) + "503", person), FindPatient(served, std::string(kPersonSystem) + "504", person));
}

}  // namespace
}  // namespace careloom_test
