// Random budgets, frequencies and periods: what must hold of every one. CARELOOM_LONG tries ten times as many.
#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "fhir/money/split.h"
#include "fhir/money/statement.h"
#include "tests/support/size.h"

namespace {

using namespace fhir::money;

int Budgets() { return careloom_test::EveryDayOrLong(10'000, 100'000); }

Day D(std::string_view text) { return *ParseDay(text); }

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : engine_(seed) {}
  // From `low` to `high`, both among them; the engine alone, which is the same everywhere.
  std::int64_t Pick(std::int64_t low, std::int64_t high) { return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1)); }
  bool One(std::int64_t of) { return Pick(1, of) == 1; }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

struct Case {
  std::vector<Budget> budgets;
  std::vector<Entry> entries;
};

Fraction RandomUnits(Chance& chance) {
  using Unit = Frequency::Unit;
  static const std::vector<Frequency> kFrequencies = {{1, 1, Unit::kWeek}, {1, 2, Unit::kWeek}, {1, 4, Unit::kWeek}, {1, 1, Unit::kMonth}, {1, 3, Unit::kMonth}, {1, 1, Unit::kYear},
                                                      {3, 1, Unit::kWeek}, {1, 1, Unit::kDay}, {2, 5, Unit::kWeek}};
  const Fraction quantity = *Fraction::Of(chance.Pick(0, 4'000), 100);
  return *TimesAWeek(kFrequencies[static_cast<std::size_t>(chance.Pick(0, 8))])->Times(quantity);
}

Entry RandomLine(Chance& chance, const Budget& budget) {
  Entry entry;
  entry.kind = Kind::kPlanned;
  PlanLine line;
  line.unit_price = chance.One(5) ? chance.Pick(0, 9) : chance.Pick(0, 500'000);
  line.first = budget.period.first + static_cast<Day>(chance.Pick(-400, 400));
  if (!chance.One(3)) line.last = line.first + static_cast<Day>(chance.Pick(0, 800));
  if (chance.One(6)) {
    line.once = *Fraction::Of(chance.Pick(0, 4'000), 1000);
  } else {
    line.units_a_week = RandomUnits(chance);
  }
  entry.day = line.first;
  entry.plan = line;
  return entry;
}

Entry RandomEntry(Chance& chance, const Budget& budget) {
  static constexpr Kind kKinds[] = {Kind::kCommitment, Kind::kCharge, Kind::kTransfer, Kind::kSpend, Kind::kContribution, Kind::kReclaim};
  if (chance.One(4)) return RandomLine(chance, budget);
  Entry entry;
  entry.kind = kKinds[chance.Pick(0, 5)];
  entry.amount.pence = chance.One(4) ? chance.Pick(0, 5) : chance.Pick(0, 3'000'000);
  entry.day = budget.period.first + static_cast<Day>(chance.Pick(-20, 420));
  return entry;
}

// Between one and four funders, over the end of February now and then, with lines that change in the middle.
Case RandomCase(Chance& chance) {
  Case made;
  const std::int64_t funders = chance.Pick(1, 4);
  for (std::int64_t i = 0; i < funders; ++i) {
    Budget budget;
    budget.id = "b" + std::to_string(i);
    budget.owner = "Organization/" + std::to_string(chance.Pick(1, 4));
    budget.mechanism = codes::kMechanisms[static_cast<std::size_t>(chance.Pick(0, 4))];
    budget.period.first = D("2023-04-01") + static_cast<Day>(chance.Pick(0, 1'000));
    if (!chance.One(10)) budget.period.last = budget.period.first + static_cast<Day>(chance.Pick(0, 400));
    if (!chance.One(10)) budget.agreed = Amount{chance.Pick(0, 5'000'000)};
    if (!chance.One(3)) budget.indicative = Amount{chance.Pick(0, 5'000'000)};
    made.budgets.push_back(budget);
  }
  const std::int64_t entries = chance.Pick(0, 24);
  for (std::int64_t i = 0; i < entries; ++i) {
    const Budget& budget = made.budgets[static_cast<std::size_t>(chance.Pick(0, funders - 1))];
    Entry entry = RandomEntry(chance, budget);
    entry.id = "c" + std::to_string(i);
    entry.account = budget.id;
    entry.counts = !chance.One(20);
    if (chance.One(3)) entry.mechanism = codes::kMechanisms[static_cast<std::size_t>(chance.Pick(0, 4))];
    for (int goal = 0; goal < 5; ++goal) {
      if (chance.One(4)) entry.goals.push_back("g" + std::to_string(goal));
    }
    if (entry.kind == Kind::kCharge && chance.One(2)) entry.part_of = "c" + std::to_string(chance.Pick(0, entries - 1));
    const bool reversed = CanBeReversed(entry.kind) && entry.counts && chance.One(6);
    made.entries.push_back(entry);
    if (!reversed) continue;
    Entry reversal;
    reversal.id = "a" + std::to_string(i);   // comes before what it takes back
    reversal.kind = Kind::kReversal;
    reversal.part_of = entry.id;
    reversal.account = entry.account;
    reversal.amount = entry.amount;
    reversal.day = entry.day + static_cast<Day>(chance.Pick(0, 60));
    made.entries.push_back(reversal);
  }
  return made;
}

bool IsOfEntries(Figure figure) {
  return figure != Figure::kIndicative && figure != Figure::kAgreed && figure != Figure::kRemaining && figure != Figure::kAvailable;
}

Pence SumOf(const std::vector<Group>& groups, Figure figure) {
  return std::accumulate(groups.begin(), groups.end(), Pence{0}, [&](Pence sum, const Group& group) { return sum + group[figure].amount; });
}

std::string Dump(const Statement& statement) {
  std::string text;
  const auto add = [&](const Group& group) {
    text += group.key + (group.over ? " over" : "") + (group.under ? " under" : "") + ":";
    for (std::size_t i = 0; i < kFigures; ++i) {
      const Value& value = group.values[i];
      text += " " + (value.known ? FormatPence(value.amount) : "-") + "/" + std::to_string(value.parts.size());
    }
    text += "\n";
  };
  add(statement.total);
  for (const auto* groups : {&statement.by_funder, &statement.by_mechanism, &statement.by_goal}) std::ranges::for_each(*groups, add);
  return text;
}

Window RandomWindow(Chance& chance, const Case& made) {
  Day first = made.budgets[0].period.first;
  for (const Budget& budget : made.budgets) first = std::min(first, budget.period.first);
  Window window;
  if (chance.One(2)) window.from = first + static_cast<Day>(chance.Pick(-30, 400));
  window.to = window.from.value_or(first) + static_cast<Day>(chance.Pick(0, 500));
  return window;
}

class RandomBudgets : public ::testing::Test {
 protected:
  // Each random case with a statement over it.
  template <typename Check>
  void EachCase(std::uint32_t seed, const Check& check) {
    Chance chance(seed);
    int budgets = 0;
    for (int i = 0; budgets < Budgets() && !HasFailure(); ++i) {
      const Case made = RandomCase(chance);
      const Window window = RandomWindow(chance, made);
      const auto statement = MakeStatement(made.budgets, made.entries, window);
      ASSERT_TRUE(statement) << i << ": " << statement.error().ToString();
      SCOPED_TRACE("case " + std::to_string(i) + " of seed " + std::to_string(seed));
      check(chance, made, window, *statement);
      budgets += static_cast<int>(made.budgets.size());
    }
  }
};

TEST_F(RandomBudgets, GroupsSumToTheTotalAndPartsToTheFigure) {
  EachCase(1, [](Chance&, const Case&, const Window&, const Statement& statement) {
    for (std::size_t i = 0; i < kFigures; ++i) {
      const auto figure = static_cast<Figure>(i);
      SCOPED_TRACE(CodeOf(figure));
      const Value& total = statement.total[figure];
      if (total.known) { EXPECT_EQ(SumOf(statement.by_funder, figure), total.amount); }
      if (!IsOfEntries(figure)) continue;
      if (total.known) {
        EXPECT_EQ(SumOf(statement.by_mechanism, figure), total.amount);
        EXPECT_EQ(SumOf(statement.by_goal, figure), total.amount);
      }
      Pence parts = 0;
      for (const Part& part : total.parts) parts += part.amount;
      EXPECT_EQ(parts, total.amount);
      for (const auto* groups : {&statement.by_funder, &statement.by_mechanism, &statement.by_goal}) {
        for (const Group& group : *groups) {
          Pence of_group = 0;
          for (const Part& part : group[figure].parts) of_group += part.amount;
          EXPECT_EQ(of_group, group[figure].amount) << group.key;
        }
      }
    }
  });
}

// The sums, taken again from the entries in the plainest way.
TEST_F(RandomBudgets, TheStatementIsTheSumOfTheLedger) {
  EachCase(2, [](Chance&, const Case& made, const Window& window, const Statement& statement) {
    std::map<std::string, const Budget*> budgets;
    for (const Budget& budget : made.budgets) budgets[budget.id] = &budget;
    std::map<std::string, const Entry*> entries;
    for (const Entry& entry : made.entries) entries[entry.id] = &entry;
    std::map<Kind, Pence> in, as_at;
    Pence planned = 0;
    for (const Entry& entry : made.entries) {
      if (!entry.counts) continue;
      const Budget& budget = *budgets.at(entry.account);
      const Day from = window.from.value_or(budget.period.first);
      if (entry.kind == Kind::kPlanned) {
        const auto line = Within(*entry.plan, budget.period);
        if (line) planned += *CostIn(*line, from, window.to);
        continue;
      }
      const Entry& original = entry.kind == Kind::kReversal ? *entries.at(*entry.part_of) : entry;
      const Pence amount = entry.kind == Kind::kReversal ? -original.amount.pence : original.amount.pence;
      if (entry.day >= from && entry.day <= window.to) in[original.kind] += amount;
      if (entry.day >= std::min(from, budget.period.first) && entry.day <= window.to) as_at[original.kind] += amount;
    }
    const Group& total = statement.total;
    EXPECT_EQ(total[Figure::kPlanned].amount, planned);
    EXPECT_EQ(total[Figure::kCommitted].amount, in[Kind::kCommitment]);
    EXPECT_EQ(total[Figure::kCharged].amount, in[Kind::kCharge]);
    EXPECT_EQ(total[Figure::kTransferred].amount, in[Kind::kTransfer]);
    EXPECT_EQ(total[Figure::kSpent].amount, in[Kind::kSpend]);
    EXPECT_EQ(total[Figure::kContribution].amount, in[Kind::kContribution]);
    EXPECT_EQ(total[Figure::kReclaimed].amount, in[Kind::kReclaim]);
    EXPECT_EQ(total[Figure::kGross].amount, in[Kind::kCharge] + in[Kind::kTransfer] - in[Kind::kReclaim]);
    EXPECT_EQ(total[Figure::kNet].amount, total[Figure::kGross].amount - in[Kind::kContribution]);
    EXPECT_EQ(total[Figure::kPaid].amount, as_at[Kind::kCharge] + as_at[Kind::kTransfer] - as_at[Kind::kReclaim]);
    EXPECT_EQ(total[Figure::kHeld].amount, as_at[Kind::kTransfer] - as_at[Kind::kSpend] - as_at[Kind::kReclaim]);
    if (total[Figure::kForecast].known) { EXPECT_EQ(total[Figure::kForecast].amount, total[Figure::kPaid].amount + total[Figure::kToCome].amount); }
    if (total[Figure::kAgreed].known) {
      EXPECT_EQ(total[Figure::kRemaining].amount, total[Figure::kAgreed].amount - total[Figure::kPaid].amount);
      EXPECT_EQ(total[Figure::kAvailable].amount, total[Figure::kRemaining].amount - total[Figure::kOutstanding].amount);
    }
  });
}

TEST_F(RandomBudgets, TheOrderOfEntriesAndBudgetsMakesNoDifference) {
  EachCase(3, [](Chance& chance, const Case& made, const Window& window, const Statement& statement) {
    Case other = made;
    std::ranges::shuffle(other.entries, chance.engine());
    std::ranges::shuffle(other.budgets, chance.engine());
    const auto again = MakeStatement(other.budgets, other.entries, window);
    ASSERT_TRUE(again);
    EXPECT_EQ(Dump(*again), Dump(statement));
  });
}

TEST_F(RandomBudgets, AnIntegratedBudgetIsTheSumOfItsChildren) {
  EachCase(4, [](Chance&, const Case& made, const Window& window, const Statement& statement) {
    std::array<Pence, kFigures> sums{};
    std::map<std::pair<std::string, std::size_t>, Pence> by_goal;
    for (const Budget& budget : made.budgets) {
      // A window may end before one of the children begins: that one has no statement of its own.
      if (!window.from && window.to < budget.period.first) return;
      const auto own = MakeStatement({&budget, 1}, made.entries, window);
      ASSERT_TRUE(own) << own.error().ToString();
      for (std::size_t i = 0; i < kFigures; ++i) {
        sums[i] += own->total.values[i].amount;
        for (const Group& goal : own->by_goal) by_goal[{goal.key, i}] += goal.values[i].amount;
      }
    }
    // A charge may name a commitment of another child, by mistake: the sum sees it, the children do not.
    for (std::size_t i = 0; i < kFigures; ++i) {
      const auto figure = static_cast<Figure>(i);
      if (!statement.total[figure].known || figure == Figure::kOutstanding || figure == Figure::kAvailable) continue;
      EXPECT_EQ(sums[i], statement.total.values[i].amount) << CodeOf(figure);
      for (const Group& goal : statement.by_goal) {
        if (goal[figure].known) { EXPECT_EQ((by_goal[{goal.key, i}]), goal[figure].amount) << goal.key << " " << CodeOf(figure); }
      }
    }
  });
}

// Figures of the window, in total and in each group: nothing is lost or doubled at the seams.
TEST_F(RandomBudgets, WindowsThatFollowEachOtherSumToTheWhole) {
  EachCase(5, [](Chance& chance, const Case& made, const Window& window, const Statement& statement) {
    std::map<std::pair<std::string, std::size_t>, Pence> groups;
    Day begun = statement.from;   // when the last of the budgets has begun
    for (const Budget& budget : made.budgets) begun = std::max(begun, budget.period.first);
    Day from = statement.from;
    // The whole starts with each budget unless it says from when: so does the first part, to when all have begun.
    while (from <= window.to) {
      Window part = {from == statement.from ? window.from : std::optional(from), std::min<Day>(window.to, from + static_cast<Day>(chance.Pick(20, 250)))};
      if (!part.from) part.to = std::min(window.to, std::max(part.to, begun));
      const auto made_part = MakeStatement(made.budgets, made.entries, part);
      ASSERT_TRUE(made_part) << made_part.error().ToString();
      const auto add = [&](const char* dimension, const Group& group) {
        for (std::size_t i = 0; i < kFigures; ++i) groups[{dimension + group.key, i}] += group.values[i].amount;
      };
      add("", made_part->total);
      for (const Group& group : made_part->by_funder) add("funder ", group);
      for (const Group& group : made_part->by_mechanism) add("mechanism ", group);
      for (const Group& group : made_part->by_goal) add("goal ", group);
      from = part.to + 1;
    }
    const auto compare = [&](const char* dimension, const Group& group) {
      for (auto i = static_cast<std::size_t>(Figure::kPlanned); i <= static_cast<std::size_t>(Figure::kNet); ++i) {
        EXPECT_EQ((groups[{dimension + group.key, i}]), group.values[i].amount) << dimension << group.key << " " << CodeOf(static_cast<Figure>(i));
      }
    };
    compare("", statement.total);
    for (const Group& group : statement.by_funder) compare("funder ", group);
    for (const Group& group : statement.by_mechanism) compare("mechanism ", group);
    for (const Group& group : statement.by_goal) compare("goal ", group);
  });
}

TEST(RandomLines, CostToTheDayIsExactAndAWindowIsLessThanAPennyOff) {
  Chance chance(6);
  for (int i = 0; i < Budgets() && !testing::Test::HasFailure(); ++i) {
    Budget budget;
    budget.period = {D("2023-04-01") + static_cast<Day>(chance.Pick(0, 1'000)), std::nullopt};
    const auto line = Within(*RandomLine(chance, budget).plan, budget.period);
    if (!line) continue;
    const Day first = line->first + static_cast<Day>(chance.Pick(-10, 400)), last = first + static_cast<Day>(chance.Pick(0, 400));
    const Fraction to = *ExactCostTo(*line, last), exact = *to.Minus(*ExactCostTo(*line, first - 1));
    const Fraction off = *Fraction(*CostTo(*line, last)).Minus(to);
    EXPECT_LE(off.Compare(*Fraction::Of(1, 2)), 0) << i;
    EXPECT_GT(off.Compare(*Fraction::Of(-1, 2)), 0) << i;
    const Fraction window_off = *Fraction(*CostIn(*line, first, last)).Minus(exact);
    EXPECT_LT(window_off.Compare(Fraction(1)), 0) << i;
    EXPECT_GT(window_off.Compare(Fraction(-1)), 0) << i;
    // Day by day, the plainest way to the same sum.
    if (i % 50 == 0) {
      Pence days = 0;
      for (Day day = first; day <= last; ++day) days += *CostIn(*line, day, day);
      EXPECT_EQ(days, *CostIn(*line, first, last)) << i;
    }
  }
}

TEST(RandomLines, InstalmentsSumToTheLineAndFollowEachOther) {
  Chance chance(7);
  using Unit = Frequency::Unit;
  static constexpr Unit kUnits[] = {Unit::kDay, Unit::kWeek, Unit::kMonth, Unit::kYear};
  for (int i = 0; i < Budgets() && !testing::Test::HasFailure(); ++i) {
    Budget budget;
    budget.period = {D("2023-04-01") + static_cast<Day>(chance.Pick(0, 1'000)), std::nullopt};
    const PlanLine line = *RandomLine(chance, budget).plan;
    const Frequency every = {1, static_cast<std::int32_t>(chance.Pick(1, 6)), kUnits[chance.Pick(0, 3)]};
    const Day to = budget.period.first + static_cast<Day>(chance.Pick(-100, 800));
    const auto instalments = Instalments(line, every, to);
    ASSERT_TRUE(instalments) << instalments.error().ToString();
    Pence sum = 0;
    Day next = line.first;
    for (const Instalment& one : *instalments) {
      EXPECT_EQ(one.first, next) << i;
      EXPECT_GE(one.last, one.first) << i;
      EXPECT_GE(one.amount, 0) << i;
      next = one.last + 1;
      sum += one.amount;
    }
    EXPECT_EQ(sum, *CostTo(line, to)) << i;
    if (!instalments->empty() && !line.once) { EXPECT_EQ(next - 1, line.last ? std::min(*line.last, to) : to) << i; }
  }
}

TEST(RandomSplits, ChildrenSumToTheParentEachLessThanAPennyFromItsShare) {
  Chance chance(8);
  for (int i = 0; i < Budgets() && !testing::Test::HasFailure(); ++i) {
    const std::int64_t count = chance.Pick(1, 6);
    std::vector<Share> shares;
    std::vector<std::string> names;
    for (std::int64_t k = 0; k < count; ++k) names.push_back("b" + std::to_string(chance.Pick(0, 99)));
    for (std::int64_t k = 0; k < count; ++k) shares.push_back({*Fraction::Of(chance.Pick(k == 0 ? 1 : 0, 200), chance.Pick(1, 60)), names[static_cast<std::size_t>(k)]});
    const Pence total = chance.Pick(-10'000, 10'000'000);
    const auto parts = Split(total, shares);
    ASSERT_TRUE(parts) << i;
    EXPECT_EQ(std::accumulate(parts->begin(), parts->end(), Pence{0}), total) << i;
    Fraction sum;
    for (const Share& share : shares) sum = *sum.Plus(share.weight);
    for (std::size_t k = 0; k < shares.size(); ++k) {
      const Fraction off = *Fraction((*parts)[k]).Minus(*shares[k].weight.DividedBy(sum)->Times(Fraction(total)));
      EXPECT_LT(off.Compare(Fraction(1)), 0) << i;
      EXPECT_GT(off.Compare(Fraction(-1)), 0) << i;
    }
  }
}

}  // namespace
