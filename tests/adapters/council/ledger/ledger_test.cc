// What files do to a person's ledger: in any order, twice, overlapping, in either form, and what somebody has to decide.
#include <algorithm>
#include <random>

#include "fhir/json/writer.h"
#include "tests/adapters/council/cld/people.h"
#include "tests/adapters/council/ledger/files.h"
#include "tests/support/ledger_generator.h"

using namespace careloom_test;
using namespace careloom_test::ledger;

namespace {

// What is stored without ids, versions, references' ids, and when it was received.
std::vector<std::string> Facts(CldStore& store) {
  const std::string all = store.Emit({});
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = all.find("\r\n", at)) != std::string::npos; at = end + 2) lines.push_back(all.substr(at, end - at));
  std::ranges::sort(lines);
  return lines;
}

std::string Held(const std::vector<std::vector<LedgerRow>>& files) {
  CldStore store(Ledger(), true);
  for (std::size_t i = 0; i < files.size(); ++i) store.Take(File(files[i]), static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(store.held().size(), 1U);
  return store.held().empty() ? "" : store.held().front();
}

std::vector<LedgerRow> OnePersonsLedger() {
  return {BudgetRow("P1", "B1", {{"nhs-number", "9990000018"}, {"review-due", "2026-10-01"}, {"signed-on", "2026-03-20"}, {"signed-by", "A. Person"}}),
          LineRow("P1", "B1", "L1", {{"end", "2026-12-31"}, {"provider", "Larch House"}}),
          LineRow("P1", "B1", "L2", {{"frequency", "Hourly"}, {"quantity", "3.5"}, {"unit-price", "21.10"}, {"service", "Personal assistant"}}),
          PaymentRow("P1", "B1", "J1", "1400.00"),
          PaymentRow("P1", "B1", "C1", "25.50", {{"kind", "contribution"}, {"date", "2026-04-20"}}),
          PaymentRow("P1", "B1", "X1", "1400.00", {{"kind", "reversal"}, {"reverses", "J1"}, {"date", "2026-04-21"}}),
          PaymentRow("P1", "B1", "O1", "50.00", {{"kind", "commitment"}}),
          PaymentRow("P1", "B1", "I1", "40.01", {{"kind", "charge"}, {"meets", "O1"}}),
          ReturnRow("P1", "B1", "S1", "80.00"),
          ReturnRow("P1", "B1", "S2", "12.34", {{"service", "Meals"}}),
          {{"record", "return"}, {"council", "503"}, {"as-at", "2026-06-30"}, {"person", "P1"}, {"budget", "B1"}, {"return", "R2"},
              {"return-from", "2026-05-01"}, {"return-to", "2026-05-31"}, {"return-due", "2026-06-14"}}};
}

}  // namespace

TEST(LedgerFacts, TheSameComeOutOfTwoQuiteDifferentForms) {
  CldOptions people;
  people.people = 40;
  const std::vector<LedgerRow> rows = GenerateLedger(GenerateCld(people));
  CldStore one(Ledger()), other(Ledger());
  one.Take(WriteLedger(rows, LedgerForm::kCareloom).files.front());
  for (const std::string& file : WriteLedger(rows, LedgerForm::kShire).files) other.Take(file);
  EXPECT_EQ(Facts(one), Facts(other));
  EXPECT_EQ(one.findings(), std::vector<std::string>());
  EXPECT_EQ(one.counts().entries_stored, rows.size());
  EXPECT_EQ(other.counts().entries_stored, rows.size());
  EXPECT_GT(rows.size(), 300U);
}

