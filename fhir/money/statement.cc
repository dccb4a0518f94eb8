// Every entry is put where it belongs, once in the total and once in each grouping; the figures follow.
#include "fhir/money/statement.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "fhir/money/split.h"

namespace fhir::money {
namespace {

constexpr std::array<std::string_view, kFigures> kCodes = {"indicative", "agreed", "planned", "committed", "charged", "transferred", "spent", "contribution",
                                                           "reclaimed",
"gross", "net", "paid", "outstanding", "remaining", "available", "held", "to-come", "forecast"};

constexpr Day kLatest = std::numeric_limits<Day>::max();

struct Effect {
  Figure figure;
  int sign;
};

// What an entry of a kind in the window does.
std::span<const Effect> EffectsIn(Kind kind) {
  static constexpr std::array kCommitment = {Effect{Figure::kCommitted, 1}};
  static constexpr std::array kCharge = {Effect{Figure::kCharged, 1}, Effect{Figure::kGross, 1}, Effect{Figure::kNet, 1}};
  static constexpr std::array kTransfer = {Effect{Figure::kTransferred, 1}, Effect{Figure::kGross, 1}, Effect{Figure::kNet, 1}};
  static constexpr std::array kSpend = {Effect{Figure::kSpent, 1}};
  static constexpr std::array kContribution = {Effect{Figure::kContribution, 1}, Effect{Figure::kNet, -1}};
  static constexpr std::array kReclaim = {Effect{Figure::kReclaimed, 1}, Effect{Figure::kGross, -1}, Effect{Figure::kNet, -1}};
  switch (kind) {
    case Kind::kCommitment: return kCommitment;
    case Kind::kCharge: return kCharge;
    case Kind::kTransfer: return kTransfer;
    case Kind::kSpend: return kSpend;
    case Kind::kContribution: return kContribution;
    case Kind::kReclaim: return kReclaim;
    case Kind::kPlanned: case Kind::kReversal: break;
  }
  return {};
}

// What an entry of a kind does as at the window's last day, whenever it was since the first day of the budget.
std::span<const Effect> EffectsAsAt(Kind kind) {
  using enum Figure;
  static constexpr std::array kCharge = {Effect{kPaid, 1}, Effect{kRemaining, -1}, Effect{kAvailable, -1}, Effect{kForecast, 1}};
  static constexpr std::array kTransfer = {Effect{kPaid, 1}, Effect{kRemaining, -1}, Effect{kAvailable, -1}, Effect{kForecast, 1}, Effect{kHeld, 1}};
  static constexpr std::array kSpend = {Effect{kHeld, -1}};
  static constexpr std::array kReclaim = {Effect{kPaid, -1}, Effect{kRemaining, 1}, Effect{kAvailable, 1}, Effect{kForecast, -1}, Effect{kHeld, -1}};
  switch (kind) {
    case Kind::kCharge: return kCharge;
    case Kind::kTransfer: return kTransfer;
    case Kind::kSpend: return kSpend;
    case Kind::kReclaim: return kReclaim;
    case Kind::kPlanned: case Kind::kCommitment: case Kind::kContribution: case Kind::kReversal: break;
  }
  return {};
}

Error Refuse(const std::string& where, std::string text) { return Error(ErrorKind::kUnprocessable, std::move(text)).WithIssueType("business-rule").At(where); }
Error DoesNotFit(const std::string& where) { return Refuse(where, "A figure is larger than can be reckoned with"); }

class Maker {
 public:
  Maker(std::span<const Budget> budgets, std::span<const Entry> entries, const Window& window) : budgets_(budgets), entries_(entries), window_(window) {}

  Result<Statement> Make(const StatementOptions& options) {
    TRY(Open());
    for (const std::uint32_t at : order_) { TRY(Take(at)); }
    TRY(TakeOutstanding());
    TRY(AddAccounts());
    Close(statement_.total, true);
    Collect(funders_, statement_.by_funder, true);
    Collect(mechanisms_, statement_.by_mechanism, false);
    Collect(goals_, statement_.by_goal, false);
    Judge(statement_.total, options);
    for (Group& funder : statement_.by_funder) Judge(funder, options);
    return std::move(statement_);
  }

