// Sets one after the other: what a later one changes, takes back and leaves alone, in whatever order they come.
#include <set>

#include "fhir/json/writer.h"
#include "tests/adapters/gp/tpp/sets.h"

using namespace careloom_test;
using namespace careloom_test::tpp;

namespace {

TppSet Extracted(TppSet set, const std::string& day, const std::string& load = "delta") {
  set.fields = {{"load", load}, {"extracted", day}};
  return set;
}

// Resources without what tells when they came: ids, versions, Provenance.
std::multiset<std::string> Record(CldStore& store) {
  std::map<std::string, std::string> keys;
  for (const auto& [name, json] : store.resources()) {
    const std::size_t at = json.find("\"value\":\"");
    if (at != std::string::npos) keys[name] = name.substr(0, name.find('/')) + "?" + json.substr(at, json.find('"', at + 9) - at);
  }
  std::multiset<std::string> record;
  for (const auto& [name, json] : store.resources()) {
    if (name.starts_with("Provenance/")) continue;
    std::string text = json;
    for (const auto& [reference, key] : keys) {
      for (std::size_t at = text.find("\"" + reference + "\""); at != std::string::npos; at = text.find("\"" + reference + "\"")) text.replace(at + 1, reference.size(), key);
    }
    for (const char* member : {"\"id\":\"", "\"versionId\":\"", "\"valueInstant\":\""}) {
      for (std::size_t at = text.find(member); at != std::string::npos; at = text.find(member, at + 1)) {
        const std::size_t begin = at + std::string_view(member).size();
        if (text[begin] < '0' || text[begin] > '9') continue;   // an element's id
        text.replace(begin, text.find('"', begin) - begin, "");
      }
    }
    record.insert(std::move(text));
  }
  return record;
}

std::string StatusOf(CldStore& store, std::string_view type, std::string_view row) {
  for (const auto& [name, json] : store.resources()) {
    if (name.starts_with(type) && json.find("/" + std::string(row) + "\"") != std::string::npos) {
      if (json.find("entered-in-error") != std::string::npos) return "entered-in-error";
      return "stands";
    }
  }
  return "not there";
}

}  // namespace

TEST(TppLaterSets, ARowOfTheSameIdReplacesAndOthersStayAsTheyAre) {
  const TppSet first = GenerateTpp({.seed = 21, .people = 30, .blanks = 0});
  const TppSet second = TppDayAfter(first, 4);
  ASSERT_GT(second["SRGoal"].rows.size(), 3U);
  ASSERT_GT(second["SRNeeds"].rows.size(), 1U);
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(Extracted(first, "2026-03-31")), 1'000'000);
  store.Take(WriteTpp(Extracted(second, "2026-04-01")), 2'000'000);
  Cells expected = CellsOf(first);
  for (auto& [table, rows] : CellsOf(second)) {
    for (auto& [id, row] : rows) {
      if (row.contains("RemovedData") && row["RemovedData"] == "1") {
        expected[table].erase(id);
        EXPECT_EQ(StatusOf(store, "Condition/", id), "entered-in-error");
      } else {
        expected[table][id] = row;
      }
    }
  }
  EXPECT_EQ(Difference(expected, Emit(store)), "");
}

TEST(TppLaterSets, TheOrderInWhichTheyComeMakesNoDifference) {
  const TppSet first = GenerateTpp({.seed = 22, .people = 15, .orphans = 0.1});
  const TppSet second = TppDayAfter(first, 5);
  TppSet third = first;   // all there is two days later: some rows are gone
  for (TppTable& table : third.tables) {
    if (table.name != "SRPatient" && table.rows.size() > 2) table.rows.erase(table.rows.begin() + 1);
  }
  const std::vector<std::string> sets = {WriteTpp(Extracted(first, "2026-03-31", "full")), WriteTpp(Extracted(second, "2026-04-01")), WriteTpp(Extracted(third, "2026-04-02", "full"))};
  std::vector<std::size_t> order = {0, 1, 2};
  std::multiset<std::string> expected;
  do {
    // A delta before anything else holds whoever has no SRPatient yet: that message is replayed in the end.
    CldStore store(*Tpp().people_file(), true);
    for (const std::size_t i : order) store.Take(sets[i], static_cast<std::int64_t>(i + 1) * 1'000'000);
    if (order[0] == 1) store.Take(sets[1], 2'000'000);
    const std::multiset<std::string> record = Record(store);
    if (expected.empty()) expected = record;
    std::vector<std::string> differ;
    std::ranges::set_symmetric_difference(record, expected, std::back_inserter(differ));
    EXPECT_TRUE(differ.empty()) << order[0] << order[1] << order[2] << ": " << differ.size() << " differ, the first: " << differ.front() << "\n" << differ.back();
  } while (std::ranges::next_permutation(order).found);
}

