// Conversion of elements to scalars, equality, equivalence and hashing.
#include "fhir/path/scalar.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/path/units.h"
#include "fhir/schema/registry.h"

namespace fhir::path {
namespace {

bool IsWhole(std::string_view number) { return number.find_first_of(".eE") == std::string_view::npos; }

SystemType TypeOf(const Element& element) {
  if (element.kind == ValueKind::kBoolean) return SystemType::kBoolean;
  if (element.kind == ValueKind::kNumber) {
    if (element.type && element.type->name == "decimal") return SystemType::kDecimal;
    return IsWhole(element.text) ? SystemType::kInteger : SystemType::kDecimal;
  }
  if (element.type) {
    const std::string_view name = element.type->name;
    if (name == "date") return SystemType::kDate;
    if (name == "dateTime" || name == "instant") return SystemType::kDateTime;
    if (name == "time") return SystemType::kTime;
  }
  return SystemType::kString;
}

std::optional<Scalar> QuantityOf(const Element& element) {
  if (!element.type || !element.type->IsA("Quantity")) return std::nullopt;
  const Element* value = element.Find("value");
  if (!value || !value->has_value() || element.Find("comparator")) return std::nullopt;
  std::string_view unit = element.ValueOf("code");
  if (unit.empty()) unit = element.ValueOf("unit");
  if (unit.empty()) unit = "1";
  return Scalar{SystemType::kQuantity, value->text, unit};
}

std::optional<bool> Known(std::optional<int> order) {
  if (!order) return std::nullopt;
  return *order == 0;
}

std::optional<bool> EqualQuantities(const Scalar& a, const Scalar& b) {
  const std::optional<Decimal> x = Decimal::Parse(a.text), y = Decimal::Parse(b.text);
  if (!x || !y) return a.text == b.text && a.unit == b.unit;
  const std::string_view from = b.type == SystemType::kQuantity ? b.unit : "1";
  const std::string_view to = a.type == SystemType::kQuantity ? a.unit : "1";
  const auto coarse = [](std::string_view unit) { return CalendarWord(unit) && *CalendarWord(unit) <= CalendarUnit::kMonth; };
  // A calendar year is not the year of UCUM: whether they are equal is not defined.
  if (coarse(from) != coarse(to) && (from == "a" || from == "mo" || to == "a" || to == "mo")) return std::nullopt;
  const std::optional<Decimal> same = Convert(*y, from, to);
  return same && *x == *same;
}

std::optional<bool> EqualScalars(const Scalar& a, const Scalar& b) {
  if (a.type == SystemType::kQuantity || b.type == SystemType::kQuantity) {
    if ((a.type != SystemType::kQuantity && !IsNumeric(a.type)) || (b.type != SystemType::kQuantity && !IsNumeric(b.type))) return false;
    return EqualQuantities(a, b);
  }
  if (IsNumeric(a.type) && IsNumeric(b.type)) {
    if (a.text == b.text) return true;
    const std::optional<Decimal> x = Decimal::Parse(a.text), y = Decimal::Parse(b.text);
    return x && y && *x == *y;
  }
  if ((IsTemporal(a.type) && IsTemporal(b.type)) || (a.type == SystemType::kTime && b.type == SystemType::kTime)) {
    const std::optional<DateTime> x = ToDateTime(a), y = ToDateTime(b);
    if (!x || !y) return a.text == b.text;
    return Known(Compare(*x, *y));
  }
  return a.type == b.type && a.text == b.text;
}

// Pairs of children still to compare, instead of recursion.
using Pairs = std::vector<std::pair<const Element*, const Element*>>;

bool SameMembers(const Element& a, const Element& b, Pairs& todo) {
  if (a.is_resource != b.is_resource || (a.is_resource && a.text != b.text)) return false;
  const Element* x = a.first_child;
  const Element* y = b.first_child;
  for (; x && y; x = x->next, y = y->next) {
    if (x->name != y->name) return false;
    todo.emplace_back(x, y);
  }
  return !x && !y;
}

std::optional<bool> EqualElements(const Element* a, const Element* b) {
  Pairs todo{{a, b}};
  while (!todo.empty()) {
    const auto [x, y] = todo.back();
    todo.pop_back();
    if (x == y) continue;
    if (x->has_value() || y->has_value()) {
      if (!x->has_value() || !y->has_value()) return false;
      const std::optional<bool> equal = EqualScalars({TypeOf(*x), x->text, {}}, {TypeOf(*y), y->text, {}});
      if (equal != true) return equal;
      continue;
    }
    if (!SameMembers(*x, *y, todo)) return false;
  }
  return true;
}

std::string Folded(std::string_view text) {
  std::string out;
  bool space = false;
  for (char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = true;
      continue;
    }
    if (space && !out.empty()) out += ' ';
    space = false;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

bool EquivalentNumbers(const Decimal& a, const Decimal& b) {
  const std::size_t places = std::min(a.Normalised().places(), b.Normalised().places());
  return a.Rounded(places) == b.Rounded(places);
}

bool EquivalentScalars(const Scalar& a, const Scalar& b) {
  if (a.type == SystemType::kString && b.type == SystemType::kString) return Folded(a.text) == Folded(b.text);
  const bool a_counts = IsNumeric(a.type) || a.type == SystemType::kQuantity;
  const bool b_counts = IsNumeric(b.type) || b.type == SystemType::kQuantity;
  if (a_counts && b_counts) {
    const std::optional<Decimal> x = Decimal::Parse(a.text), y = Decimal::Parse(b.text);
    if (!x || !y) return a.text == b.text && a.unit == b.unit;
    const std::string_view to = a.type == SystemType::kQuantity ? a.unit : "1";
    const std::string_view from = b.type == SystemType::kQuantity ? b.unit : "1";
    const std::optional<Decimal> same = Convert(*y, from, to);
    return same && EquivalentNumbers(*x, *same);
  }
  return EqualScalars(a, b).value_or(false);
}

// Members in any order: each of a has its own equivalent in b.
bool EquivalentElements(const Element& a, const Element& b, int depth) {
  if (depth > 64) return false;
  const std::optional<Scalar> x = ToScalar(&a), y = ToScalar(&b);
  if (x && y) return EquivalentScalars(*x, *y);
  if (x.has_value() != y.has_value()) return false;
  std::vector<const Element*> rest;
  for (const Element& child : Children(b)) rest.push_back(&child);
  for (const Element& child : Children(a)) {
    const auto found = std::find_if(rest.begin(), rest.end(), [&](const Element* other) {
      return other->name == child.name && EquivalentElements(child, *other, depth + 1);
    });
    if (found == rest.end()) return false;
    rest.erase(found);
  }
  return rest.empty();
}

std::size_t HashText(std::string_view text) { return std::hash<std::string_view>{}(text); }

// In base units, since 1 'g' equals 1000 'mg'.
std::size_t HashQuantity(const Scalar& scalar) {
  const std::optional<CanonicalUnit> unit = Canonical(scalar.unit);
  const std::optional<Decimal> number = Decimal::Parse(scalar.text);
  const std::optional<Decimal> base = unit && number ? number->Times(unit->factor) : std::nullopt;
  if (!base) return HashText(scalar.text);
  return HashText(base->Normalised().ToString()) * 31 + HashText(UnitText(unit->powers));
}

std::size_t HashScalar(const Scalar& scalar) {
  switch (scalar.type) {
    case SystemType::kBoolean: return HashText(scalar.text) * 3;
    case SystemType::kString: return HashText(scalar.text);
    case SystemType::kQuantity: return HashQuantity(scalar);
    default: break;
  }
  if (IsNumeric(scalar.type)) {
    const std::optional<Decimal> number = Decimal::Parse(scalar.text);
    return number ? HashText(number->Normalised().ToString()) : HashText(scalar.text);
  }
  const std::optional<DateTime> moment = ToDateTime(scalar);
  if (!moment) return HashText(scalar.text);
  return std::hash<std::int64_t>{}(moment->FirstMicrosecond()) * 31 + static_cast<std::size_t>(moment->precision);
}

std::size_t HashElement(const Element& element) {
  std::size_t sum = element.is_resource ? HashText(element.text) : 7;
  std::vector<const Element*> todo{&element};
  while (!todo.empty()) {
    const Element* at = todo.back();
    todo.pop_back();
    if (at->has_value()) {
      sum = sum * 31 + HashScalar({TypeOf(*at), at->text, {}});
      continue;
    }
    for (const Element& child : Children(*at)) {
      sum = sum * 17 + HashText(child.name);
      todo.push_back(&child);
    }
  }
  return sum;
}

}  // namespace

std::optional<Scalar> ToScalar(const Value& value) {
  if (const SystemValue* system = std::get_if<SystemValue>(&value)) return Scalar{system->type, system->text, system->unit};
  const Element& element = **std::get_if<const Element*>(&value);
  if (element.has_value()) return Scalar{TypeOf(element), element.text, {}};
  if (element.kind == ValueKind::kNull) return std::nullopt;
  return QuantityOf(element);
}

SystemValue Own(const Scalar& scalar) { return {scalar.type, std::string(scalar.text), std::string(scalar.unit)}; }

std::string_view SystemTypeName(SystemType type) {
  constexpr std::string_view kNames[] = {"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"};
  return kNames[static_cast<std::size_t>(type)];
}

Value Boolean(bool value) { return SystemValue{SystemType::kBoolean, value ? "true" : "false", {}}; }
Value Integer(std::int64_t value) { return SystemValue{SystemType::kInteger, std::to_string(value), {}}; }
Value Number(const Decimal& value) { return SystemValue{SystemType::kDecimal, value.ToString(), {}}; }
Value String(std::string text) { return SystemValue{SystemType::kString, std::move(text), {}}; }
Value Quantity(const Decimal& value, std::string_view unit) { return SystemValue{SystemType::kQuantity, value.ToString(), std::string(unit)}; }

bool IsNumeric(SystemType type) { return type == SystemType::kInteger || type == SystemType::kDecimal; }
bool IsTemporal(SystemType type) { return type == SystemType::kDate || type == SystemType::kDateTime; }

std::optional<DateTime> ToDateTime(const Scalar& scalar) {
  return scalar.type == SystemType::kTime ? DateTime::ParseTime(scalar.text) : DateTime::Parse(scalar.text);
}

std::optional<bool> Equal(const Value& a, const Value& b) {
  const Element* const* x = std::get_if<const Element*>(&a);
  const Element* const* y = std::get_if<const Element*>(&b);
  const std::optional<Scalar> s = ToScalar(a), t = ToScalar(b);
  if (s && t && !(x && y && s->type == SystemType::kQuantity && t->type == SystemType::kQuantity)) return EqualScalars(*s, *t);
  if (x && y) return EqualElements(*x, *y);
  return false;
}

std::optional<bool> Equal(const Values& a, const Values& b) {
  if (a.empty() || b.empty()) return std::nullopt;
  if (a.size() != b.size()) return false;
  bool known = true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::optional<bool> equal = Equal(a[i], b[i]);
    if (equal == false) return false;
    if (!equal) known = false;
  }
  if (!known) return std::nullopt;
  return true;
}

bool Equivalent(const Value& a, const Value& b) {
  const std::optional<Scalar> s = ToScalar(a), t = ToScalar(b);
  if (s && t) return EquivalentScalars(*s, *t);
  const Element* const* x = std::get_if<const Element*>(&a);
  const Element* const* y = std::get_if<const Element*>(&b);
  return x && y && EquivalentElements(**x, **y, 0);
}

bool Equivalent(const Values& a, const Values& b) {
  if (a.size() != b.size()) return false;
  std::vector<const Value*> rest;
  for (const Value& value : b) rest.push_back(&value);
  for (const Value& value : a) {
    const auto found = std::find_if(rest.begin(), rest.end(), [&](const Value* other) { return Equivalent(value, *other); });
    if (found == rest.end()) return false;
    rest.erase(found);
  }
  return true;
}

std::size_t Hash(const Value& value) {
  if (const std::optional<Scalar> scalar = ToScalar(value)) return HashScalar(*scalar);
  const Element* const* element = std::get_if<const Element*>(&value);
  return element ? HashElement(**element) : 0;
}

std::size_t Weight(const Values& values, std::size_t limit) {
  std::size_t sum = 0;
  for (const Value& value : values) {
    ++sum;
    const Element* const* top = std::get_if<const Element*>(&value);
    if (!top) continue;
    // What is below, in document order, without a stack.
    for (const Element* at = (*top)->first_child; at && sum < limit;) {
      ++sum;
      if (at->first_child) {
        at = at->first_child;
        continue;
      }
      while (at != *top && !at->next) at = at->parent;
      at = at == *top ? nullptr : at->next;
    }
  }
  return sum;
}

struct ValueSet::Impl {
  std::unordered_multimap<std::size_t, Value> seen;
};

ValueSet::ValueSet() : impl_(std::make_unique<Impl>()) {}
ValueSet::~ValueSet() = default;

bool ValueSet::Contains(const Value& value) const {
  const auto [from, to] = impl_->seen.equal_range(Hash(value));
  return std::any_of(from, to, [&](const auto& entry) { return Equal(entry.second, value) == true; });
}

bool ValueSet::Insert(const Value& value) {
  if (Contains(value)) return false;
  impl_->seen.emplace(Hash(value), value);
  return true;
}

}  // namespace fhir::path