 private:
  using Groups = std::map<std::string, Group, std::less<>>;

  // The budgets by id, the entries that count by id, the currency, the first day.
  Result<void> Open() {
    if (budgets_.empty()) return Refuse("Account", "A statement is of one budget at least");
    statement_.to = window_.to;
    for (const Budget& budget : budgets_) {
      by_account_[budget.id] = &budget;
      for (const auto* amount : {&budget.indicative, &budget.agreed}) {
        if (*amount) { TRY(Agree((*amount)->currency, "Account/" + budget.id)); }
      }
    }
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      if (!entries_[i].counts || !by_account_.contains(entries_[i].account)) continue;
      order_.push_back(i);
      by_id_[entries_[i].id] = i;
      TRY(Agree(entries_[i].amount.currency, "ChargeItem/" + entries_[i].id));
    }
    std::ranges::sort(order_, {}, [&](std::uint32_t i) -> const std::string& { return entries_[i].id; });
    if (by_id_.size() != order_.size()) return Refuse("ChargeItem", "An entry was given twice");
    if (statement_.currency.empty()) statement_.currency = kDefaultCurrency;
    statement_.from = Beginning();
    if (window_.to >= statement_.from) return {};
    return Refuse("Account/" + budgets_[0].id, "The statement would end on " + FormatDay(window_.to) + ", before it begins on " + FormatDay(statement_.from));
  }

  Result<void> Agree(const std::string& currency, const std::string& where) {
    if (statement_.currency.empty()) statement_.currency = currency;
    if (statement_.currency == currency) return {};
    return Refuse(where, "The currency is " + currency + ", and " + statement_.currency + " elsewhere in the budget: one currency is allowed");
  }

  Day FirstOf(const Budget& budget) const { return window_.from.value_or(budget.period.first); }
  // The first day of what is reckoned as at the window's end.
  Day OpeningOf(const Budget& budget) const { return std::min(FirstOf(budget), budget.period.first); }

  Result<void> Take(std::uint32_t at) {
    const Entry& entry = entries_[at];
    const Budget& budget = *by_account_.at(entry.account);
    if (entry.kind == Kind::kPlanned) return TakePlanned(at, budget);
    std::uint32_t whose = at;
    int sign = 1;
    if (entry.kind == Kind::kReversal) {
      TRY_ASSIGN(whose, ReversedBy(entry));
      sign = -1;
    }
    const Entry& original = entries_[whose];
    if (entry.day > window_.to) return {};
    const Budget& home = *by_account_.at(original.account);
    if (entry.day >= FirstOf(budget)) { TRY(Put(EffectsIn(original.kind), at, original, home, sign * original.amount.pence)); }
    if (entry.day < OpeningOf(budget)) return {};
    TRY(Put(EffectsAsAt(original.kind), at, original, home, sign * original.amount.pence));
    if (original.kind == Kind::kCommitment) open_[whose] += sign * original.amount.pence;
    if (original.kind == Kind::kCharge && original.part_of) met_[*original.part_of] += sign * original.amount.pence;
    return {};
  }

  Result<std::uint32_t> ReversedBy(const Entry& reversal) {
    const std::string where = "ChargeItem/" + reversal.id;
    const auto found = by_id_.find(reversal.part_of.value_or(""));
    if (found == by_id_.end()) {
      return Refuse(where, "It takes back ChargeItem/" + reversal.part_of.value_or("") + ", which is not an entry of this budget that counts");
    }
    const Entry& original = entries_[found->second];
    if (!CanBeReversed(original.kind)) {
      return Refuse(where, "It takes back ChargeItem/" + original.id + " of kind " + std::string(CodeOf(original.kind)) + ", which cannot be reversed");
    }
    if (reversal.account != original.account) return Refuse(where, "It takes back ChargeItem/" + original.id + ", which is in another Account");
    const auto [before, first] = reversed_.insert({original.id, reversal.id});
    if (!first) return Refuse(where, "ChargeItem/" + original.id + " was taken back by ChargeItem/" + before->second + " already");
    return found->second;
  }