TEST(LedgerFacts, EveryCellIsAccountedFor) {
  const std::vector<LedgerRow> rows = OnePersonsLedger();
  std::size_t cells = 0;
  for (const LedgerRow& row : rows) cells += row.size();
  CldStore store(Ledger());
  store.Take(File(rows));
  EXPECT_EQ(store.counts().elements_in, cells);
  EXPECT_EQ(store.counts().elements_reported, 0U);
  EXPECT_EQ(store.counts().elements_carried + store.counts().elements_merged, cells);
  // Merged is only what other rows say alike: council, day, person, number, package, return and its budget.
  std::size_t alike = 0;
  for (const LedgerRow& row : rows) {
    for (const char* field : {"council", "as-at", "person", "nhs-number", "package", "budget", "return", "return-from", "return-to", "return-due",
        "return-received"}) alike += row.contains(field) ? 1U : 0U;
  }
  EXPECT_LT(store.counts().elements_merged, alike);
  EXPECT_EQ(store.findings(), std::vector<std::string>());
}

TEST(LedgerFacts, WhatCameInGoesOutFieldByField) {
  const std::vector<LedgerRow> rows = OnePersonsLedger();
  CldStore store(Ledger());
  store.Take(File(rows));
  std::vector<LedgerRow> out = ReadLedger(store.Emit({.from = "2026-01-01", .to = "2027-12-31", .release = "2"}));
  std::vector<LedgerRow> in = rows;
  for (LedgerRow& row : in) {
    row["nhs-number"] = "9990000018";                        // of the person, so on each row
    row["as-at"] = "2027-12-31";                             // the day that was asked for
  }
  std::ranges::sort(in);
  std::ranges::sort(out);
  EXPECT_EQ(out, in);
  EXPECT_EQ(store.findings(), std::vector<std::string>());
}

TEST(LedgerFacts, TheSameFileTwiceChangesNothing) {
  CldStore store(Ledger());
  const std::string file = File(OnePersonsLedger());
  store.Take(file, 1);
  const auto stored = store.resources();
  store.Take(file, 2);
  EXPECT_EQ(store.resources(), stored);
  EXPECT_EQ(store.transactions_with_entries(), 1U);
}

TEST(LedgerFacts, OverlappingFilesInAnyOrderMakeTheSameLedger) {
  CldOptions people;
  people.people = 6;
  const std::vector<LedgerRow> rows = GenerateLedger(GenerateCld(people));
  // Three files, each of the budgets and packages as they stand on its day, and of overlapping parts of the postings.
  std::vector<std::string> files;
  for (int month = 1; month <= 3; ++month) {
    std::vector<LedgerRow> part;
    std::size_t posting = 0;
    for (LedgerRow row : rows) {
      row["as-at"] = "2026-0" + std::to_string(month) + "-28";
      const bool stands = row["record"] == "budget" || row["record"] == "package";
      if (row["record"] == "budget" && row.contains("review-due")) row["review-due"] = "2026-1" + std::to_string(month - 1) + "-01";
      if (row["record"] == "package") row["description"] = "as in month " + std::to_string(month);
      // What takes back or meets another stands in the file with it.
      if (row.contains("reverses") || row.contains("meets")) --posting;
      if (stands || (posting % 7) <= static_cast<std::size_t>(month) + 2 || month == 3) part.push_back(row);
      if (!stands) ++posting;
    }
    files.push_back(File(part));
  }
  std::vector<std::size_t> order = {0, 1, 2};
  std::vector<std::string> first;
  do {
    CldStore store(Ledger(), true);
    // What is held in one round, for what it refers to has not come, goes in in the next.
    for (int round = 0; round < 3; ++round) {
      store.held().clear();
      for (const std::size_t i : order) store.Take(files[i], static_cast<std::int64_t>(i) + 1);
    }
    EXPECT_EQ(store.held(), std::vector<std::string>());
    const std::vector<std::string> facts = Facts(store);
    if (first.empty()) first = facts;
    EXPECT_EQ(facts, first);
  } while (std::ranges::next_permutation(order).found);
  EXPECT_GT(first.size(), 40U);
}

TEST(LedgerFacts, WhatALaterFileLacksStillStands) {
  CldStore store(Ledger());
  store.Take(File(OnePersonsLedger()), 1);
  const auto before = Facts(store);
  store.Take(File({BudgetRow("P2", "B2", {{"as-at", "2026-09-30"}})}), 2);
  auto after = Facts(store);
  std::erase_if(after, [](const std::string& line) { return line.find(",P2,") != std::string::npos; });
  EXPECT_EQ(after, before);
}

