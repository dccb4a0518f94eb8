// What refuses a set, what a bad row says, and that rows are accounted for where they stop.
#include "tests/adapters/gp/tpp/sets.h"

using namespace careloom_test;
using namespace careloom_test::tpp;

namespace {

constexpr std::string_view kGoals =
    "RowIdentifier,IDOrganisationVisibleTo,GoalType,DateGoalTarget,IDPatient\r\n"
    "1,A81001,Walk,01 Mar 2026 00:00:00,77\r\n";

std::string Set(std::string_view table, std::string_view csv, std::string_view load = {}) {
  std::string body;
  if (!load.empty()) body += adapters::PartHead("b", "load", {}, true) + std::string(load);
  return body + adapters::PartHead("b", table, std::string(table) + ".csv", body.empty()) + std::string(csv) + adapters::ClosingBoundary("b");
}

}  // namespace

TEST(TppReader, ASingleTableIsToldByItsHeaderAndASetByItsNames) {
  for (const std::string& bytes : {std::string(kGoals), Set("SRGoal", kGoals), Set("extract_SRGoal_2026", kGoals), Set("goals", kGoals)}) {
    const Reading reading = Read(bytes);
    EXPECT_EQ(reading.error, "");
    ASSERT_EQ(reading.rows.size(), 1U) << bytes;
    EXPECT_EQ(reading.rows[0].person, "77");
    EXPECT_EQ(reading.facts.scope, "A81001");
    EXPECT_EQ(Tpp().people_file()->RowName(reading.rows[0]), "SRGoal row 2");
    EXPECT_EQ(Tpp().people_file()->ElementsOf(reading.rows[0]), 5U);
  }
}

TEST(TppReader, ASetCutOffInTheMiddleOfAPartIsRefusedWhole) {
  const std::string body = Set("SRGoal", kGoals);
  for (const std::size_t end : {body.size() - 9, body.size() - 40, body.size() / 2}) EXPECT_NE(Read(body.substr(0, end)).error.find("cut off"), std::string::npos) << end;
}

TEST(TppReader, AFileUnderAnothersNameIsRefused) {
  const std::string needs = "RowIdentifier,IDOrganisationVisibleTo,NeedName,NeedPriority,NeedMet,IDPatient\r\n1,A81001,Housing,High,No,77\r\n";
  EXPECT_NE(Read(Set("SRGoal", needs)).error.find("named SRGoal but its header is that of SRNeeds"), std::string::npos);
}

TEST(TppReader, AMissingMandatoryColumnIsNamed) {
  const std::string error = Read(Set("SRCarePlanItem", "RowIdentifier,IDOrganisationVisibleTo,Instruction,IDPatient\r\n1,A81001,x,77\r\n")).error;
  EXPECT_NE(error.find("lacks 'IDCarePlan'"), std::string::npos) << error;
  EXPECT_NE(Read("a,b\r\n1,2\r\n").error.find("none of the tables"), std::string::npos);
}

TEST(TppReader, AnUnknownColumnIsReportedAndItsCellsCounted) {
  const Reading reading = Read("RowIdentifier,IDOrganisationVisibleTo,GoalType,Weather,IDPatient\r\n1,A81001,Walk,Sunny,77\r\n2,A81001,Run,,77\r\n");
  EXPECT_EQ(reading.rows.size(), 2U);
  EXPECT_NE(Findings(reading.report).find("'Weather'"), std::string::npos);
  EXPECT_EQ(reading.report.elements_in, 1U);
  EXPECT_EQ(reading.report.elements_reported, 1U);
}

TEST(TppReader, ABadRowIsNamedWithItsPlaceAndTheRestGoesIn) {
  const std::string csv =
      "RowIdentifier,IDOrganisationVisibleTo,GoalType,DateGoalTarget,IDPatient\r\n"
      "1,A81001,Walk,31/03/2026,77\r\n"
      "2,A81001,Walk,01 Mar 2026 00:00:00,\r\n"
      ",A81001,Walk,,77\r\n"
      "4,a/b,Walk,,77\r\n"
      "5,A81001,Walk,,77,more\r\n"
      "6,A81001,\"Walk\"x,,77\r\n"
      "7,A81001,\"Walk\nfar\",NULL,77\r\n"
      "8,B81001,Walk,,77\r\n";
  const Reading reading = Read(csv);
  const std::string findings = Findings(reading.report);
  for (const char* text : {"SRGoal row 2, column DateGoalTarget: '31/03/2026' is not a time there is. Write it as 24 Feb 2024 09:30:00.", "SRGoal row 3, column IDPatient: The cell is empty",
                           "SRGoal row 4, column RowIdentifier: The cell is empty", "SRGoal row 5, column IDOrganisationVisibleTo: 'a/b' is not an ODS code", "SRGoal row 6: The row has 6 cells, the header 5",
                           "SRGoal row 7: There is text after the closing quote of cell 3", "SRGoal row 9, column IDOrganisationVisibleTo: The row is of organisation B81001, the set of A81001"}) {
    EXPECT_NE(findings.find(text), std::string::npos) << text << "\nis not in\n" << findings;
  }
  EXPECT_EQ(std::ranges::count(reading.rows, false, &adapters::Row::bad), 1);
  EXPECT_EQ(std::ranges::count(reading.rows, true, &adapters::Row::bad), 4) << "whose person is known";
  EXPECT_EQ(reading.report.entries_in, 7U);
  EXPECT_EQ(reading.report.entries_reported, 7U);
  EXPECT_EQ(reading.report.elements_in, reading.report.elements_reported);
  EXPECT_EQ(reading.facts.bad_rows, 7U);
  EXPECT_NE(Read(csv, {.encoding = "utf-8", .strict = true}).error.find("--strict"), std::string::npos);
}