TEST(TppLaterSets, AFullSetTakesBackWhatItNoLongerHoldsAndADeltaDoesNot) {
  TppSet first = GenerateTpp({.seed = 23, .people = 10});
  ASSERT_GT(first["SRGoal"].rows.size(), 2U);
  const std::string gone = first["SRGoal"].Cell(1, "RowIdentifier");
  TppSet second = first;
  second["SRGoal"].rows.erase(second["SRGoal"].rows.begin() + 1);
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(Extracted(first, "2026-03-31")), 1'000'000);
  store.Take(WriteTpp(Extracted(second, "2026-04-01", "delta")), 2'000'000);
  EXPECT_EQ(StatusOf(store, "Goal/", gone), "stands");
  store.Take(WriteTpp(Extracted(second, "2026-04-02", "full")), 3'000'000);
  EXPECT_EQ(StatusOf(store, "Goal/", gone), "entered-in-error");
  store.Take(WriteTpp(Extracted(first, "2026-04-03", "full")), 4'000'000);
  EXPECT_EQ(StatusOf(store, "Goal/", gone), "stands") << "it is there again";
}

TEST(TppLaterSets, AFullSetWithARefusedRowOfAPersonTakesNothingOfThatPersonBack) {
  TppSet first = GenerateTpp({.seed = 24, .people = 6, .blanks = 0});
  ASSERT_GT(first["SRGoal"].rows.size(), 2U);
  const std::string gone = first["SRGoal"].Cell(0, "RowIdentifier");
  TppSet second = first;
  second["SRGoal"].Cell(0, "DateGoalTarget") = "soon";
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(Extracted(first, "2026-03-31")), 1'000'000);
  store.Take(WriteTpp(Extracted(second, "2026-04-02", "full")), 2'000'000);
  EXPECT_EQ(StatusOf(store, "Goal/", gone), "stands");
}

TEST(TppLaterSets, TheSameSetTwiceChangesNothing) {
  const TppSet set = GenerateTpp({.seed = 25, .people = 20});
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(Extracted(set, "2026-03-31")), 1'000'000);
  const std::map<std::string, std::string> before = store.resources();
  const std::size_t filled = store.transactions_with_entries();
  store.Take(WriteTpp(Extracted(set, "2026-03-31"), "another-boundary"), 2'000'000);
  EXPECT_EQ(store.transactions_with_entries(), filled);
  EXPECT_EQ(store.resources(), before);
}

TEST(TppLaterSets, WhatOthersAddStaysWhenTheNextSetComes) {
  const TppSet first = GenerateTpp({.seed = 26, .people = 20, .blanks = 0});
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(Extracted(first, "2026-03-31")), 1'000'000);
  const std::map<std::string, std::string> additions = {{"CarePlan/", R"("careTeam":[{"display":"Care team"}],)"}, {"Goal/", R"("expressedBy":{"display":"Herself"},)"}, {"Task/", R"("priority":"urgent",)"},
                                                        {"Condition/", R"("severity":{"text":"Severe"},)"}, {"Patient/", R"("maritalStatus":{"text":"Widowed"},)"}};
  std::map<std::string, std::size_t> added;
  for (auto& [name, json] : store.resources()) {
    for (const auto& [type, addition] : additions) {
      if (!name.starts_with(type)) continue;
      json.insert(1, addition);
      ++added[type];
      if (type == "CarePlan/") {
        const std::size_t at = json.find("\"goal\":[");
        if (at != std::string::npos) json.insert(at + 8, R"({"display":"Back to the allotment"},)");
      }
    }
  }
  TppSet second = first;
  for (auto& row : second["SRGoal"].rows) row[second["SRGoal"].Column("GoalType")] = "Something new";
  store.Take(WriteTpp(Extracted(second, "2026-04-01")), 2'000'000);
  std::map<std::string, std::size_t> kept;
  std::size_t allotments = 0, plans_with_goals = 0;
  for (const auto& [name, json] : store.resources()) {
    for (const auto& [type, addition] : additions) {
      if (name.starts_with(type) && json.find(addition.substr(0, addition.size() - 1)) != std::string::npos) ++kept[type];
    }
    if (!name.starts_with("CarePlan/")) continue;
    plans_with_goals += json.find("\"goal\":[") != std::string::npos ? 1U : 0U;
    allotments += json.find("Back to the allotment") != std::string::npos ? 1U : 0U;
  }
  EXPECT_EQ(kept, added);
  EXPECT_GT(allotments, 0U);
  EXPECT_EQ(allotments, plans_with_goals);
}