TEST(LedgerFacts, WhatOthersAddStays) {
  CldStore store(Ledger());
  store.Take(File({BudgetRow("P1", "B1"), LineRow("P1", "B1", "L1"), PaymentRow("P1", "B1", "J1", "10.00")}), 1);
  const auto change = [&](const std::string& type, const std::string& mark, const std::string& member) {
    for (auto& [name, json] : store.resources()) {
      if (name.starts_with(type) && json.find(mark) != std::string::npos) json.insert(json.rfind('}'), "," + member);
    }
  };
  change("Account/", "\"B1\"", R"("description":"Agreed with her daughter")");
  for (auto& [name, json] : store.resources()) {
    if (name.starts_with("Account/")) json.insert(json.find(R"("extension":[)") + 13, R"({"url":"https://example.org/tier","valueCode":"complex"},)");
  }
  change("ChargeItem/", "\"L1\"", R"("supportingInformation":[{"reference":"Goal/g1"}],"note":[{"text":"Her goal"}])");
  change("ChargeItem/", "\"J1\"", R"("note":[{"text":"Paid twice?"}])");
  store.Take(File({BudgetRow("P1", "B1", {{"as-at", "2026-07-31"}, {"agreed-amount", "6000.00"}}),
      LineRow("P1", "B1", "L1", {{"as-at", "2026-07-31"}, {"unit-price", "110.00"}}),
                   PaymentRow("P1", "B1", "J1", "10.00", {{"as-at", "2026-07-31"}})}), 2);
  std::string all;
  for (const auto& [name, json] : store.resources()) all += json + "\n";
  for (const char* kept : {"Agreed with her daughter", "https://example.org/tier", "Goal/g1", "Her goal", "Paid twice?", "6000.00",
      "110.00"}) EXPECT_TRUE(Says(all, kept)) << kept;
}

TEST(LedgerFacts, APatientThatIsThereGetsTheNumberThatItLacksAndKeepsTheRest) {
  CldStore store(Ledger());
  store.Take(File({BudgetRow("P1", "B1")}), 1);
  const auto patient = [&]() -> std::string& {
    return std::ranges::find_if(store.resources(), [](const auto& one) { return one.first.starts_with("Patient/"); })->second;
  };
  patient().insert(patient().rfind('}'), R"(,"telecom":[{"system":"phone","value":"01632 960001"}])");
  store.Take(File({BudgetRow("P1", "B1", {{"nhs-number", "9990000018"}})}), 2);
  const std::string after = patient();
  for (const char* once : {"9990000018", "01632 960001", "id/la-person-id/503", "managingOrganization"}) {
    EXPECT_NE(after.find(once), std::string::npos) << once << ": " << after;
    EXPECT_EQ(after.find(once), after.rfind(once)) << once << ": " << after;
  }
  const std::string stood = after;
  store.Take(File({BudgetRow("P1", "B1", {{"nhs-number", "9990000018"}, {"as-at", "2026-08-31"}})}), 3);
  EXPECT_EQ(patient(), stood) << "nothing more to add";
}

TEST(LedgerHeld, APostingIsNeverChangedAndAKeyIsOfOneEntry) {
  const auto base = std::vector<LedgerRow>{BudgetRow("P1", "B1"), PaymentRow("P1", "B1", "J1", "10.00")};
  EXPECT_TRUE(Says(Held({base, {PaymentRow("P1", "B1", "J1", "10.01")}}), "row 2, column Amount: An entry of this key is in the ledger and differs in amount"));
  EXPECT_TRUE(Says(Held({base, {PaymentRow("P1", "B1", "J1", "10.00", {{"date", "2026-04-03"}})}}), "row 2, column Date"));
  EXPECT_TRUE(Says(Held({{base[0], base[1], PaymentRow("P1", "B1", "J1", "10.01")}}), "row 4, column Amount: Row 3 has the same entry key"));
  EXPECT_TRUE(Says(Held({{base[0], BudgetRow("P1", "B1", {{"agreed-amount", "1.00"}})}}), "row 3, column Agreed Amount: Row 2 has the same budget"));
  EXPECT_TRUE(Says(Held({base, {LineRow("P1", "B1", "J1")}}), "is a posting, not a planned line"));
}

TEST(LedgerHeld, WhatARowRefersToMustBeThere) {
  const LedgerRow budget = BudgetRow("P1", "B1");
  EXPECT_TRUE(Says(Held({{PaymentRow("P1", "B7", "J1", "10.00")}}), "row 2, column Budget: No budget of that reference"));
  EXPECT_TRUE(Says(Held({{budget, PaymentRow("P1", "B1", "J1", "10.00", {{"kind", "reversal"}, {"reverses", "J0"}})}}),
      "row 3, column Reverses: No entry of that key"));
  EXPECT_TRUE(Says(Held({{budget, PaymentRow("P1", "B1", "J1", "10.00", {{"kind", "charge"}, {"meets", "J0"}})}}), "row 3, column Meets"));
  EXPECT_TRUE(Says(Held({{BudgetRow("P1", "B1", {{"parent-budget", "B0"}})}}), "row 2, column Integrated Budget"));
  EXPECT_TRUE(Says(Held({{BudgetRow("P1", "B1", {{"nhs-number", "9990000018"}}), BudgetRow("P1", "B2", {{"nhs-number", "9990000026"}})}}),
      "two different NHS numbers"));
  EXPECT_TRUE(Says(Held({{BudgetRow("P1", "B1", {{"nhs-number", "9990000018"}})}, {BudgetRow("P1", "B1", {{"nhs-number", "9990000026"}})}}),
      "another NHS number"));
  EXPECT_TRUE(Says(Held({{budget, ReturnRow("P1", "B1", "S1", "1.00"), ReturnRow("P1", "B1", "S2", "1.00", {{"return-due", "2026-05-15"}})}}),
      "row 4, column Return Due"));
  EXPECT_TRUE(Says(Held({{BudgetRow("P1", "B1", {{"signed-on", "2026-03-20"}, {"signed-by", "A"}})},
      {BudgetRow("P1", "B1", {{"signed-on", "2026-03-21"}, {"signed-by", "A"}})}}), "another signature"));
}

TEST(LedgerHeld, OneHeldPersonHoldsNobodyElse) {
  CldStore store(Ledger(), true);
  store.Take(File({PaymentRow("P1", "B7", "J1", "10.00"), BudgetRow("P2", "B2"), PaymentRow("P2", "B2", "J2", "10.00")}));
  EXPECT_EQ(store.held().size(), 1U);
  EXPECT_EQ(Facts(store).size(), 3U) << "the header and the other's two rows";
}

TEST(LedgerSchedule, SumsToThePlanToThePennyAndTakesContributionsOff) {
  CldOptions people;
  people.people = 30;
  const std::vector<LedgerRow> rows = GenerateLedger(GenerateCld(people));
  CldStore store(Ledger());
  store.Take(File(rows));
  const std::string from = "2025-05-07", to = "2026-01-11";
  const auto cents = [](const std::string& text) { return std::stoll(text.substr(0, text.size() - 3) + text.substr(text.size() - 2)); };
  std::map<std::string, std::int64_t> gross, off;
  for (const auto& row : ReadTable(store.Emit({.from = from, .to = to, .release = {}, .what = "payment-schedule"}))) {
    gross[row.at("Entry Key")] += cents(row.at("Gross"));
    EXPECT_EQ(cents(row.at("Gross")) - cents(row.at("Contribution")), cents(row.at("Net")));
    EXPECT_GE(cents(row.at("Net")), 0);
    off[row.at("Budget")] += cents(row.at("Contribution"));
    EXPECT_GE(row.at("Pay On"), from);
    EXPECT_LE(row.at("To"), to);
  }
  std::size_t lines = 0, contributions = 0;
  for (const LedgerRow& row : rows) {
    if (row.at("record") == "package") {
      // Independently: units a week, as DHSC reckons them, of the days in both; to the last day less to the day before the first.
      const auto cost_to = [&](const std::string& last) {
        const CldPrice price{row.at("unit-price"), row.at("frequency"), row.contains("quantity") ? row.at("quantity") : "1", row.at("start"),
            row.contains("end") ? row.at("end") : people.to};
        return last < row.at("start") ? 0 : Pennies(PennyParts(price, row.at("start"), last));
      };
      const std::int64_t expected = cost_to(to) - cost_to(CldDate(CldDay(from) - 1));
      EXPECT_EQ(gross[row.at("entry-key")], expected) << row.at("entry-key") << " " << row.at("frequency");
      ++lines;
    }
    if (row.contains("kind") && row.at("kind") == "contribution") {
      EXPECT_LE(off[row.at("budget")], cents(row.at("amount")));
      contributions += off[row.at("budget")] == cents(row.at("amount")) ? 1U : 0U;
    }
  }
  EXPECT_GT(lines, 30U);
  EXPECT_GE(contributions, 1U);
}

TEST(LedgerReconciliation, SaysOfEachLineWhetherThePlanHasIt) {
  std::vector<LedgerRow> rows = OnePersonsLedger();
  rows.push_back(ReturnRow("P1", "B1", "S3", "400.00", {{"date", "2026-04-29"}}));   // 4 2/7 weeks of 100.00, of which 80.00 are spent
  rows.push_back(ReturnRow("P1", "B1", "S4", "1.00", {{"service", ""}}));
  CldStore store(Ledger());
  store.Take(File(rows));
  std::map<std::string, std::string> results;
  for (const auto& row : ReadTable(store.Emit({.from = "2026-04-01", .to = "2026-06-30", .release = {}, .what = "reconciliation"}))) {
    results[row.contains("Entry Key") ? row.at("Entry Key") : row.at("Return")] = row.at("Result") + (row.contains("Reason") ? ", " + row.at("Reason") : "");
  }
  const std::map<std::string, std::string> expected = {
      {"S1", "Matched, L1"}, {"S2", "Unexplained, not-in-plan"}, {"S3", "Unexplained, over-plan"}, {"S4", "Unexplained, not-in-plan"},
          {"R2", "Overdue, not-received"}};
  EXPECT_EQ(results, expected);
}

TEST(LedgerEmit, AnotherCouncilsFormHasItsOwnWordsAndWhatItCannotSayIsTold) {
  CldStore store(Ledger());
  store.Take(File(OnePersonsLedger()));
  const LedgerFiles expected = WriteLedger(OnePersonsLedger(), LedgerForm::kShire);
  const std::string payments = store.Emit({.from = "2026-01-01", .to = "2026-06-30", .release = {}, .what = "ledger", .layout = "shire-payments"});
  EXPECT_EQ(payments.substr(0, payments.find('\n')), expected.files[2].substr(0, expected.files[2].find('\n')));
  EXPECT_TRUE(Says(payments, "503;30/06/2026;P1;9990000018;C1;B1;Client charge;25.50;GBP;20/04/2026;;;;;;;")) << payments;
  const auto head = Ledger().EmitHead({.from = {}, .to = {}, .release = {}, .what = "ledger", .layout = "nobody"});
  ASSERT_FALSE(head);
  EXPECT_TRUE(Says(head.error().text(), "there is: careloom, shire-budgets"));
  EXPECT_FALSE(Ledger().EmitHead({.from = {}, .to = {}, .release = {}, .what = "payment-schedule"})) << "a period is needed";
  EXPECT_FALSE(Ledger().EmitHead({.from = {}, .to = {}, .release = {}, .what = "bill"}));
}
