// What refuses a file whole, what refuses a row, and that findings can be acted on without showing who it is about.
#include "tests/adapters/council/cld/files.h"

using careloom_test::council::CldFile;
using careloom_test::council::CldHeader;
using careloom_test::council::CldLine;
using careloom_test::council::CldRead;
using careloom_test::council::FindingAt;
using careloom_test::council::ReadCld;
using careloom_test::council::RequestRow;
using careloom_test::council::ServiceRow;
using enum adapters::council::cld::Column;

namespace {

bool Says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST(CldReader, GoodRowsGoOnWithTheFactsOfTheFile) {
  const CldRead read = ReadCld(CldFile({RequestRow("P1"), ServiceRow("P2")}));
  EXPECT_EQ(read.error, "");
  ASSERT_EQ(read.rows.size(), 2u);
  EXPECT_EQ(read.rows[1].person, "P2");
  EXPECT_EQ(read.rows[1].number, 3u);
  EXPECT_EQ(read.facts.scope, "503");
  EXPECT_EQ(read.facts.from, "2024-04-01");
  EXPECT_EQ(read.facts.to, "2025-03-31");
  EXPECT_TRUE(read.report.outcome.empty());
}

TEST(CldReader, WhereAFileIsCutMakesNoDifference) {
  const std::string file = CldFile({RequestRow("P1", {{kEventDescription, "two\nlines, \"quoted\""}}), ServiceRow("P2")});
  const CldRead whole = ReadCld(file);
  for (const std::size_t piece : {1u, 3u, 64u}) {
    const CldRead read = ReadCld(file, {}, piece);
    ASSERT_EQ(read.rows.size(), 2u);
    EXPECT_EQ(read.rows[0].bytes, whole.rows[0].bytes);
    EXPECT_EQ(read.rows[1].bytes, whole.rows[1].bytes);
  }
}

TEST(CldReader, AHeaderMustHaveEachColumnOnceInAnyOrderAndSpelling) {
  const std::string file = CldFile({RequestRow("P1")});
  EXPECT_EQ(ReadCld(Replaced(file, "Planned units per week", "planned_units_per_week")).error, "");
  EXPECT_TRUE(Says(ReadCld(Replaced(file, "Unit Cost", "Cost per unit")).error, "'Unit Cost'"));
  EXPECT_TRUE(Says(ReadCld(Replaced(file, "Unit Cost", "Cost per unit")).error, "'Cost per unit'"));
  EXPECT_TRUE(Says(ReadCld(Replaced(file, "Unit Cost", "Postcode")).error, "'Postcode' stands in the header twice"));
  EXPECT_TRUE(Says(ReadCld("").error, "empty"));
  EXPECT_TRUE(Says(ReadCld(CldHeader()).error, "no row"));
}

TEST(CldReader, WhatIsNotTextRefusesTheFileWithItsPlace) {
  const std::string good = CldFile({RequestRow("P1")});
  EXPECT_TRUE(Says(ReadCld(good + CldLine(RequestRow("P2", {{kFirstName, "Zo\xEB"}}))).error, "--encoding windows-1252"));
  EXPECT_TRUE(Says(ReadCld(good + CldLine(RequestRow("P2", {{kFirstName, "Zo\xEB"}}))).error, "row 3, column 6"));
  const CldRead decoded = ReadCld(good + CldLine(RequestRow("P2", {{kFirstName, "Zo\xEB"}})), {.encoding = "windows-1252"});
  ASSERT_EQ(decoded.rows.size(), 2u);
  EXPECT_TRUE(Says(decoded.rows[1].bytes, "Zo\xC3\xAB"));
  EXPECT_TRUE(Says(ReadCld(good, {.encoding = "utf-16"}).error, "utf-8 or windows-1252"));
  EXPECT_TRUE(Says(ReadCld(good + "503,\"01/04/2024,,\r\n").error, "row 3, column 2"));
  EXPECT_TRUE(Says(ReadCld(good + std::string("503,\0,", 6)).error, "row 3, column 2"));
}

TEST(CldReader, StrictRefusesTheFileForItsFirstBadRow) {
  const std::string file = CldFile({RequestRow("P1"), ServiceRow("P2", {{kServiceType, "Housing"}}), RequestRow("P3")});
  EXPECT_EQ(ReadCld(file).rows.size(), 3u);
  const CldRead strict = ReadCld(file, {.strict = true});
  EXPECT_TRUE(Says(strict.error, "row 3, column Service Type"));
  EXPECT_TRUE(Says(strict.error, "'Housing'"));
}

TEST(CldReader, OneBadRowInTenThousandIsNamedAndTheRestGoesIn) {
  std::string file = CldHeader();
  for (int i = 2; i <= 10'001; ++i) {
    file += CldLine(i == 7'000 ? ServiceRow("P" + std::to_string(i), {{kEventStart, "31/06/2024"}}) : RequestRow("P" + std::to_string(i)));
  }
  const CldRead read = ReadCld(file);
  EXPECT_EQ(read.facts.rows, 10'000u);
  EXPECT_EQ(read.facts.bad_rows, 1u);
  ASSERT_EQ(read.report.outcome.issues().size(), 1u);
  EXPECT_TRUE(Says(FindingAt(read.report, "row 7000, column Event Start Date"), "'31/06/2024' is not a day there is"));
}

TEST(CldReader, ABadRowKeepsItsPersonWhereItCanBeTold) {
  const CldRead read = ReadCld(CldFile({RequestRow("P1"), RequestRow("P2", {{kClientType, "nobody"}})}) + "503,2024-04-01,2025-03-31,,P3\r\n" + "x,y,z,,P4\r\n");
  ASSERT_EQ(read.rows.size(), 3u);
  EXPECT_TRUE(read.rows[1].bad);
  EXPECT_EQ(read.rows[1].person, "P2");
  EXPECT_EQ(read.rows[2].person, "P3");
  EXPECT_TRUE(Says(FindingAt(read.report, "row 4"), "5 cells, the header 50"));
  EXPECT_EQ(read.facts.bad_rows, 3u);
}

TEST(CldReader, FindingsDoNotSayNamesOrNumbers) {
  const CldRead read = ReadCld(CldFile({RequestRow("P1", {{kNhsNumber, "9990000019"}, {kUnitCost, "secret"}, {kFirstName, "Zara\x01"}}),
                                        RequestRow("P2", {{kNhsNumber, "9990000019"}})}));
  EXPECT_EQ(read.rows.size(), 2u);
  EXPECT_FALSE(read.rows[1].bad);
  for (const fhir::Issue& issue : read.report.outcome.issues()) {
    EXPECT_FALSE(Says(issue.text, "999000")) << issue.text;
    EXPECT_FALSE(Says(issue.text, "secret")) << issue.text;
    EXPECT_FALSE(Says(issue.text, "Zara")) << issue.text;
  }
  EXPECT_FALSE(Says(read.rows[1].bytes, "9990000019"));
}

TEST(CldReader, DatesMayBeBritishOrIsoAndMidnightIsNoTime) {
  const CldRead read = ReadCld(CldFile({RequestRow("P1", {{kEventStart, "2/5/2024"}, {kEventEnd, "2024-05-03T00:00:00"}, {kDateOfBirth, "29/02/1940 00:00"}})}));
  ASSERT_EQ(read.rows.size(), 1u);
  for (const char* date : {"2024-05-02", "2024-05-03", "1940-02-29"}) EXPECT_TRUE(Says(read.rows[0].bytes, date)) << date;
  for (const char* wrong : {"29/02/2023", "13/13/2024", "2024-5-1", "01-05-2024", "01/05/24", "2024-05-03T10:00:00", "0/1/2024"}) {
    EXPECT_EQ(ReadCld(CldFile({RequestRow("P0"), RequestRow("P1", {{kEventStart, wrong}})})).facts.bad_rows, 1u) << wrong;
  }
}
