// A parser of the part of UCUM that expressions use: metric prefixes and atoms, digits as exponents,
// '.' and '/' (https://ucum.org/ucum). Names of rarer atoms stand for themselves, without prefixes.
#include "fhir/path/units.h"

#include <array>
#include <cctype>

namespace fhir::path {
namespace {

struct CalendarName { std::string_view word, code; CalendarUnit unit; };
constexpr std::array<CalendarName, 8> kCalendar = {{
    {"year", "", CalendarUnit::kYear}, {"month", "", CalendarUnit::kMonth}, {"week", "wk", CalendarUnit::kWeek},
    {"day", "d", CalendarUnit::kDay}, {"hour", "h", CalendarUnit::kHour}, {"minute", "min", CalendarUnit::kMinute},
    {"second", "s", CalendarUnit::kSecond}, {"millisecond", "ms", CalendarUnit::kMillisecond}}};

struct Prefix { std::string_view code; std::string_view factor; };
constexpr std::array<Prefix, 16> kPrefixes = {{
    {"da", "10"}, {"Y", "1e24"}, {"Z", "1e21"}, {"E", "1e18"}, {"P", "1e15"}, {"T", "1e12"}, {"G", "1e9"}, {"M", "1e6"},
    {"k", "1000"}, {"h", "100"}, {"d", "0.1"}, {"c", "0.01"}, {"m", "0.001"}, {"u", "0.000001"}, {"n", "1e-9"}, {"p", "1e-12"}}};

// Atoms by UCUM code, as a number of the base unit (itself or another).
struct Atom { std::string_view code, base, factor; int power; bool metric; };
constexpr std::array<Atom, 22> kAtoms = {{
    {"g", "g", "1", 1, true}, {"m", "m", "1", 1, true}, {"s", "s", "1", 1, true}, {"mol", "mol", "1", 1, true},
    {"K", "K", "1", 1, true}, {"A", "A", "1", 1, true}, {"L", "m", "0.001", 3, true}, {"l", "m", "0.001", 3, true},
    {"eq", "mol", "1", 1, true}, {"t", "g", "1e6", 1, true}, {"[iU]", "[iU]", "1", 1, true}, {"U", "U", "1", 1, true},
    {"min", "s", "60", 1, false}, {"h", "s", "3600", 1, false}, {"d", "s", "86400", 1, false}, {"wk", "s", "604800", 1, false},
    {"[lb_av]", "g", "453.59237", 1, false}, {"[oz_av]", "g", "28.349523125", 1, false}, {"[in_i]", "m", "0.0254", 1, false},
    {"[ft_i]", "m", "0.3048", 1, false}, {"%", "", "0.01", 0, false}, {"1", "", "1", 0, false}}};

const Atom* FindAtom(std::string_view code) {
  for (const Atom& atom : kAtoms) {
    if (atom.code == code) return &atom;
  }
  return nullptr;
}

bool Scale(CanonicalUnit& unit, const Decimal& factor, int power) {
  for (int i = 0; i < (power < 0 ? -power : power); ++i) {
    const std::optional<Decimal> scaled = power > 0 ? unit.factor.Times(factor) : unit.factor.DividedBy(factor, 60);
    if (!scaled) return false;
    unit.factor = scaled->Normalised();
  }
  return true;
}

bool AddAtom(CanonicalUnit& unit, const Atom& atom, int power) {
  if (atom.power != 0) unit.powers[std::string(atom.base)] += atom.power * power;
  return Scale(unit, *Decimal::Parse(atom.factor), power);
}

// One symbol with its exponent: "mg", "m2", "s-1", "[lb_av]", "{beats}", "10*3".
bool AddComponent(CanonicalUnit& unit, std::string_view text, int sign) {
  if (const std::size_t brace = text.find('{'); brace != std::string_view::npos) text = text.substr(0, brace);
  if (text.empty() || text == "1") return true;
  if (text.substr(0, 3) == "10*" || text.substr(0, 3) == "10^") {
    const std::optional<Decimal> power = Decimal::Parse(text.size() > 3 ? text.substr(3) : "1");
    const std::optional<std::int64_t> times = power ? power->ToInt64() : std::nullopt;
    return times && *times < 40 && *times > -40 && Scale(unit, Decimal(10), sign * static_cast<int>(*times));
  }
  std::size_t end = text.size();
  if (text.back() != ']') {
    while (end > 0 && std::isdigit(static_cast<unsigned char>(text[end - 1]))) --end;
    if (end > 0 && end < text.size() && (text[end - 1] == '-' || text[end - 1] == '+')) --end;
  }
  int power = 1;
  if (end < text.size()) {
    const std::optional<Decimal> written = Decimal::Parse(text.substr(end));
    const std::optional<std::int64_t> whole = written ? written->ToInt64() : std::nullopt;
    if (!whole || *whole > 9 || *whole < -9) return false;
    power = static_cast<int>(*whole);
  }
  const std::string_view symbol = text.substr(0, end);
  if (symbol.empty()) return false;
  if (const Atom* atom = FindAtom(symbol)) return AddAtom(unit, *atom, power * sign);
  for (const Prefix& prefix : kPrefixes) {
    if (symbol.size() <= prefix.code.size() || symbol.substr(0, prefix.code.size()) != prefix.code) continue;
    const Atom* atom = FindAtom(symbol.substr(prefix.code.size()));
    if (atom && atom->metric) {
      return AddAtom(unit, *atom, power * sign) && Scale(unit, *Decimal::Parse(prefix.factor), power * sign);
    }
  }
  unit.powers[std::string(symbol)] += power * sign;
  return true;
}

}  // namespace

std::optional<CalendarUnit> CalendarWord(std::string_view word) {
  if (!word.empty() && word.back() == 's') word.remove_suffix(1);
  for (const CalendarName& name : kCalendar) {
    if (name.word == word) return name.unit;
  }
  return std::nullopt;
}

std::optional<CalendarUnit> CalendarCode(std::string_view code) {
  for (const CalendarName& name : kCalendar) {
    if (!code.empty() && name.code == code) return name.unit;
  }
  return std::nullopt;
}

std::optional<CanonicalUnit> Canonical(std::string_view unit) {
  CanonicalUnit canonical;
  if (unit.size() > 100) return std::nullopt;
  if (const std::optional<CalendarUnit> calendar = CalendarWord(unit)) {
    // Weeks and finer are the UCUM units; a calendar year or month has no fixed length.
    if (*calendar <= CalendarUnit::kMonth) {
      canonical.factor = Decimal(*calendar == CalendarUnit::kYear ? 12 : 1);
      canonical.powers["calendar month"] = 1;
      return canonical;
    }
    for (const CalendarName& name : kCalendar) {
      if (name.unit == *calendar) unit = name.code;
    }
  }
  int sign = 1;
  std::size_t from = 0;
  for (std::size_t at = 0; at <= unit.size(); ++at) {
    if (at < unit.size() && unit[at] != '.' && unit[at] != '/') continue;
    if (!AddComponent(canonical, unit.substr(from, at - from), sign)) return std::nullopt;
    if (at < unit.size()) sign = unit[at] == '/' ? -1 : 1;
    from = at + 1;
  }
  std::erase_if(canonical.powers, [](const auto& power) { return power.second == 0; });
  return canonical;
}

std::optional<Decimal> Convert(const Decimal& value, std::string_view from, std::string_view to) {
  if (from == to) return value;
  const std::optional<CanonicalUnit> a = Canonical(from);
  const std::optional<CanonicalUnit> b = Canonical(to);
  if (!a || !b || a->powers != b->powers) return std::nullopt;
  if (a->factor == b->factor) return value;
  const std::optional<Decimal> base = value.Times(a->factor);
  return base ? base->DividedBy(b->factor, 30) : std::nullopt;
}

std::string UnitText(const std::map<std::string, int>& powers) {
  std::string text;
  for (const auto& [symbol, power] : powers) {
    if (!text.empty()) text += '.';
    text += symbol;
    if (power != 1) text += std::to_string(power);
  }
  return text.empty() ? "1" : text;
}

}  // namespace fhir::path
