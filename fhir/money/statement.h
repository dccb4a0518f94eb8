// The statement of a budget: every figure over a window, in all and by funder, mechanism and goal, each with the entries that it
// comes from. From the entries alone; their order makes no difference.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/money/ledger.h"

namespace fhir::money {

// README.md, "The statement", says what each is.
enum class Figure : std::uint8_t {
  kIndicative, kAgreed,                                                                       // the Accounts'
  kPlanned, kCommitted, kCharged, kTransferred, kSpent, kContribution, kReclaimed, kGross, kNet,   // in the window
  kPaid, kOutstanding, kRemaining, kAvailable, kHeld, kToCome, kForecast,                     // as at its last day
};
inline constexpr std::size_t kFigures = 18;
std::string_view CodeOf(Figure figure);                 // of code system ledger-figure: "to-come"
std::optional<Figure> FigureOf(std::string_view code);

// What one entry adds to a figure, or takes from it.
struct Part {
  std::uint32_t entry = 0;              // its index among the entries that were given
  Pence amount = 0;
  friend bool operator==(const Part&, const Part&) = default;
};

struct Value {
  bool known = false;                   // false: there is none (agreed of an indicative budget, forecast of an open one)
  Pence amount = 0;                     // the sum of its parts, and of what the Accounts say where they do (agreed in remaining)
  std::vector<Part> parts;              // in order of the entries' ids; none of 0
};

struct Group {
  std::string key;                      // reference of the funder, code of the mechanism, id of the Goal, or kNone; empty: the total
  std::array<Value, kFigures> values;
  bool over = false, under = false;     // of the total and of funders
  const Value& operator[](Figure figure) const { return values[static_cast<std::size_t>(figure)]; }
  Value& operator[](Figure figure) { return values[static_cast<std::size_t>(figure)]; }
};

struct Window {
  std::optional<Day> from;              // none: from the first day of each budget
  Day to = 0;
};

struct Statement {
  std::string currency;
  Day from = 0, to = 0;                 // the earliest day that any of the budgets is reckoned from; without servicePeriod that of its first entry
  Group total;
  std::vector<Group> by_funder, by_mechanism, by_goal;   // in order of key; every funder, and of the others those that an entry adds something to
};

struct StatementOptions {
  std::int64_t under_percent = 10;      // less than agreed by more than that is `under`; 0 to 100
};

// Of a budget, or of the children of an integrated one. `entries` are all of theirs, of whatever day; those of other accounts and those
// that do not count are passed over. kUnprocessable when a window ends before it begins, two currencies meet, a reversal takes back what
// is not there, is in another account, is of no kind to be reversed or was taken back before, an entry is given
// twice, or a figure does not fit; with the resource's id.
Result<Statement> MakeStatement(std::span<const Budget> budgets, std::span<const Entry> entries, const Window& window, const StatementOptions& options = {});

}  // namespace fhir::money
