// See match.h.
#include "server/search/match.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <tuple>

#include "server/search/date_range.h"
#include "server/search/fold.h"

namespace server::search {

namespace {

using fhir::search::ValueType;

fhir::Error Invalid(const Criterion& criterion, const std::string& found, const std::string& allowed) {
  return fhir::Error(fhir::ErrorKind::kInvalid, "The value \"" + found + "\" of the search parameter " + criterion.name + " is not " + allowed + ".")
      .WithIssueType("value");
}

// "5.40e-3" is 0.0054 and stands for [0.005395, 0.005405): half a unit of the last digit written
// (https://hl7.org/fhir/R4/search.html#number). An exponent form's unit is that of its last digit.
bool ReadNumber(std::string_view text, PreparedValue& out) {
  std::string_view digits = text;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  int decimals = 0, exponent = 0;
  bool any = false, point = false;
  std::size_t at = 0;
  for (; at < digits.size(); ++at) {
    if (digits[at] == '.' && !point) {
      point = true;
    } else if (digits[at] >= '0' && digits[at] <= '9') {
      any = true;
      if (point && decimals < 1000) ++decimals;
    } else {
      break;
    }
  }
  if (!any) return false;
  if (at < digits.size()) {
    if (digits[at] != 'e' && digits[at] != 'E') return false;
    std::string_view rest = digits.substr(at + 1);
    if (!rest.empty() && rest.front() == '+') rest.remove_prefix(1);
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
    if (read.ec != std::errc() || read.ptr != rest.data() + rest.size() || exponent < -400 || exponent > 400) return false;
  }
  const std::string_view number = text.front() == '+' ? text.substr(1) : text;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), out.exact);
  if (read.ec != std::errc() || read.ptr != number.data() + number.size() || !std::isfinite(out.exact)) return false;
  // An exponent form such as 1e2 has one digit: [95, 105) by the specification's own example, which is half
  // of a tenth of what the digit is worth.
  const bool bare_exponent = exponent != 0 && decimals == 0 && digits.substr(0, at).size() == 1;
  const double unit = std::pow(10.0, exponent - decimals) * (bare_exponent ? 0.1 : 1.0);
  out.low = out.exact - unit / 2;
  out.high = out.exact + unit / 2;
  return true;
}

bool MatchesNumber(const PreparedValue& value, double stored) {
  const double tolerance = std::abs(value.exact) * 0.1;
  switch (value.as_written.prefix) {
    case Prefix::kEq: return stored >= value.low && stored < value.high;
    case Prefix::kNe: return !(stored >= value.low && stored < value.high);
    case Prefix::kGt: case Prefix::kSa: return stored > value.exact;
    case Prefix::kLt: case Prefix::kEb: return stored < value.exact;
    case Prefix::kGe: return stored >= value.exact;
    case Prefix::kLe: return stored <= value.exact;
    case Prefix::kAp: return stored >= value.exact - tolerance && stored <= value.exact + tolerance;
  }
  return false;
}

bool MatchesDate(const PreparedValue& value, const Fact& fact) {
  const bool contained = fact.low_us >= value.low_us && fact.high_us <= value.high_us;
  switch (value.as_written.prefix) {
    case Prefix::kEq: return contained;
    case Prefix::kNe: return !contained;
    case Prefix::kGt: return fact.high_us > value.high_us;
    case Prefix::kLt: return fact.low_us < value.low_us;
    case Prefix::kGe: return fact.high_us > value.high_us || contained;
    case Prefix::kLe: return fact.low_us < value.low_us || contained;
    case Prefix::kSa: return fact.low_us >= value.high_us;
    case Prefix::kEb: return fact.high_us <= value.low_us;
    case Prefix::kAp: return fact.low_us < value.high_us && fact.high_us > value.low_us;
  }
  return false;
}

// system|code, |code (no system), code (any system), system| (any code).
bool MatchesCoding(const Value& asked, std::string_view system, bool has_system, std::string_view code) {
  if (!asked.has_system) return code == asked.code;
  if (asked.system.empty()) return !has_system && code == asked.code;
  return has_system && system == asked.system && (asked.code.empty() || code == asked.code);
}

bool MatchesUnit(const Value& asked, const Fact& fact) {
  if (!asked.system.empty()) return fact.system == asked.system && (asked.code.empty() || fact.code == asked.code);
  return asked.code.empty() || fact.code == asked.code || fact.text == asked.code;
}

bool MatchesString(const PreparedValue& value, const Fact& fact, std::string_view modifier) {
  if (modifier == "exact") return fact.text == value.as_written.text;
  const std::string folded = Fold(fact.text);
  if (modifier == "contains") return folded.find(value.folded) != std::string::npos;
  return folded.starts_with(value.folded);
}