TEST(TppReader, AShiftedColumnIsSaidToBeOne) {
  std::string csv = "RowIdentifier,IDOrganisationVisibleTo,DateGoalTarget,GoalType,IDPatient\r\n";
  for (int i = 0; i < 4; ++i) csv += std::to_string(i) + ",A81001,Walk,01 Mar 2026 00:00:00,77\r\n";
  const Reading reading = Read(csv + "9,A81001,,Walk,77\r\n");
  EXPECT_NE(Findings(reading.report).find("SRGoal column DateGoalTarget: 4 of 5 rows were refused for what stands in DateGoalTarget. The columns may be shifted"), std::string::npos)
      << Findings(reading.report);
}

TEST(TppReader, Windows1252IsReadWhenItIsSaid) {
  const std::string csv = "RowIdentifier,IDOrganisationVisibleTo,GoalType,IDPatient\r\n1,A81001,Caf\xE9 \x80" "5,77\r\n";
  EXPECT_NE(Read(csv).error.find("not UTF-8"), std::string::npos);
  const Reading reading = Read(csv, {.encoding = "windows-1252"});
  ASSERT_EQ(reading.rows.size(), 1U) << reading.error;
  EXPECT_NE(reading.rows[0].bytes.find("Caf\xC3\xA9 \xE2\x82\xAC" "5"), std::string::npos);
  EXPECT_NE(Read(csv, {.encoding = "latin"}).error.find("windows-1252"), std::string::npos);
}

TEST(TppReader, AFullSetMustHaveEveryTable) {
  const std::string error = Read(Set("SRGoal", kGoals, "full")).error;
  EXPECT_NE(error.find("lacks 'SRCarePlan', 'SRCarePlanDetail'"), std::string::npos) << error;
  TppSet set = GenerateTpp({.seed = 3, .people = 3});
  set.fields = {{"load", "full"}, {"extracted", "2026-03-31"}};
  const Reading reading = Read(WriteTpp(set));
  EXPECT_EQ(reading.error, "");
  EXPECT_EQ(reading.facts.from, "1900-01-01");
  EXPECT_EQ(reading.facts.to, "2026-03-31");
}

TEST(TppReader, FieldsAndTheManifestAreRead) {
  EXPECT_NE(Read(Set("SRGoal", kGoals, "some")).error.find("neither full nor delta"), std::string::npos);
  const auto with = [](const std::string& manifest, const std::string& field) {
    return adapters::PartHead("b", "load", {}, true) + field + adapters::PartHead("b", "m", "SRManifest.csv", false) + "FileName,IsDelta,IsReference,DateExtractFrom,DateExtractTo\r\n" + manifest +
           adapters::PartHead("b", "g", "SRGoal.csv", false) + std::string(kGoals) + adapters::ClosingBoundary("b");
  };
  const Reading reading = Read(with("SRGoal,Y,N,20260330_0200,20260331_0200\r\nSRMedia,N,N,,20260401_0200\r\n", ""));
  EXPECT_EQ(reading.error, "");
  EXPECT_EQ(reading.facts.from, "2026-03-30");
  EXPECT_EQ(reading.facts.to, "2026-03-31");
  EXPECT_NE(Read(with("SRGoal,N,N,,20260331_0200\r\n", "delta")).error.find("full in one place and a delta in another"), std::string::npos);
  EXPECT_NE(Read(with("SRGoal,Y,N,,20261331_0200\r\n", "")).error.find("SRManifest row 2, column DateExtractTo"), std::string::npos);
}

TEST(TppReader, ATableThatIsNotReadIsCountedAndSaid) {
  const std::string body = adapters::PartHead("b", "g", "SRGoal.csv", true) + std::string(kGoals) + adapters::PartHead("b", "m", "SRMedia.csv", false) + "RowIdentifier,X\r\n1,2\r\n3,\r\n" +
                           adapters::ClosingBoundary("b");
  const Reading reading = Read(body);
  EXPECT_EQ(reading.error, "");
  EXPECT_NE(Findings(reading.report).find("SRMedia.csv: The table is none of those that are read"), std::string::npos);
  EXPECT_EQ(reading.report.entries_reported, 2U);
  EXPECT_EQ(reading.report.elements_reported, 3U);
}

TEST(TppReader, TheSameSetInEitherEncodingHasTheSameRows) {
  const std::string utf8 = WriteTpp(GenerateTpp({.seed = 8, .people = 30}));
  const std::string windows = ToWindows1252(utf8);
  ASSERT_NE(utf8, windows);
  const Reading one = Read(utf8), other = Read(windows, {.encoding = "windows-1252"});
  ASSERT_EQ(other.error, "");
  ASSERT_EQ(one.rows.size(), other.rows.size());
  for (std::size_t i = 0; i < one.rows.size(); ++i) EXPECT_EQ(one.rows[i].bytes, other.rows[i].bytes) << i;
  EXPECT_NE(Read(windows).error, "");
}