  Result<void> TakePlanned(std::uint32_t at, const Budget& budget) {
    const Entry& entry = entries_[at];
    const auto line = Within(*entry.plan, budget.period);
    if (!line) return {};
    const auto before = CostTo(*line, FirstOf(budget) - 1), to = CostTo(*line, window_.to);
    if (!before || !to) return DoesNotFit("ChargeItem/" + entry.id);
    static constexpr std::array kIn = {Effect{Figure::kPlanned, 1}};
    static constexpr std::array kAfter = {Effect{Figure::kToCome, 1}, Effect{Figure::kForecast, 1}};
    // What the line is to a day, less what it was to another: so each part of it, too, adds up over windows.
    TRY(Put(kIn, at, entry, budget, *to, *before));
    if (!budget.period.last || *budget.period.last <= window_.to) return {};
    const auto whole = CostTo(*line, *budget.period.last);
    if (!whole) return DoesNotFit("ChargeItem/" + entry.id);
    return Put(kAfter, at, entry, budget, *whole, *to);
  }

  // What each commitment is still good for.
  Result<void> TakeOutstanding() {
    static constexpr std::array kEffects = {Effect{Figure::kOutstanding, 1}, Effect{Figure::kAvailable, -1}};
    for (const std::uint32_t at : order_) {
      const auto open = open_.find(at);
      if (open == open_.end()) continue;
      const auto met = met_.find(entries_[at].id);
      const Pence left = open->second - (met == met_.end() ? 0 : met->second);
      if (left > 0) { TRY(Put(kEffects, at, entries_[at], *by_account_.at(entries_[at].account), left)); }
    }
    return {};
  }

  // Into the total and each grouping, as the entry `like` belongs; by goal the share of `pence` less that of `before`.
  Result<void> Put(std::span<const Effect> effects, std::uint32_t at, const Entry& like, const Budget& budget, Pence pence, Pence before = 0) {
    if (effects.empty()) return {};
    Group& funder = funders_[budget.owner];
    Group& mechanism = mechanisms_[like.mechanism.empty() ? budget.mechanism : like.mechanism];
    for (const Effect& effect : effects) {
      for (Group* group : {&statement_.total, &funder, &mechanism}) {
        if (!Add(*group, effect, at, pence - before)) return DoesNotFit("ChargeItem/" + like.id);
      }
      if (like.goals.empty()) Add(goals_[std::string(kNone)], effect, at, pence - before);
      for (std::size_t k = 0; k < like.goals.size(); ++k) {
        Add(goals_[like.goals[k]], effect, at, EvenPart(pence, like.goals.size(), k) - EvenPart(before, like.goals.size(), k));
      }
    }
    return {};
  }

  static bool Add(Group& group, const Effect& effect, std::uint32_t at, Pence pence) {
    Value& value = group[effect.figure];
    if (pence == 0) return true;
    if (__builtin_add_overflow(value.amount, effect.sign * pence, &value.amount)) return false;
    // One entry may add to a figure twice (remaining and outstanding in available): one part.
    if (!value.parts.empty() && value.parts.back().entry == at) {
      value.parts.back().amount += effect.sign * pence;
    } else {
      value.parts.push_back({at, effect.sign * pence});
    }
    return true;
  }

  // What the Accounts themselves say, in the total and by funder; a figure of several budgets is known when it is of all.
  Result<void> AddAccounts() {
    for (const Budget& budget : budgets_) {
      Group& funder = funders_[budget.owner];
      if (!budget.period.last) endless_.insert(budget.owner);
      for (Group* group : {&statement_.total, &funder}) {
        if (!AddAmount(*group, Figure::kIndicative, budget.indicative)) return DoesNotFit("Account/" + budget.id);
        for (const Figure figure : {Figure::kAgreed, Figure::kRemaining, Figure::kAvailable}) {
          if (!AddAmount(*group, figure, budget.agreed)) return DoesNotFit("Account/" + budget.id);
        }
      }
    }
    return {};
  }

  bool AddAmount(Group& group, Figure figure, const std::optional<Amount>& amount) {
    if (!amount) {
      unknown_.insert({&group, figure});
      return true;
    }
    return !__builtin_add_overflow(group[figure].amount, amount->pence, &group[figure].amount);
  }