TEST(TppLaterSets, OrphansAreNamedByTheirRowsAndAPersonWithoutARowIsHeld) {
  TppSet set = GenerateTpp({.seed = 27, .people = 12, .blanks = 0, .orphans = 0.5});
  const std::string nobody = set["SRPatient"].Cell(0, "RowIdentifier");
  set["SRPatient"].rows.erase(set["SRPatient"].rows.begin());
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(set), 1'000'000);
  std::string findings;
  for (const std::string& finding : store.findings()) findings += finding + "\n";
  for (const std::string& held : store.held()) findings += "held: " + held + "\n";
  EXPECT_NE(findings.find("held: "), std::string::npos);
  EXPECT_NE(findings.find("a row of SRPatient"), std::string::npos) << findings;
  EXPECT_NE(findings.find("SRCarePlanItem row "), std::string::npos) << findings;
  EXPECT_NE(findings.find("status is unknown until that row comes"), std::string::npos);
  EXPECT_EQ(store.people().size(), 11U);
  EXPECT_EQ(std::ranges::count(store.people(), nobody), 0);
}

TEST(TppLaterSets, TwoNhsNumbersForOneIdAreHeldAndARowIdTwiceIsSaid) {
  TppSet set = GenerateTpp({.seed = 28, .people = 3, .blanks = 0});
  TppTable& patients = set["SRPatient"];
  patients.Cell(0, "NHSNumber") = "9990000018";
  patients.rows.push_back(patients.rows[0]);
  patients.Cell(3, "NHSNumber") = "9990000026";
  patients.rows.push_back(patients.rows[1]);
  patients.Cell(4, "Surname") = "Zzz";
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(set), 1'000'000);
  std::string findings;
  for (const std::string& finding : store.findings()) findings += finding + "\n";
  for (const std::string& held : store.held()) findings += "held: " + held + "\n";
  EXPECT_NE(findings.find("Rows 2 and 5 of SRPatient give one person id two different NHS numbers"), std::string::npos) << findings;
  EXPECT_NE(findings.find("SRPatient row 6: The row has the id of row 3, but differs in Surname"), std::string::npos) << findings;
  EXPECT_EQ(store.people().size(), 2U);
}

TEST(TppLaterSets, APersonWithoutANhsNumberIsKeptByTppsOwnId) {
  TppSet set = GenerateTpp({.seed = 29, .people = 2, .blanks = 0});
  set["SRPatient"].Cell(0, "NHSNumber") = "";
  set["SRPatient"].Cell(1, "NHSNumber") = "123 456 7890";   // fails modulus 11
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(set), 1'000'000);
  EXPECT_EQ(store.people().size(), 2U);
  for (const fhir::Document& patient : store.OfType("Patient")) {
    for (const fhir::Element& identifier : fhir::Repeats(*patient.root, "identifier")) EXPECT_NE(identifier.ValueOf("system"), "https://fhir.nhs.uk/Id/nhs-number");
  }
  EXPECT_EQ(Difference(CellsOf(set), Emit(store)), "");
  ASSERT_FALSE(store.findings().empty());
  EXPECT_NE(store.findings()[0].find("SRPatient row 3, column NHSNumber: The NHS number is not ten digits"), std::string::npos) << store.findings()[0];
}

TEST(TppLaterSets, ANumberWrittenInThreesIsTheNumberAndComesBackAsItWasWritten) {
  TppSet set = GenerateTpp({.seed = 30, .people = 1, .blanks = 0});
  set["SRPatient"].Cell(0, "NHSNumber") = "999 000 0018";
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(set), 1'000'000);
  EXPECT_NE(fhir::json::Write(*store.OfType("Patient").at(0).root).find("\"9990000018\""), std::string::npos);
  EXPECT_EQ(Difference(CellsOf(set), Emit(store)), "");
}

