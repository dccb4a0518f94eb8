// What refuses a ledger file whole, what refuses a row, each with its place, and that layouts are told by their headers.
#include "tests/adapters/council/ledger/files.h"

using namespace careloom_test;
using namespace careloom_test::ledger;

namespace {

std::string Replaced(std::string text, std::string_view from, std::string_view to) { return text.replace(text.find(from), from.size(), to); }

// The finding at row 2 and that column of a file with this one row.
std::string Finding(const LedgerRow& row, const std::string& column) {
  const ledger::Read read = ReadFile(File({row, BudgetRow("P9", "B9")}));
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.facts.bad_rows, 1U);
  EXPECT_EQ(read.rows.size(), 2U) << "the good row goes in, the bad one is told";
  return FindingAt(read.report, "row 2, column " + column);
}

}  // namespace

TEST(LedgerReader, GoodRowsGoOnWithTheFactsOfTheFileWhereverItIsCut) {
  const std::string file = File({BudgetRow("P1", "B1", {{"description", "two\nlines; \"quoted\""}}), PaymentRow("P1", "B1", "J1", "12.50"),
      PaymentRow("P2", "B2", "J2", "3.00")});
  const ledger::Read whole = ReadFile(file);
  EXPECT_EQ(whole.error, "");
  ASSERT_EQ(whole.rows.size(), 3U);
  EXPECT_EQ(whole.rows[2].person, "P2");
  EXPECT_EQ(whole.rows[2].number, 4U);
  EXPECT_EQ(whole.facts.scope, "503");
  EXPECT_EQ(whole.facts.from, "2026-04-01");
  EXPECT_EQ(whole.facts.to, "2026-06-30") << "as at";
  for (const std::size_t piece : {1U, 3U, 64U}) {
    const ledger::Read read = ReadFile(file, {}, piece);
    ASSERT_EQ(read.rows.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(read.rows[i].bytes, whole.rows[i].bytes);
  }
}

TEST(LedgerReader, AHeaderThatFitsNoLayoutIsRefusedWithTheNearestAndWhatDoesNotFit) {
  const std::string file = File({BudgetRow("P1", "B1")});
  const std::string unknown = ReadFile(Replaced(file, "Agreed Amount", "Agreed Sum")).error;
  EXPECT_TRUE(Says(unknown, "'careloom' is nearest")) << unknown;
  EXPECT_TRUE(Says(unknown, "column 16, 'Agreed Sum'")) << unknown;
  EXPECT_TRUE(Says(unknown, "lacks 'Agreed Amount'")) << unknown;
  EXPECT_TRUE(Says(ReadFile(Replaced(file, "Agreed Amount", "Stage")).error, "twice"));
  EXPECT_TRUE(Says(ReadFile("").error, "empty"));
  EXPECT_TRUE(Says(ReadFile(file.substr(0, file.find('\n') + 1)).error, "no row"));
  EXPECT_TRUE(Says(ReadFile(std::string(100'000, 'x')).error, "64 KiB"));
}

TEST(LedgerReader, MoneyIsExactOrTheRowIsBad) {
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "12.505"), "Amount"), "3 decimal places"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "12.500"), "Amount"), "3 decimal places"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "-12.50"), "Amount"), "A reversal is a kind, not a sign"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "\xC2\xA3" "12.50"), "Amount"), "not an amount"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1,200.00"), "Amount"), "not an amount"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "12.50", {{"amount", ""}}), "Amount"), "must say its amount"));
  EXPECT_TRUE(Says(Finding(ReturnRow("P1", "B1", "S1", "-1.00"), "Amount"), "negative"));
  EXPECT_TRUE(Says(Finding(BudgetRow("P1", "B1", {{"agreed-amount", "-1.00"}}), "Agreed Amount"), "negative"));
  const std::string file = Replaced(File({PaymentRow("P1", "B1", "J1", "12.50"), BudgetRow("P9", "B9")}), "Amount,Date", "Amount,Currency,Date");
  std::string euro = Replaced(file, ",12.50,", ",12.50,EUR,");
  euro.insert(euro.rfind("\r\n"), ",");
  EXPECT_TRUE(Says(FindingAt(ReadFile(euro).report, "row 2, column Currency"), "Allowed: GBP"));
}