  void Close(Group& group, bool with_accounts) {
    for (std::size_t i = 0; i < kFigures; ++i) {
      Value& value = group.values[i];
      const auto figure = static_cast<Figure>(i);
      const bool of_accounts = figure == Figure::kIndicative || figure == Figure::kAgreed || figure == Figure::kRemaining || figure == Figure::kAvailable;
      value.known = !of_accounts || (with_accounts && !unknown_.contains({&group, figure}));
      if (figure == Figure::kToCome || figure == Figure::kForecast) {
        value.known = endless_.empty() || (with_accounts && !group.key.empty() && !endless_.contains(group.key));
      }
      if (!value.known) value = Value{};
      if (figure == Figure::kAvailable) SortParts(value);
    }
  }

  // In order of the entries' ids, each once. Entries are taken in that order; what is outstanding, of which available is made too, comes last.
  void SortParts(Value& value) {
    std::ranges::stable_sort(value.parts, {}, [&](const Part& part) -> const std::string& { return entries_[part.entry].id; });
    std::vector<Part> joined;
    joined.reserve(value.parts.size());
    for (const Part& part : value.parts) {
      if (!joined.empty() && joined.back().entry == part.entry) {
        joined.back().amount += part.amount;
      } else {
        joined.push_back(part);
      }
    }
    std::erase_if(joined, [](const Part& part) { return part.amount == 0; });
    value.parts = std::move(joined);
  }

  void Collect(Groups& groups, std::vector<Group>& into, bool with_accounts) {
    for (auto& [key, group] : groups) {
      group.key = key;
      Close(group, with_accounts);
      const bool says = with_accounts || std::ranges::any_of(group.values, [](const Value& value) { return !value.parts.empty(); });
      if (says) into.push_back(std::move(group));
    }
  }

  // Where the forecast is not known, what has been paid is looked at.
  static void Judge(Group& group, const StatementOptions& options) {
    const Value &agreed = group[Figure::kAgreed], &forecast = group[Figure::kForecast];
    if (!agreed.known) return;
    group.over = (forecast.known ? forecast.amount : group[Figure::kPaid].amount) > agreed.amount;
    if (!forecast.known) return;
    Int128 expected = Int128{agreed.amount} * (100 - options.under_percent);
    group.under = Int128{forecast.amount} * 100 < expected;
  }

  // When the budgets begin; of those that say nothing of it, when their entries do.
  Day Beginning() const {
    Day first = window_.from.value_or(kLatest);
    for (const Budget& budget : budgets_) {
      if (!window_.from && budget.period.first != kNoBeginning) first = std::min(first, budget.period.first);
    }
    for (const std::uint32_t at : order_) {
      if (!window_.from && by_account_.at(entries_[at].account)->period.first == kNoBeginning) first = std::min(first, entries_[at].day);
    }
    return first == kLatest ? window_.to : first;
  }

  std::span<const Budget> budgets_;
  std::span<const Entry> entries_;
  const Window window_;
  Statement statement_;
  std::vector<std::uint32_t> order_;                               // entries that count, by id
  std::unordered_map<std::string, const Budget*> by_account_;
  std::unordered_map<std::string, std::uint32_t> by_id_;
  std::unordered_map<std::string, std::string> reversed_;          // what was taken back, and by which
  std::unordered_map<std::uint32_t, Pence> open_;                  // commitments less their reversals
  std::unordered_map<std::string, Pence> met_;                     // by commitment, what charges met of it
  Groups funders_, mechanisms_, goals_;
  std::set<std::pair<const Group*, Figure>> unknown_;
  std::set<std::string, std::less<>> endless_;                     // funders of budgets without an end
};

}  // namespace

std::string_view CodeOf(Figure figure) { return kCodes[static_cast<std::size_t>(figure)]; }

std::optional<Figure> FigureOf(std::string_view code) {
  const auto found = std::ranges::find(kCodes, code);
  return found == kCodes.end() ? std::nullopt : std::optional(static_cast<Figure>(found - kCodes.begin()));
}

Result<Statement> MakeStatement(std::span<const Budget> budgets, std::span<const Entry> entries, const Window& window, const StatementOptions& options) {
  return Maker(budgets, entries, window).Make(options);
}

}  // namespace fhir::money