fhir::Result<PreparedValue> Prepare(const Criterion& criterion, const Value& value) {
  PreparedValue prepared;
  prepared.as_written = value;
  if (criterion.modifier == "missing") {
    if (value.text != "true" && value.text != "false") return Invalid(criterion, value.text, "\"true\" or \"false\", as :missing needs");
    return prepared;
  }
  const std::string_view type = criterion.parameter ? criterion.parameter->type : criterion.name == "_lastUpdated" ? "date" : "token";
  if (type == "date") {
    const std::optional<DateRange> range = ParseDateRange(value.text);
    if (!range) return Invalid(criterion, value.text, "a date: 2026, 2026-11, 2026-11-21 or 2026-11-21T10:00:00Z, with a prefix such as ge before it");
    prepared.low_us = range->low_us;
    prepared.high_us = range->high_us;
  } else if (type == "number" || type == "quantity") {
    if (!ReadNumber(value.text, prepared)) return Invalid(criterion, value.text, "a number such as 5.4, with a prefix such as ge before it");
  } else if (type == "string") {
    prepared.folded = Fold(value.text);
  }
  return prepared;
}

}  // namespace

Fact FactOf(const fhir::search::IndexValue& value) {
  Fact fact;
  fact.type = value.type;
  fact.has_system = value.has_system;
  fact.system = value.system;
  fact.code = value.code;
  fact.text = value.text;
  fact.low_us = value.low_us;
  fact.high_us = value.high_us;
  fact.exact = value.exact;
  fact.reference_type = value.reference_type;
  fact.reference_id = value.reference_id;
  fact.identifier_system = value.identifier_system;
  fact.identifier_value = value.identifier_value;
  return fact;
}

fhir::Result<Matcher> Matcher::Create(const Criterion& criterion) {
  Matcher matcher;
  matcher.modifier_ = criterion.modifier;
  if (criterion.parameter) matcher.targets_ = criterion.parameter->targets;
  for (const Value& value : criterion.values) {
    TRY_ASSIGN(PreparedValue prepared, Prepare(criterion, value));
    matcher.values_.push_back(std::move(prepared));
  }
  return matcher;
}

bool Matcher::Matches(const std::vector<Fact>& facts) const {
  if (modifier_ == "missing") {
    for (const PreparedValue& value : values_) {
      if ((value.as_written.text == "true") == facts.empty()) return true;
    }
    return false;
  }
  bool any = false;
  for (const Fact& fact : facts) any = any || MatchesOne(fact);
  return modifier_ == "not" ? !any : any;
}

bool Matcher::MatchesReference(const Value& asked, const Fact& fact) const {
  if (fact.reference_id.empty()) return asked.reference_type.empty() && !fact.text.empty() && fact.text == asked.text;
  if (fact.reference_id != asked.text) return false;
  if (!asked.reference_type.empty()) return fact.reference_type == asked.reference_type;
  return targets_.empty() || std::find(targets_.begin(), targets_.end(), fact.reference_type) != targets_.end();
}

bool Matcher::MatchesOne(const Fact& fact) const {
  for (const PreparedValue& value : values_) {
    bool matches = false;
    switch (fact.type) {
      case ValueType::kToken: matches = MatchesCoding(value.as_written, fact.system, fact.has_system, fact.code); break;
      case ValueType::kString: matches = MatchesString(value, fact, modifier_); break;
      case ValueType::kDate: matches = MatchesDate(value, fact); break;
      case ValueType::kUri: matches = fact.text == value.as_written.text; break;
      case ValueType::kNumber: matches = MatchesNumber(value, fact.exact); break;
      case ValueType::kQuantity: matches = MatchesNumber(value, fact.exact) && MatchesUnit(value.as_written, fact); break;
      case ValueType::kReference:
        matches = modifier_ == "identifier" ? !fact.identifier_value.empty() && MatchesCoding(value.as_written, fact.identifier_system, !fact.identifier_system.empty(), fact.identifier_value)
                                            : MatchesReference(value.as_written, fact);
        break;
    }
    if (matches) return true;
  }
  return false;
}

namespace {

SortValue SortValueOf(const Fact& fact) {
  SortValue value;
  value.missing = false;
  switch (fact.type) {
    case ValueType::kDate: value.integer = fact.low_us; break;
    case ValueType::kNumber:
    case ValueType::kQuantity: value.number = fact.exact; break;
    case ValueType::kString: value.text = Fold(fact.text); break;
    case ValueType::kToken: value.text = fact.code; break;
    case ValueType::kUri: value.text = fact.text; break;
    case ValueType::kReference:
      value.text = fact.reference_id.empty() ? std::string(fact.text) : std::string(fact.reference_type) + "/" + std::string(fact.reference_id);
      break;
  }
  return value;
}

}  // namespace

SortValue SortValueOf(const std::vector<Fact>& facts, bool descending) {
  SortValue best;
  for (const Fact& fact : facts) {
    SortValue value = SortValueOf(fact);
    if (best.missing || Compare(value, best, descending) < 0) best = std::move(value);
  }
  return best;
}

int Compare(const SortValue& a, const SortValue& b, bool descending) {
  if (a.missing || b.missing) return static_cast<int>(a.missing) - static_cast<int>(b.missing);
  const auto left = std::tie(a.integer, a.number, a.text), right = std::tie(b.integer, b.number, b.text);
  const int ascending = left < right ? -1 : right < left ? 1 : 0;
  return descending ? -ascending : ascending;
}

}  // namespace server::search
