// Planned lines: what they cost over leap years, part weeks, months and halves of pennies, and their instalments.
#include "fhir/money/schedule.h"

#include "fhir/json/reader.h"
#include "tests/fhir/money/resources.h"

namespace {

using namespace fhir::money;
using careloom_test::PlannedJson;
using careloom_test::Replaced;

Day D(std::string_view text) { return *ParseDay(text); }

PlanLine Weekly(Pence price, std::string_view units, std::string_view first, std::string_view last = {}) {
  PlanLine line;
  line.unit_price = price;
  line.units_a_week = *Fraction::ParseQuotient(units);
  line.first = D(first);
  if (!last.empty()) line.last = D(last);
  return line;
}

std::string Exact(const PlanLine& line, std::string_view to) {
  const auto cost = ExactCostTo(line, D(to));
  return cost ? cost->ToString() : "none";
}

TEST(Days, AreReadAndWritten) {
  EXPECT_EQ(D("1970-01-01"), 0);
  EXPECT_EQ(D("2024-02-29") + 1, D("2024-03-01"));
  EXPECT_EQ(FormatDay(D("2026-03-29T00:30:00+14:00")), "2026-03-29");
  for (const char* text : {"", "2026", "2026-04", "2026-02-29", "2026-13-01", "01/04/2026"}) EXPECT_EQ(ParseDay(text), std::nullopt) << text;
}

TEST(PlanLine, CostsByTheDayOfASevenDayWeek) {
  const PlanLine line = Weekly(10'000, "1", "2026-04-01");
  EXPECT_EQ(Exact(line, "2026-03-31"), "0");
  EXPECT_EQ(Exact(line, "2026-04-01"), "10000/7");
  EXPECT_EQ(Exact(line, "2026-04-07"), "10000");
  EXPECT_EQ(CostTo(line, D("2026-04-01")), 1429);
  EXPECT_EQ(CostIn(line, D("2026-04-02"), D("2026-04-02")), 1428);
  EXPECT_EQ(CostIn(line, D("2026-04-02"), D("2026-04-01")), 0);
}

TEST(PlanLine, OfALeapYearHasADayMore) {
  EXPECT_EQ(CostTo(Weekly(700, "1", "2023-04-01"), D("2024-03-31")), 36'600);
  EXPECT_EQ(CostTo(Weekly(700, "1", "2024-04-01"), D("2025-03-31")), 36'500);
  EXPECT_EQ(CostIn(Weekly(700, "1", "2023-04-01"), D("2024-02-28"), D("2024-03-01")), 300);
  EXPECT_EQ(CostIn(Weekly(700, "1", "1899-12-31"), D("1900-02-28"), D("1900-03-01")), 200);
}

TEST(PlanLine, AMonthIsTwelveFiftySecondsOfAYearOfWeeks) {
  // 100.00 × 12/52 × 365/7
  EXPECT_EQ(Exact(Weekly(10'000, "12/52", "2026-04-01"), "2027-03-31"), "10950000/91");
  EXPECT_EQ(CostTo(Weekly(10'000, "12/52", "2026-04-01"), D("2027-03-31")), 120'330);
  EXPECT_EQ(CostTo(Weekly(10'000, "1/4", "2026-04-01"), D("2026-04-28")), 10'000);
}

TEST(PlanLine, RoundsTheHalfPennyUpOnceAtEachDay) {
  // Half a penny a day.
  const PlanLine line = Weekly(7, "1/2", "2026-04-01");
  EXPECT_EQ(CostTo(line, D("2026-04-01")), 1);
  EXPECT_EQ(CostTo(line, D("2026-04-02")), 1);
  EXPECT_EQ(CostTo(line, D("2026-04-03")), 2);
  EXPECT_EQ(CostIn(line, D("2026-04-02"), D("2026-04-02")), 0);
  EXPECT_EQ(CostIn(line, D("2026-04-03"), D("2026-04-03")), 1);
}

TEST(PlanLine, EndsWithItsLastDayAndWithTheBudget) {
  const Days year = {D("2026-04-01"), D("2027-03-31")};
  EXPECT_EQ(CostTo(Weekly(700, "1", "2026-04-01", "2026-04-10"), D("2030-01-01")), 1000);
  EXPECT_EQ(Within(Weekly(700, "1", "2020-01-01"), year)->first, D("2026-04-01"));
  EXPECT_EQ(Within(Weekly(700, "1", "2020-01-01"), year)->last, D("2027-03-31"));
  EXPECT_EQ(Within(Weekly(700, "1", "2026-05-01", "2030-01-01"), {D("2026-04-01"), std::nullopt})->last, D("2030-01-01"));
  EXPECT_FALSE(Within(Weekly(700, "1", "2020-01-01", "2026-03-31"), year));
  EXPECT_FALSE(Within(Weekly(700, "1", "2027-04-01"), year));
}

TEST(PlanLine, ThatIsPaidOnceCostsAllOnItsFirstDay) {
  PlanLine line;
  line.unit_price = 333;
  line.once = Fraction::ParseQuotient("1.5");
  line.first = D("2026-04-01");
  EXPECT_EQ(CostTo(line, D("2026-03-31")), 0);
  EXPECT_EQ(CostTo(line, D("2026-04-01")), 500);
  EXPECT_EQ(CostIn(line, D("2026-04-02"), D("2026-12-31")), 0);
  EXPECT_FALSE(Within(line, {D("2026-04-02"), std::nullopt}));
}

TEST(PlanLine, ThatDoesNotFitHasNoCost) {
  EXPECT_EQ(CostTo(Weekly(kMaxWritten, "1000000", "2026-04-01"), D("2027-03-31")), std::nullopt);
  EXPECT_EQ(CostTo(Weekly(kMaxWritten, "1", "2026-04-01"), D("2027-03-31")), 5'214'285'714'286);
}

std::string Show(const fhir::Result<std::vector<Instalment>>& instalments) {
  if (!instalments) return instalments.error().ToString();
  std::string text;
  for (const Instalment& one : *instalments) text += FormatDay(one.first) + ".." + FormatDay(one.last) + " " + FormatPence(one.amount) + "; ";
  return text;
}

TEST(Instalments, SumToTheLineWithAShorterLast) {
  const PlanLine line = Weekly(10'000, "1", "2026-04-01", "2026-05-30");
  EXPECT_EQ(Show(Instalments(line, *ParseFrequency("4-weekly"), D("2027-03-31"))),
            "2026-04-01..2026-04-28 400.00; 2026-04-29..2026-05-26 400.00; 2026-05-27..2026-05-30 57.14; ");
  EXPECT_EQ(Show(Instalments(line, *ParseFrequency("4-weekly"), D("2026-04-30"))), "2026-04-01..2026-04-28 400.00; 2026-04-29..2026-04-30 28.57; ");
  EXPECT_EQ(Show(Instalments(line, *ParseFrequency("weekly"), D("2026-03-31"))), "");
}

TEST(Instalments, ByTheMonthRunFromTheDayOfTheMonthOrItsLast) {
  EXPECT_EQ(Show(Instalments(Weekly(700, "1", "2024-01-31", "2024-04-29"), *ParseFrequency("monthly"), D("2030-01-01"))),
            "2024-01-31..2024-02-28 29.00; 2024-02-29..2024-03-30 31.00; 2024-03-31..2024-04-29 30.00; ");
  EXPECT_EQ(Show(Instalments(Weekly(700, "1", "2026-04-01"), *ParseFrequency("annually"), D("2027-04-01"))),
            "2026-04-01..2027-03-31 365.00; 2027-04-01..2027-04-01 1.00; ");
}

TEST(Instalments, OfALineThatIsPaidOnceAreOne) {
  PlanLine line;
  line.unit_price = 500;
  line.once = Fraction(2);
  line.first = D("2026-04-05");
  EXPECT_EQ(Show(Instalments(line, *ParseFrequency("monthly"), D("2027-03-31"))), "2026-04-05..2026-04-05 10.00; ");
}

TEST(Instalments, AreRefusedWhenTheyAreTooManyOrNotRegular) {
  EXPECT_NE(Show(Instalments(Weekly(700, "1", "2026-04-01"), {1, 1, Frequency::Unit::kDay}, D("2099-01-01"))).find("More than 10000 instalments"), std::string::npos);
  EXPECT_NE(Show(Instalments(Weekly(700, "1", "2026-04-01"), *ParseFrequency("one-off"), D("2027-01-01"))).find("once in every"), std::string::npos);
  EXPECT_NE(Show(Instalments(Weekly(kMaxWritten, "100000", "2026-04-01"), *ParseFrequency("annually"), D("2027-01-01"))).find("more than"), std::string::npos);
}

std::string ReadLine(const std::string& json) {
  const auto document = fhir::json::Read(json);
  if (!document) return document.error().ToString();
  const auto line = ReadPlanLine(*document->root);
  if (!line) return line.error().ToString();
  std::string text = FormatPence(line->unit_price) + " × " + (line->once ? line->once->ToString() + " once" : line->units_a_week.ToString() + " a week") + " from " + FormatDay(line->first);
  return line->last ? text + " to " + FormatDay(*line->last) : text;
}

const std::string kCldWeekly = R"("code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-cost-frequency","code":")";

TEST(PlanLineReading, KnowsHowOften) {
  const auto line = [](std::string_view timing, std::string_view quantity = "2.5") { return ReadLine(PlannedJson("p1", "20.00", quantity, timing)); };
  const std::string bounds = R"("boundsPeriod":{"start":"2026-04-01","end":"2026-06-30"})", period = " from 2026-04-01 to 2026-06-30";
  const auto repeat = [&](std::string_view how) { return R"("repeat":{)" + bounds + "," + std::string(how) + "}"; };
  EXPECT_EQ(line(repeat(R"("frequency":1,"period":1,"periodUnit":"wk")")), "20.00 × 5/2 a week" + period);
  EXPECT_EQ(line(repeat(R"("frequency":3,"period":2.0,"periodUnit":"wk")"), ""), "20.00 × 3/2 a week" + period);
  EXPECT_EQ(line(repeat(R"("periodUnit":"mo","period":3)"), ""), "20.00 × 1/13 a week" + period);
  EXPECT_EQ(line(repeat(R"("periodUnit":"a")"), ""), "20.00 × 1/52 a week" + period);
  EXPECT_EQ(line(repeat(R"("periodUnit":"d")"), ""), "20.00 × 7 a week" + period);
  const std::string bounded = R"("repeat":{)" + bounds + "}";
  for (const char* word : {"Hourly", "Daily", "Per session"}) EXPECT_EQ(line(bounded + R"(,"code":{"text":")" + word + "\"}"), "20.00 × 5/2 a week" + period) << word;
  EXPECT_EQ(line(bounded + R"(,"code":{"text":"Fortnightly"})"), "20.00 × 5/4 a week" + period);
  EXPECT_EQ(line(bounded + R"(,"code":{"text":"One-off"})"), "20.00 × 5/2 once" + period);
  EXPECT_EQ(line(bounded), "20.00 × 5/2 once" + period);
  EXPECT_EQ(line(R"("repeat":{"boundsPeriod":{"start":"2026-04-01"},"periodUnit":"wk"})", ""), "20.00 × 1 a week from 2026-04-01");
}

// DHSC's formula for Client Level Data: the planned units are a week's, and looked at for what is more frequent than weekly alone.
TEST(PlanLineReading, OfClientLevelDataTakesItsQuantityAsUnitsAWeek) {
  const auto line = [](std::string_view word, std::string_view repeat) {
    return ReadLine(PlannedJson("p1", "20.00", "2.5", R"("repeat":{"boundsPeriod":{"start":"2026-04-01"})" + std::string(repeat) + "}," + kCldWeekly + std::string(word) + "\"}]}"));
  };
  EXPECT_EQ(line("Hourly", ""), "20.00 × 5/2 a week from 2026-04-01");
  EXPECT_EQ(line("Fortnightly", R"(,"frequency":1,"period":2,"periodUnit":"wk")"), "20.00 × 1/2 a week from 2026-04-01");
  EXPECT_EQ(line("One-off", ""), "20.00 × 1 once from 2026-04-01");
}

TEST(PlanLineReading, SaysWhatIsWrongAndWhere) {
  const std::string good = PlannedJson("p1", "20.00", "2.5", R"("repeat":{"boundsPeriod":{"start":"2026-04-01"},"frequency":1,"period":1,"periodUnit":"wk"})");
  EXPECT_EQ(ReadLine(Replaced(good, "\"wk\"", "\"h\"")), "The unit of the period is 'h'; allowed are d, wk, mo and a (at ChargeItem.occurrenceTiming.repeat.periodUnit)");
  EXPECT_EQ(ReadLine(Replaced(good, "\"period\":1", "\"period\":0.5")),
            "The period is '0.5'; allowed are whole numbers from 1 to 10000 (at ChargeItem.occurrenceTiming.repeat.period)");
  EXPECT_EQ(ReadLine(Replaced(good, "2.5", "-2.5")), "The quantity is '-2.5'; allowed are 0 to 1000000 with at most six places (at ChargeItem.quantity.value)");
  EXPECT_NE(ReadLine(Replaced(good, "20.00", "20.005")).find("at most two places"), std::string::npos);
  for (const std::string& undated : {Replaced(good, "boundsPeriod", "boundsWhatever"), Replaced(good, "\"start\"", "\"begin\"")}) {
    EXPECT_NE(ReadLine(undated).find("needs its first day"), std::string::npos) << undated;
  }
}

TEST(PlanLineReading, OfWhatDoesNotSayWhatItCostsCostsNothingAndSaysWhatItWouldNeed) {
  const auto lacks = [](const std::string& json) {
    const auto document = fhir::json::Read(json);
    std::string needed;
    const auto line = ReadPlanLine(*document->root, &needed);
    EXPECT_TRUE(line) << json;
    if (line && !needed.empty()) { EXPECT_EQ(CostTo(*line, D("2030-01-01")), 0) << json; }
    return needed;
  };
  const std::string weekly = PlannedJson("p1", "20.00", "", R"("repeat":{"boundsPeriod":{"start":"2026-04-01"},"frequency":1,"period":1,"periodUnit":"wk"})");
  EXPECT_EQ(lacks(weekly), "");
  EXPECT_NE(lacks(Replaced(weekly, "unit-price", "price")).find("its unit price"), std::string::npos);
  EXPECT_EQ(lacks(PlannedJson("p1", "20.00", "", R"("repeat":{"boundsPeriod":{"start":"2026-04-01"}},"code":{"text":"Hourly"})")), "quantity: the units a week of what is paid 'Hourly'");
}

}  // namespace
