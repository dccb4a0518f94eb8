// A council's finance ledger beside its Client Level Data and the practices' records, through the inbox and the commands: one person
// one record, every cell accounted for, the figures those of the file, and out again.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "fhir/json/reader.h"
#include "fhir/money/statement.h"
#include "server/inbox/inbox.h"
#include "tests/server/command/ran.h"
#include "tests/support/all_pages.h"
#include "tests/support/ledger_generator.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using fhir::Element;
using server::command::Exit;

class CouncilLedger : public testing::Test {
 protected:
  std::string data() const { return (folder_.path() / "data").string(); }
  server::AppOptions Over() const {
    server::AppOptions options;
    options.data_dir = data();
    return options;
  }
  std::string File(const std::string& bytes) {
    const std::string path = (folder_.path() / ("file-" + std::to_string(++files_) + ".csv")).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  // The report's integers by name.
  std::map<std::string, std::int64_t> Ingest(const std::string& adapter, const std::string& path) {
    const Ran ran = RunCommand("ingest", {{"ADAPTER", adapter}, {"FILE", path}, {"--data", data()}});
    EXPECT_EQ(ran.exit, Exit::kDone) << path << ": " << ran.err.substr(0, 2'000);
    std::map<std::string, std::int64_t> counts;
    const auto report = fhir::json::Read(ran.out);
    if (!report) return counts;
    for (const Element& parameter : fhir::Repeats(*report->root, "parameter")) {
      if (const Element* value = parameter.Find("valueInteger")) counts[std::string(parameter.ValueOf("name"))] = std::stoll(std::string(value->value()));
    }
    return counts;
  }
  std::string Emit(const std::string& what, const std::string& period) {
    const Ran ran = RunCommand("emit", {{"ADAPTER", "council-ledger"}, {"--what", what}, {"--period", period}, {"--data", data()}});
    EXPECT_EQ(ran.exit, Exit::kDone) << ran.err.substr(0, 2'000);
    return ran.out;
  }

  TempFolder folder_;
  int files_ = 0;
};

// The file's own budget reference of an Account.
std::string BudgetOf(const Element& account) {
  for (const Element& identifier : fhir::Repeats(account, "identifier")) {
    if (identifier.ValueOf("system").starts_with("https://careloom.example/fhir/id/council-budget/")) return std::string(identifier.ValueOf("value"));
  }
  return {};
}

// Every budget's statement to that day, from what is stored, against sums over the file's rows.
void ExpectFigures(Served& served, const std::vector<LedgerRow>& rows, const std::string& to) {
  std::vector<fhir::money::Entry> entries;
  for (const fhir::Document& item : All(served, "/fhir/ChargeItem?_count=500")) {
    if (!fhir::money::IsEntry(*item.root)) continue;
    auto entry = fhir::money::ReadEntry(*item.root);
    ASSERT_TRUE(entry) << entry.error().ToString();
    entries.push_back(*std::move(entry));
  }
  std::size_t compared = 0;
  using enum fhir::money::Figure;
  for (const fhir::Document& account : All(served, "/fhir/Account?_count=500")) {
    const std::string name = BudgetOf(*account.root);
    if (name.empty()) continue;
    const auto budget = fhir::money::ReadBudget(*account.root);
    ASSERT_TRUE(budget) << budget.error().ToString();
    const auto statement = fhir::money::MakeStatement({&*budget, 1}, entries, {.from = {}, .to = *fhir::money::ParseDay(to)});
    ASSERT_TRUE(statement) << statement.error().ToString();
    for (const auto& [figure, kind] : {std::pair{kTransferred, "transfer"}, {kCharged, "charge"}, {kSpent, "spend"}, {kContribution, "contribution"},
        {kCommitted, "commitment"}, {kReclaimed, "reclaim"}}) {
      EXPECT_EQ(statement->total[figure].amount, LedgerPennies(rows, kind, name)) << name << " " << kind;
    }
    ++compared;
  }
  EXPECT_EQ(compared, static_cast<std::size_t>(std::ranges::count_if(rows, [](const LedgerRow& row) { return row.at("record") == "budget"; })));
}

TEST_F(CouncilLedger, JoinsTheOtherSourcesPeopleIsAccountedForAndComesOutAgain) {
  CldOptions people;
  people.people = EveryDayOrLong<std::size_t>(25, 1000);
  if (std::filesystem::exists(SharedData("gp-connect"))) {
    for (const auto& record : std::filesystem::directory_iterator(SharedData("gp-connect"))) {
      if (record.path().extension() != ".json") continue;
      Ingest("gp-connect", record.path().string());
      people.nhs_numbers.push_back(record.path().filename().string().substr(0, 10));
    }
    std::ranges::sort(people.nhs_numbers);
    people.nhs_numbers.erase(std::unique(people.nhs_numbers.begin(), people.nhs_numbers.end()), people.nhs_numbers.end());
  }
  const CldFile cld = GenerateCld(people);
  const std::vector<LedgerRow> rows = GenerateLedger(cld);
  const std::string file = WriteLedger(rows, LedgerForm::kCareloom).files.front();
  Ingest("cld", File(WriteCld(cld.rows)));
  auto counts = Ingest("council-ledger", File(file));
  std::int64_t cells = 0;
  for (const LedgerRow& row : rows) cells += static_cast<std::int64_t>(row.size());
  EXPECT_EQ(counts["entriesIn"], static_cast<std::int64_t>(rows.size()));
  EXPECT_EQ(counts["entriesStored"], counts["entriesIn"]);
  EXPECT_EQ(counts["elementsIn"], cells);
  EXPECT_EQ(counts["elementsCarried"] + counts["elementsMerged"], cells);
  EXPECT_EQ(counts["elementsReported"], 0);
  const std::string period = people.from + "/" + people.to, out = Emit("ledger", period);
  std::vector<LedgerRow> sent = rows, back = ReadLedger(out);
  for (LedgerRow& row : sent) row["as-at"] = people.to;
  std::ranges::sort(sent);
  std::ranges::sort(back);
  EXPECT_EQ(back.size(), sent.size());
  EXPECT_TRUE(back == sent) << "the first that differs: " << std::ranges::mismatch(back, sent).in1 - back.begin();
  counts = Ingest("council-ledger", File(out));
  EXPECT_EQ(counts["entriesMerged"], static_cast<std::int64_t>(rows.size()));
  EXPECT_EQ(counts["resourcesCreated"] + counts["resourcesChanged"], 0);
  {
    Served served(Over());
    ExpectFigures(served, rows, people.to);
    for (const std::string& number : people.nhs_numbers) {
      // By the practice's Patient the council's budget is found, and what Client Level Data says of the person.
      const auto patients = All(served, "/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C" + number);
      ASSERT_EQ(patients.size(), 1U);
      const std::string id(patients[0].root->ValueOf("id"));
      const auto budgets = All(served, "/fhir/Account?patient=Patient/" + id);
      EXPECT_TRUE(std::ranges::any_of(budgets, [](const fhir::Document& one) { return !BudgetOf(*one.root).empty(); })) << "no budget of the ledger";
    }
  }
  const std::vector<CldRow> cld_back = ReadCld(RunCommand("emit", {{"ADAPTER", "cld"}, {"--period", period}, {"--data", data()}}).out);
  EXPECT_GT(cld_back.size(), people.people) << "the council's other file is not disturbed";
  EXPECT_EQ(RunCommand("check", {{"--data", data()}}).exit, Exit::kDone);
}

TEST_F(CouncilLedger, WhicheverFileComesFirstThePersonIsOne) {
  CldOptions people;
  people.people = 10;
  const CldFile cld = GenerateCld(people);
  const std::string ledger = WriteLedger(GenerateLedger(cld), LedgerForm::kCareloom).files.front();
  Ingest("council-ledger", File(ledger));
  const std::string period = people.from + "/" + people.to, before = Emit("ledger", period);
  Ingest("cld", File(WriteCld(cld.rows)));
  EXPECT_EQ(Emit("ledger", period), before);
  Served served(Over());
  EXPECT_NE(served.Do("GET", "/fhir/Patient?_summary=count").body.find("\"total\":10"), std::string::npos);
}

TEST_F(CouncilLedger, ANumberThatTheLedgerKnowsStaysWhenClientLevelDataComesWithout) {
  CldOptions people;
  people.people = 5;
  CldFile cld = GenerateCld(people);
  Ingest("council-ledger", File(WriteLedger(GenerateLedger(cld), LedgerForm::kCareloom).files.front()));
  std::set<std::string> numbers;
  for (CldRow& row : cld.rows) {
    if (!row[CldColumn::kNhsNumber].empty()) numbers.insert(row[CldColumn::kNhsNumber]);
    row[CldColumn::kNhsNumber].clear();
  }
  ASSERT_GT(numbers.size(), 2U);
  Ingest("cld", File(WriteCld(cld.rows)));
  Served served(Over());
  for (const std::string& number : numbers) EXPECT_EQ(All(served, "/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C" + number).size(), 1U);
}

// A file through the listener's route, until it is settled; its report.
std::string Send(Served& served, const std::string& file, std::string* id = nullptr) {
  const auto kept = served.Do("POST", "/inbox/council-ledger?name=ledger.csv", file, "text/csv");
  EXPECT_EQ(kept.status, 202) << kept.body;
  EXPECT_TRUE(served.app().inbox->ProcessWaiting());
  const std::string location(server::http::FindHeader(kept.headers, "Location"));
  if (id) *id = location;
  return served.Do("GET", location).body;
}

bool Says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// Rows of a file in the layout `careloom`, of the columns that a small ledger needs; postings are of the person's budget B-PERSON.
const std::string kHead =
    "LA Code,As At,Record,Person ID,NHS Number,Budget,Budget Type,Integrated Budget,Funder,Stage,Delivery Mechanism,Right To Have,Start,End,Indicative Amount,Agreed Amount,Review Due,"
    "Entry Key,Kind,Amount,Date,Reverses,Meets,Service Component,Provider,Package,Unit Price,Quantity,Frequency,Description,Return,Return From,Return To,Return Due,Return Received\r\n";

std::string Budget(const std::string& person, const std::string& agreed, const std::string& stage = "Agreed", const std::string& as_at = "2026-06-30") {
  return "503," + as_at + ",Budget," + person + ",,B-" + person + ",Care Act personal budget,,Council," + stage + ",Direct payment,,2026-04-01,2027-03-31,," +
      agreed + std::string(19, ',') + "\r\n";
}

std::string Payment(const std::string& person, const std::string& key, const std::string& kind, const std::string& amount, const std::string& date,
    const std::string& reverses = {}) {
  return "503,2026-06-30,Payment," + person + ",,B-" + person + std::string(12, ',') + key + "," + kind + "," + amount + "," + date + "," + reverses +
      std::string(13, ',') + "\r\n";
}

TEST_F(CouncilLedger, OverHttpWhatCannotStandIsHeldWithRowAndColumnAndGoesInOnceItsBudgetIsThere) {
  Served served;
  // The postings come before the budget of P1; P2's are good but for a row with three places.
  std::string first;
  std::string report = Send(served, kHead + Payment("P1", "J1", "Transfer", "100.00", "2026-04-01") + Budget("P2", "500.00") +
      Payment("P2", "J2", "Transfer", "40.00", "2026-04-01") +
                                        Payment("P2", "J3", "Transfer", "40.001", "2026-04-01"), &first);
  EXPECT_TRUE(Says(report, R"("valueCode":"held")")) << report;
  EXPECT_TRUE(Says(report, "row 2, column Budget")) << report;
  EXPECT_TRUE(Says(report, "row 5, column Amount")) << report;
  EXPECT_TRUE(Says(served.Do("GET", "/fhir/ChargeItem?_summary=count").body, "\"total\":1"));
  report = Send(served, kHead + Budget("P1", "150.00"));
  EXPECT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  EXPECT_EQ(served.Do("POST", first + "/replay").status, 202);
  EXPECT_TRUE(served.app().inbox->ProcessWaiting());
  report = served.Do("GET", first).body;
  EXPECT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  EXPECT_TRUE(Says(served.Do("GET", "/fhir/ChargeItem?_summary=count").body, "\"total\":2"));
  // A correction is a reversal and a new entry; the same key with another amount is held.
  report = Send(served, kHead + Payment("P1", "J1", "Transfer", "90.00", "2026-04-01"));
  EXPECT_TRUE(Says(report, "row 2, column Amount")) << report;
  EXPECT_TRUE(Says(report, "send a reversal of that key")) << report;
  report = Send(served, kHead + Payment("P1", "J1R", "Reversal", "100.00", "2026-04-02", "J1") + Payment("P1", "J1N", "Transfer", "90.00", "2026-04-02"));
  EXPECT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  EXPECT_TRUE(Says(served.Do("GET", "/fhir/ChargeItem?_summary=count").body, "\"total\":4"));
  // A header that fits no layout refuses the file.
  report = Send(served, "Betrag;Datum\r\n1;2\r\n");
  EXPECT_TRUE(Says(report, "The header fits no layout")) << report;
}

TEST_F(CouncilLedger, OverHttpWhatTheRulesRefuseIsHeldWithRuleRowAndColumnAndTheLedgerIsAsItWas) {
  Served served;
  std::string report = Send(served, kHead + Budget("P1", "150.00") + Payment("P1", "J1", "Transfer", "100.00", "2026-04-01"));
  ASSERT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  const auto account = fhir::json::Read(served.Do("GET", "/fhir/Account?identifier=https://careloom.example/fhir/id/council-budget/503%7CB-P1").body);
  const std::string id(account->root->Walk("entry", "resource", "id")->value());
  const std::string before = served.Do("GET", "/fhir/Account/" + id).body;
  struct Case {
    std::string rows, place, what;
  };
  const Case cases[] = {
      {Budget("P1", "150.00") + Payment("P1", "J3", "Transfer", "60.00", "2026-05-01"), "row 3, column Amount", "10.00 over its agreed amount"},
      {Payment("P1", "J4", "Transfer", "20.00", "2026-03-31"), "row 2, column Date", "not within the budget's period"},
      {Payment("P1", "J5", "Reversal", "99.99", "2026-05-01", "J1"), "row 2, column Amount", "takes the whole entry back"},
      {Budget("P1", "150.00", "Closed", "2026-07-31"), "row 2", "not accounted for"},
  };
  for (const Case& one : cases) {
    report = Send(served, kHead + one.rows + Budget("P9", "1.00"));
    EXPECT_TRUE(Says(report, R"("valueCode":"held")")) << report;
    EXPECT_TRUE(Says(report, one.place)) << one.place << ": " << report;
    EXPECT_TRUE(Says(report, one.what)) << report;
    EXPECT_TRUE(Says(report, "Rule ledger-entry") || Says(report, "Rule budget")) << report;
    EXPECT_EQ(served.Do("GET", "/fhir/Account/" + id).body, before) << "the ledger is as it was";
  }
  EXPECT_TRUE(Says(served.Do("GET", "/fhir/ChargeItem?_summary=count").body, "\"total\":1"));
  // Agreed on more, the held file goes in as it was; then all is spent and the budget closed, and nothing more goes in.
  std::string held;
  Send(served, kHead + Payment("P1", "J6", "Transfer", "60.00", "2026-05-01"), &held);
  report = Send(served, kHead + Budget("P1", "160.00", "Agreed", "2026-07-31"));
  EXPECT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  EXPECT_EQ(served.Do("POST", held + "/replay").status, 202);
  EXPECT_TRUE(served.app().inbox->ProcessWaiting());
  EXPECT_TRUE(Says(served.Do("GET", held).body, R"("valueCode":"stored")"));
  const std::string statement = served.Do("GET", "/fhir/Account/" + id + "/$statement?date=2026-06-30&entries=false&groups=none").body;
  EXPECT_TRUE(Says(statement, R"({"name":"transferred","part":[{"name":"amount","valueMoney":{"value":160.00,"currency":"GBP"}}]})")) << statement;
  for (const std::string& rows : {Payment("P1", "S1", "Spend", "160.00", "2026-06-01"), Budget("P1", "160.00", "Closed", "2026-09-30")}) {
    report = Send(served, kHead + rows);
    EXPECT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  }
  report = Send(served, kHead + Payment("P1", "J7", "Reclaim", "1.00", "2026-06-02"));
  EXPECT_TRUE(Says(report, "row 2, column Budget")) << report;
  EXPECT_TRUE(Says(report, "closed")) << report;
}

TEST_F(CouncilLedger, AServiceOfClientLevelDataAndAGoalAreFoundByTheKeysThatTheFileSays) {
  Served served;
  Send(served, kHead + Budget("P1", "5200.00"));
  const auto patient = fhir::json::Read(served.Do("GET", "/fhir/Patient?identifier=https://careloom.example/fhir/id/la-person-id/503%7CP1").body);
  const std::string id(patient->root->Walk("entry", "resource", "id")->value());
  const auto service = served.Do("PUT", "/fhir/EpisodeOfCare/e1", R"({"resourceType":"EpisodeOfCare","id":"e1","status":"active","identifier":[{"system":"https://careloom.example/fhir/id/la-event-reference/503","value":"EV7"}],"patient":{"reference":"Patient/)" + id + R"("}})");
  ASSERT_EQ(service.status, 201) << service.body;
  const auto goal = served.Do("PUT", "/fhir/Goal/g1", R"({"resourceType":"Goal","id":"g1","lifecycleStatus":"active","identifier":[{"system":"https://careloom.example/fhir/id/council-goal/503","value":"G7"}],"description":{"text":"Back to work"},"subject":{"reference":"Patient/)" + id + R"("}})");
  ASSERT_EQ(goal.status, 201) << goal.body;
  std::string head = kHead;
  head.insert(head.find("\r\n"), ",CLD Event Reference,Goal");
  const auto line = [](const std::string& key, const std::string& more) {
    return "503,2026-06-30,Package,P1,,B-P1,,,,,,,2026-04-01,,,,," + key + ",,,,,,Day support,,,10.00,,Weekly,,,,,," + more + "\r\n";
  };
  const std::string report = Send(served, head + line("L1", ",EV7,G7") + line("L2", ",EV8,"));
  EXPECT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  EXPECT_TRUE(Says(report, R"("name":"elementsReported","valueInteger":0)")) << report;
  const std::string found = served.Do("GET", "/fhir/ChargeItem?identifier=https://careloom.example/fhir/id/ledger-entry/503%7CL1").body;
  EXPECT_TRUE(Says(found, R"("context":{"reference":"EpisodeOfCare/e1")")) << found;
  EXPECT_TRUE(Says(found, R"("supportingInformation":[{"reference":"Goal/g1")")) << found;
  const std::string unknown = served.Do("GET", "/fhir/ChargeItem?identifier=https://careloom.example/fhir/id/ledger-entry/503%7CL2").body;
  EXPECT_TRUE(Says(unknown, R"("context":{"identifier":{"system":"https://careloom.example/fhir/id/la-event-reference/503","value":"EV8"}})")) << unknown;
}

TEST_F(CouncilLedger, ABudgetThatAFileBringsClosedComesWithItsHistory) {
  Served served;
  const std::string report = Send(served, kHead + Budget("P1", "150.00", "Closed") + Payment("P1", "J1", "Transfer", "100.00", "2026-04-01") +
      Payment("P1", "S1", "Spend", "100.00", "2026-04-02"));
  EXPECT_TRUE(Says(report, R"("valueCode":"stored")")) << report;
  EXPECT_TRUE(Says(served.Do("GET", "/fhir/ChargeItem?_summary=count").body, "\"total\":2"));
}

}  // namespace
}  // namespace careloom_test