TEST(TppLaterSets, APlanIsCompletedOnceItsEndHasCome) {
  TppSet set = GenerateTpp({.seed = 31, .people = 1, .blanks = 0});
  for (TppTable& table : set.tables) {
    if (table.name != "SRPatient" && table.name != "SRCarePlan") table.rows.clear();
  }
  if (set["SRCarePlan"].rows.empty()) set["SRCarePlan"].rows.emplace_back(set["SRCarePlan"].header.size());
  TppTable& plans = set["SRCarePlan"];
  plans.rows.resize(1);
  for (const auto& [column, cell] : std::map<std::string, std::string>{{"RowIdentifier", "7"}, {"IDOrganisationVisibleTo", "A81001"}, {"IDPatient", set["SRPatient"].Cell(0, "RowIdentifier")},
                                                                       {"IDCarePlan", "70"}, {"DateStart", "01 Jan 2026 00:00:00"}, {"DateEnd", "01 Jan 2027 10:00:00"}}) {
    plans.Cell(0, column) = cell;
  }
  CldStore store(*Tpp().people_file(), true);
  for (const auto& [day, status] : std::map<std::string, std::string>{{"2026-03-31", "active"}, {"2027-01-01", "completed"}}) {
    store.Take(WriteTpp(Extracted(set, day)), day == "2026-03-31" ? 1'000'000 : 2'000'000);
    EXPECT_EQ(store.OfType("CarePlan").at(0).root->ValueOf("status"), status) << day;
  }
}

TEST(TppLaterSets, APersonWhomAFullSetNoLongerNamesIsInactiveWithAllThatWasSaid) {
  TppSet first = GenerateTpp({.seed = 32, .people = 5, .blanks = 0});
  const std::string gone = first["SRPatient"].Cell(0, "RowIdentifier");
  TppSet second = first;
  for (TppTable& table : second.tables) {
    std::erase_if(table.rows, [&](const auto& row) { return row[table.Column(table.name == "SRPatient" ? "RowIdentifier" : "IDPatient")] == gone; });
  }
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(Extracted(first, "2026-03-31")), 1'000'000);
  store.Take(WriteTpp(Extracted(second, "2026-04-01", "full")), 2'000'000);
  EXPECT_EQ(Difference(CellsOf(second), Emit(store)), "");
  std::size_t inactive = 0;
  for (const fhir::Document& patient : store.OfType("Patient")) inactive += patient.root->ValueOf("active") == "false" ? 1U : 0U;
  EXPECT_EQ(inactive, 1U);
  store.Take(WriteTpp(Extracted(first, "2026-04-02")), 3'000'000);
  EXPECT_EQ(Difference(CellsOf(first), Emit(store)), "") << "and is there again with the next set that says so";
}

TEST(TppLaterSets, ARowThatSaysOnlyThatItWasTakenBackLeavesWhatItSaidBefore) {
  TppSet first = GenerateTpp({.seed = 33, .people = 8, .blanks = 0});
  ASSERT_GT(first["SRNeeds"].rows.size(), 0U);
  TppSet second = first;
  for (TppTable& table : second.tables) {
    if (table.name != "SRNeeds") table.rows.clear();
  }
  second["SRNeeds"].rows.resize(1);
  const std::string name = first["SRNeeds"].Cell(0, "NeedName"), id = first["SRNeeds"].Cell(0, "RowIdentifier");
  for (const char* column : {"NeedName", "NeedPriority", "DateStart", "DateEnd", "NeedMet"}) second["SRNeeds"].Cell(0, column).clear();
  second["SRNeeds"].Cell(0, "RemovedData") = "1";
  CldStore store(*Tpp().people_file(), true);
  store.Take(WriteTpp(Extracted(first, "2026-03-31")), 1'000'000);
  store.Take(WriteTpp(Extracted(second, "2026-04-01")), 2'000'000);
  EXPECT_EQ(StatusOf(store, "Condition/", id), "entered-in-error");
  const std::size_t filled = store.transactions_with_entries();
  store.findings().clear();
  store.Take(WriteTpp(Extracted(second, "2026-04-01"), "again"), 3'000'000);
  EXPECT_EQ(store.transactions_with_entries(), filled) << "said again, it changes nothing";
  EXPECT_TRUE(store.findings().empty()) << store.findings()[0];
  bool found = false;
  for (const auto& [resource, json] : store.resources()) found = found || (resource.starts_with("Condition/") && json.find("/" + id + "\"") != std::string::npos && json.find(name) != std::string::npos);
  EXPECT_TRUE(found);
}
