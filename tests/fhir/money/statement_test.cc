// The statement: figures, windows, reversals, groups, over and under, and which entries a figure comes from.
#include "fhir/money/statement.h"

#include <algorithm>
#include <limits>

namespace {

using namespace fhir::money;

Day D(std::string_view text) { return *ParseDay(text); }

Budget BudgetOf(std::string id, std::string owner, Pence agreed) {
  Budget budget;
  budget.id = std::move(id);
  budget.owner = std::move(owner);
  budget.mechanism = "direct-payment";
  budget.period = {D("2026-04-01"), D("2027-03-31")};
  budget.agreed = Amount{agreed};
  budget.indicative = Amount{agreed + 100};
  return budget;
}

Entry EntryOf(std::string id, Kind kind, Pence pence, std::string_view day, std::string account = "b1") {
  Entry entry;
  entry.id = std::move(id);
  entry.kind = kind;
  entry.account = std::move(account);
  entry.amount = {pence};
  entry.day = D(day);
  return entry;
}

Entry PartOf(Entry entry, std::string whole) {
  entry.part_of = std::move(whole);
  return entry;
}

Entry Serving(Entry entry, std::vector<std::string> goals) {
  entry.goals = std::move(goals);
  return entry;
}

Entry Planned(std::string id, Pence a_week, std::string account = "b1") {
  Entry entry = EntryOf(std::move(id), Kind::kPlanned, 0, "2026-04-01", std::move(account));
  entry.plan = PlanLine{a_week, Fraction(1), std::nullopt, D("2026-04-01"), std::nullopt};
  return entry;
}

std::string Show(const Group& group, std::initializer_list<Figure> figures) {
  std::string text;
  for (const Figure figure : figures) {
    text += (text.empty() ? "" : ", ") + std::string(CodeOf(figure)) + " " + (group[figure].known ? FormatPence(group[figure].amount) : "-");
  }
  return text;
}

Statement Make(const std::vector<Budget>& budgets, const std::vector<Entry>& entries, const Window& window) {
  auto statement = MakeStatement(budgets, entries, window);
  EXPECT_TRUE(statement) << (statement ? "" : statement.error().ToString());
  return statement ? *std::move(statement) : Statement{};
}

std::string Refusal(const std::vector<Budget>& budgets, const std::vector<Entry>& entries, const Window& window) {
  const auto statement = MakeStatement(budgets, entries, window);
  return statement ? "made" : statement.error().ToString();
}

using enum Figure;

const std::vector<Entry> kYear = {
    EntryOf("c1", Kind::kCommitment, 50'000, "2026-04-10"),
    PartOf(EntryOf("c2", Kind::kCharge, 20'000, "2026-05-10"), "c1"),
    EntryOf("c3", Kind::kTransfer, 100'000, "2026-05-01"),
    EntryOf("c4", Kind::kSpend, 60'000, "2026-06-01"),
    EntryOf("c5", Kind::kContribution, 5'000, "2026-06-02"),
    EntryOf("c6", Kind::kReclaim, 10'000, "2026-07-01"),
    EntryOf("c7", Kind::kCharge, 999, "2026-07-02"),
    PartOf(EntryOf("c8", Kind::kReversal, 999, "2026-07-03"), "c7"),
    Planned("p1", 70'000),
};

TEST(Statement, HasEveryFigure) {
  const Statement all = Make({BudgetOf("b1", "Organization/icb", 1'000'000)}, kYear, {std::nullopt, D("2026-07-31")});
  EXPECT_EQ(Show(all.total, {kIndicative, kAgreed, kPlanned, kCommitted, kCharged, kTransferred, kSpent, kContribution, kReclaimed, kGross, kNet}),
            "indicative 10001.00, agreed 10000.00, planned 12200.00, committed 500.00, charged 200.00, transferred 1000.00, spent 600.00, contribution 50.00, "
            "reclaimed 100.00, gross 1100.00, net 1050.00");
  EXPECT_EQ(Show(all.total, {kPaid, kOutstanding, kRemaining, kAvailable, kHeld, kToCome, kForecast}),
            "paid 1100.00, outstanding 300.00, remaining 8900.00, available 8600.00, held 300.00, to-come 24300.00, forecast 25400.00");
  EXPECT_TRUE(all.total.over);
  EXPECT_FALSE(all.total.under);
  EXPECT_EQ(all.currency, "GBP");
  EXPECT_EQ(FormatDay(all.from), "2026-04-01");
}

TEST(Statement, OfAPeriodCountsItsEntriesAndStandsAsAtItsEnd) {
  const Statement june = Make({BudgetOf("b1", "Organization/icb", 1'000'000)}, kYear, {D("2026-06-01"), D("2026-07-02")});
  EXPECT_EQ(Show(june.total, {kPlanned, kCommitted, kCharged, kTransferred, kSpent, kContribution, kReclaimed, kGross, kNet}),
            "planned 3200.00, committed 0.00, charged 9.99, transferred 0.00, spent 600.00, contribution 50.00, reclaimed 100.00, gross -90.01, net -140.01");
  EXPECT_EQ(Show(june.total, {kPaid, kOutstanding, kRemaining, kAvailable, kHeld, kToCome}),
            "paid 1109.99, outstanding 300.00, remaining 8890.01, available 8590.01, held 300.00, to-come 27200.00");
}

TEST(Statement, AReversalCountsOnItsOwnDay) {
  const Statement later = Make({BudgetOf("b1", "Organization/icb", 1'000'000)}, kYear, {D("2026-07-03"), D("2026-07-31")});
  EXPECT_EQ(Show(later.total, {kCharged, kGross}), "charged -9.99, gross -9.99");
  ASSERT_EQ(later.total[kCharged].parts.size(), 1u);
  EXPECT_EQ(later.total[kCharged].parts[0], (Part{7, -999}));
}

TEST(Statement, ACommitmentIsOutstandingUntilChargesThatNameItMeetIt) {
  std::vector<Entry> entries = {EntryOf("c1", Kind::kCommitment, 500, "2026-04-10"), PartOf(EntryOf("c2", Kind::kCharge, 700, "2026-05-01"), "c1"),
                                EntryOf("c3", Kind::kCommitment, 100, "2026-04-10"), EntryOf("c4", Kind::kCharge, 50, "2026-05-01")};
  const auto outstanding = [&](std::string_view to) { return Show(Make({BudgetOf("b1", "x", 1000)}, entries, {std::nullopt, D(to)}).total, {kOutstanding, kAvailable}); };
  EXPECT_EQ(outstanding("2026-04-30"), "outstanding 6.00, available 4.00");
  EXPECT_EQ(outstanding("2026-05-01"), "outstanding 1.00, available 1.50");
  entries.push_back(PartOf(EntryOf("c5", Kind::kReversal, 700, "2026-05-02"), "c2"));
  EXPECT_EQ(outstanding("2026-05-02"), "outstanding 6.00, available 3.50");
  entries.push_back(PartOf(EntryOf("c6", Kind::kReversal, 500, "2026-05-03"), "c1"));
  EXPECT_EQ(outstanding("2026-05-03"), "outstanding 1.00, available 8.50");
}

TEST(Statement, GroupsByFunderMechanismAndGoal) {
  Entry notional = Serving(EntryOf("c2", Kind::kCharge, 100, "2026-05-01", "b2"), {"g1", "g2", "g3"});
  notional.mechanism = "notional";
  const Statement statement = Make({BudgetOf("b1", "Organization/icb", 1000), BudgetOf("b2", "Organization/council", 500)},
                                   {Serving(EntryOf("c1", Kind::kCharge, 301, "2026-05-01"), {"g1", "g2"}), notional, EntryOf("c3", Kind::kCharge, 7, "2026-05-01")},
                                   {std::nullopt, D("2027-03-31")});
  const auto show = [](const std::vector<Group>& groups) {
    std::string text;
    for (const Group& group : groups) text += group.key + ": " + Show(group, {kAgreed, kCharged, kRemaining}) + "; ";
    return text;
  };
  EXPECT_EQ(show(statement.by_funder), "Organization/council: agreed 5.00, charged 1.00, remaining 4.00; Organization/icb: agreed 10.00, charged 3.08, remaining 6.92; ");
  EXPECT_EQ(show(statement.by_mechanism), "direct-payment: agreed -, charged 3.08, remaining -; notional: agreed -, charged 1.00, remaining -; ");
  EXPECT_EQ(show(statement.by_goal), "g1: agreed -, charged 1.85, remaining -; g2: agreed -, charged 1.83, remaining -; g3: agreed -, charged 0.33, remaining -; "
                                     "none: agreed -, charged 0.07, remaining -; ");
  EXPECT_EQ(Show(statement.total, {kAgreed, kCharged, kRemaining}), "agreed 15.00, charged 4.08, remaining 10.92");
}

TEST(Statement, AReversalTakesBackFromTheGroupsOfWhatItReverses) {
  Entry charge = Serving(EntryOf("c1", Kind::kCharge, 101, "2026-05-01"), {"g1", "g2"});
  charge.mechanism = "notional";
  const Statement statement = Make({BudgetOf("b1", "x", 1000)}, {PartOf(EntryOf("a1", Kind::kReversal, 101, "2026-05-02"), "c1"), charge}, {std::nullopt, D("2027-03-31")});
  ASSERT_EQ(statement.by_goal.size(), 2u);
  for (const Group& goal : statement.by_goal) EXPECT_EQ(Show(goal, {kCharged, kGross}), "charged 0.00, gross 0.00") << goal.key;
  ASSERT_EQ(statement.by_mechanism.size(), 1u);
  EXPECT_EQ(statement.by_mechanism[0].key, "notional");
}

TEST(Statement, WithoutAnEndOrAnAgreedAmountSaysNothingOfThem) {
  Budget open = BudgetOf("b1", "x", 1000), indicative = BudgetOf("b2", "y", 1000);
  open.period.last.reset();
  indicative.agreed.reset();
  const std::vector<Entry> entries = {EntryOf("c1", Kind::kCharge, 1001, "2026-05-01"), Planned("p1", 700)};
  const Statement one = Make({open}, entries, {std::nullopt, D("2026-06-30")});
  EXPECT_EQ(Show(one.total, {kRemaining, kToCome, kForecast}), "remaining -0.01, to-come -, forecast -");
  EXPECT_TRUE(one.total.over);
  EXPECT_FALSE(one.total.under);
  const Statement both = Make({open, indicative}, entries, {std::nullopt, D("2026-06-30")});
  EXPECT_EQ(Show(both.total, {kIndicative, kAgreed, kRemaining, kAvailable, kForecast}), "indicative 22.00, agreed -, remaining -, available -, forecast -");
  EXPECT_FALSE(both.total.over);
  EXPECT_EQ(Show(both.by_funder[0], {kAgreed, kForecast}), "agreed 10.00, forecast -");
  EXPECT_EQ(Show(both.by_funder[1], {kAgreed, kForecast}), "agreed -, forecast 0.00");
}

// What councils' Client Level Data say: services and their costs, nothing of the budget.
TEST(Statement, WithoutAServicePeriodBeginsWithTheFirstEntry) {
  Budget budget = BudgetOf("b1", "x", 0);
  budget.period = {kNoBeginning, std::nullopt};
  budget.agreed.reset();
  const Statement statement = Make({budget}, {Planned("p1", 700)}, {std::nullopt, D("2026-04-10")});
  EXPECT_EQ(FormatDay(statement.from), "2026-04-01");
  EXPECT_EQ(Show(statement.total, {kPlanned, kForecast}), "planned 10.00, forecast -");
  EXPECT_EQ(FormatDay(Make({budget}, {}, {std::nullopt, D("2026-04-10")}).from), "2026-04-10");
}

TEST(Statement, IsUnderBelowNineTenthsOfWhatWasAgreed) {
  const auto under = [](Pence paid, std::int64_t percent) {
    const std::vector<Budget> budgets = {BudgetOf("b1", "x", 1000)};
    const std::vector<Entry> entries = {EntryOf("c1", Kind::kCharge, paid, "2026-05-01")};
    return MakeStatement(budgets, entries, {std::nullopt, D("2027-03-31")}, {percent})->total.under;
  };
  EXPECT_TRUE(under(899, 10));
  EXPECT_FALSE(under(900, 10));
  EXPECT_TRUE(under(999, 0));
  EXPECT_FALSE(under(0, 100));
}

TEST(Statement, APlanOfTheWholePeriodForecastsWhatWasAgreedForItOnEveryDay) {
  Budget budget = BudgetOf("b1", "x", 0);
  Entry line = Planned("p1", 12'345);
  line.plan->units_a_week = *Fraction::ParseQuotient("12/52");
  budget.agreed = Amount{*CostTo(*Within(*line.plan, budget.period), *budget.period.last)};
  std::vector<Entry> entries = {line};
  const auto instalments = Instalments(*Within(*line.plan, budget.period), *ParseFrequency("monthly"), *budget.period.last);
  for (const Instalment& one : *instalments) entries.push_back(EntryOf("c" + FormatDay(one.last), Kind::kCharge, one.amount, FormatDay(one.last)));
  for (const Instalment& one : *instalments) {
    const Statement statement = Make({budget}, entries, {std::nullopt, one.last});
    EXPECT_EQ(statement.total[kForecast].amount, budget.agreed->pence) << FormatDay(one.last);
    EXPECT_FALSE(statement.total.over || statement.total.under);
  }
}

TEST(Statement, PassesOverWhatIsOfAnotherAccountOrDoesNotCount) {
  Entry error = EntryOf("c1", Kind::kCharge, 100, "2026-05-01");
  error.counts = false;
  const Statement statement = Make({BudgetOf("b1", "x", 1000)}, {error, EntryOf("c2", Kind::kCharge, 100, "2026-05-01", "b9"), EntryOf("c3", Kind::kCharge, 1, "2028-05-01")},
                                   {std::nullopt, D("2027-03-31")});
  EXPECT_EQ(Show(statement.total, {kCharged, kRemaining}), "charged 0.00, remaining 10.00");
}

TEST(Statement, IsRefusedOverALedgerThatContradictsItself) {
  const std::vector<Budget> budgets = {BudgetOf("b1", "x", 1000), BudgetOf("b2", "y", 1000)};
  const Window window = {std::nullopt, D("2027-03-31")};
  const Entry charge = EntryOf("c1", Kind::kCharge, 100, "2026-05-01"), reversal = PartOf(EntryOf("r1", Kind::kReversal, 100, "2026-05-02"), "c1");
  EXPECT_EQ(Refusal(budgets, {reversal}, window), "It takes back ChargeItem/c1, which is not an entry of this budget that counts (at ChargeItem/r1)");
  EXPECT_EQ(Refusal(budgets, {charge, reversal, PartOf(EntryOf("r2", Kind::kReversal, 100, "2026-05-02"), "c1")}, window),
            "ChargeItem/c1 was taken back by ChargeItem/r1 already (at ChargeItem/r2)");
  EXPECT_EQ(Refusal(budgets, {charge, reversal, PartOf(EntryOf("r2", Kind::kReversal, 100, "2026-05-02"), "r1")}, window),
            "It takes back ChargeItem/r1 of kind reversal, which cannot be reversed (at ChargeItem/r2)");
  EXPECT_EQ(Refusal(budgets, {charge, PartOf(EntryOf("r1", Kind::kReversal, 100, "2026-05-02", "b2"), "c1")}, window),
            "It takes back ChargeItem/c1, which is in another Account (at ChargeItem/r1)");
  Entry euros = charge;
  euros.amount.currency = "EUR";
  EXPECT_EQ(Refusal(budgets, {euros}, window), "The currency is EUR, and GBP elsewhere in the budget: one currency is allowed (at ChargeItem/c1)");
  EXPECT_EQ(Refusal(budgets, {charge, charge}, window), "An entry was given twice (at ChargeItem)");
  EXPECT_EQ(Refusal(budgets, {}, {D("2026-05-01"), D("2026-04-30")}), "The statement would end on 2026-04-30, before it begins on 2026-05-01 (at Account/b1)");
  EXPECT_EQ(Refusal({}, {}, window), "A statement is of one budget at least (at Account)");
}

TEST(Statement, AFigureThatDoesNotFitIsAnError) {
  const Pence half = std::numeric_limits<Pence>::max() / 2;
  std::vector<Entry> entries = {EntryOf("c1", Kind::kCommitment, half, "2026-05-01"), EntryOf("c2", Kind::kCommitment, half, "2026-05-01")};
  EXPECT_EQ(Make({BudgetOf("b1", "x", 1000)}, entries, {std::nullopt, D("2027-03-31")}).total[kCommitted].amount, 2 * half);
  entries.push_back(EntryOf("c3", Kind::kCommitment, 2, "2026-05-01"));
  EXPECT_EQ(Refusal({BudgetOf("b1", "x", 1000)}, entries, {std::nullopt, D("2027-03-31")}), "A figure is larger than can be reckoned with (at ChargeItem/c3)");
}

TEST(Figures, HaveTheirCodes) {
  for (std::size_t i = 0; i < kFigures; ++i) EXPECT_EQ(FigureOf(CodeOf(static_cast<Figure>(i))), static_cast<Figure>(i));
  EXPECT_EQ(CodeOf(kToCome), "to-come");
  EXPECT_EQ(FigureOf("balance"), std::nullopt);
}

}  // namespace