TEST(LedgerReader, WhatARowSaysMustGoTogether) {
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1.00", {{"kind", "Gift"}}), "Kind"), "Allowed: Commitment; Charge; Transfer"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1.00", {{"kind", "reversal"}}), "Reverses"), "must name the key"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1.00", {{"reverses", "J0"}}), "Reverses"), "Only a reversal"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1.00", {{"kind", "reversal"}, {"reverses", "J1"}}), "Reverses"), "itself"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1.00", {{"meets", "J0"}}), "Meets"), "Only a charge"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1.00", {{"date", "02/04/2026"}}), "Date"), "yyyy-MM-dd"));
  EXPECT_TRUE(Says(Finding(PaymentRow("P1", "B1", "J1", "1.00", {{"date", "2026-02-30"}}), "Date"), "not a day there is"));
  EXPECT_TRUE(Says(Finding(BudgetRow("P1", "B1", {{"end", "2026-03-01"}}), "End"), "before it starts"));
  EXPECT_TRUE(Says(Finding(BudgetRow("P1", "B1", {{"signed-by", "Somebody"}}), "Signed On"), "signature"));
  EXPECT_TRUE(Says(Finding(ReturnRow("P1", "B1", "S1", "1.00", {{"date", ""}}), "Date"), "a return of which no line is known"));
  EXPECT_TRUE(Says(Finding(BudgetRow("P1", "B1", {{"council", "5O3"}}), "LA Code"), "three digits"));
}

TEST(LedgerReader, AShiftedColumnIsToldByRowAndColumnAndForTheFile) {
  std::vector<LedgerRow> rows;
  for (int i = 0; i < 6; ++i) rows.push_back(PaymentRow("P1", "B1", "J" + std::to_string(i), "1.00"));
  std::string file = File(rows);
  // From the amount on, the cells of all rows stand one to the right of where the header says.
  std::string shifted = file.substr(0, file.find('\n') + 1);
  for (std::size_t at = shifted.size(); at < file.size();) {
    const std::size_t end = file.find('\n', at) + 1;
    std::string line = file.substr(at, end - at);
    line.replace(line.find(",Transfer,1.00,2026-04-02,"), 26, ",,Transfer,1.00,");
    shifted += line;
    at = end;
  }
  const ledger::Read read = ReadFile(shifted);
  EXPECT_EQ(read.facts.bad_rows, 0U) << read.error;
  EXPECT_TRUE(Says(read.error, "No row can be read")) << read.error;
  const std::string short_row = Replaced(file, ",Transfer,1.00,", ",Transfer,");
  EXPECT_TRUE(Says(FindingAt(ReadFile(short_row).report, "row 2"), "36 cells, the header 37"));
  const std::string one = Replaced(file, ",Transfer,1.00,2026-04-02,", ",,Transfer,1.00,");
  EXPECT_TRUE(Says(FindingAt(ReadFile(one).report, "row 2, column Amount"), "not an amount"));
}

TEST(LedgerReader, ACellThatItsRecordDoesNotHaveIsLeftOutAndTold) {
  const ledger::Read read = ReadFile(File({PaymentRow("P1", "B1", "J1", "1.00", {{"agreed-amount", "5.00"}})}));
  EXPECT_EQ(read.facts.bad_rows, 0U);
  EXPECT_TRUE(Says(FindingAt(read.report, "row 2, column Agreed Amount"), "A payment has no agreed-amount"));
  EXPECT_EQ(read.report.elements_in, 1U);
  EXPECT_EQ(read.report.elements_reported, 1U);
}

TEST(LedgerReader, AMinusSignReversesWhereTheLayoutSaysSo) {
  const LedgerRow reversal = PaymentRow("P1", "B1", "J2", "12.50", {{"kind", "reversal"}, {"reverses", "J1"}});
  const LedgerFiles files = WriteLedger({PaymentRow("P1", "B1", "J1", "1212.50"), reversal}, LedgerForm::kShire);
  EXPECT_TRUE(Says(files.files[2], ";-12.50;"));
  EXPECT_TRUE(Says(files.files[2], ";1,212.50;"));
  const ledger::Read read = ReadFile(files.files[2]);
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.facts.bad_rows, 0U);
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(FindingAt(read.report, "column Cost Centre"),
      "The layout 'shire-payments' leaves this column out: the council's own accounts, not the person's budget (2 cells).");
}

TEST(LedgerReader, AWrongNhsNumberIsLeftOutAndTheRowTaken) {
  const ledger::Read read = ReadFile(File({BudgetRow("P1", "B1", {{"nhs-number", "9990000019"}})}));
  EXPECT_EQ(read.facts.bad_rows, 0U);
  EXPECT_TRUE(Says(FindingAt(read.report, "row 2, column NHS Number"), "modulus 11"));
}

TEST(LedgerReader, StrictRefusesTheFileForABadRow) {
  EXPECT_TRUE(Says(ReadFile(File({PaymentRow("P1", "B1", "J1", "1.005")}), {.encoding = "utf-8", .strict = true}).error, "--strict"));
  EXPECT_TRUE(Says(ReadFile(File({PaymentRow("P1", "B1", "J1", "1.00")}), {.encoding = "utf-16", .strict = false}).error, "utf-16"));
}
