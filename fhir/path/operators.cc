// The binary operators (https://hl7.org/fhirpath/N1/#operations).
#include <array>
#include <utility>

#include "fhir/path/evaluator.h"
#include "fhir/path/units.h"

namespace fhir::path {
namespace {

using Truth = std::optional<bool>;

Values FromTruth(Truth truth) { return truth ? One(Boolean(*truth)) : Values(); }

constexpr std::array<std::string_view, 22> kWords = {"*", "/", "div", "mod", "+", "-", "&", "|", "<", "<=", ">", ">=",
                                                     "=", "~", "!=", "!~", "in", "contains", "and", "or", "xor", "implies"};

std::string_view Word(const Node& node) { return kWords[static_cast<std::size_t>(node.op)]; }

Error Mismatch(const Node& node, const std::optional<Scalar>& a, const std::optional<Scalar>& b) {
  const auto name = [](const std::optional<Scalar>& s) { return s ? std::string(SystemTypeName(s->type)) : std::string("a complex value"); };
  return Evaluator::Fail(node, "'" + std::string(Word(node)) + "' does not work between " + name(a) + " and " + name(b) + ".");
}

Truth And(Truth a, Truth b) {
  if (a == false || b == false) return false;
  if (a && b) return true;
  return std::nullopt;
}

Truth Not(Truth a) { return a ? Truth(!*a) : std::nullopt; }
Truth Or(Truth a, Truth b) { return Not(And(Not(a), Not(b))); }

Result<Values> Logic(Evaluator& evaluator, const Node& node, const Scope& scope) {
  TRY_ASSIGN(const Values left, evaluator.Evaluate(*node.parts[0], scope));
  TRY_ASSIGN(const Truth a, ToBoolean(left, node));
  // What is known already needs no right side.
  if (node.op == BinaryOp::kAnd && a == false) return FromTruth(false);
  if (node.op == BinaryOp::kOr && a == true) return FromTruth(true);
  if (node.op == BinaryOp::kImplies && a == false) return FromTruth(true);
  TRY_ASSIGN(const Values right, evaluator.Evaluate(*node.parts[1], scope));
  TRY_ASSIGN(const Truth b, ToBoolean(right, node));
  switch (node.op) {
    case BinaryOp::kAnd: return FromTruth(And(a, b));
    case BinaryOp::kOr: return FromTruth(Or(a, b));
    case BinaryOp::kImplies: return FromTruth(Or(Not(a), b));
    default: return FromTruth(a && b ? Truth(*a != *b) : std::nullopt);
  }
}

// The order of two scalars; the outer Result fails for types that have none between them.
Result<std::optional<int>> Order(const Node& node, const Scalar& a, const Scalar& b) {
  const auto sign = [](int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
  if (a.type == SystemType::kString && b.type == SystemType::kString) return std::optional<int>(sign(a.text.compare(b.text)));
  const bool a_counts = IsNumeric(a.type) || a.type == SystemType::kQuantity;
  const bool b_counts = IsNumeric(b.type) || b.type == SystemType::kQuantity;
  if (a_counts && b_counts) {
    const std::optional<Decimal> x = Decimal::Parse(a.text);
    std::optional<Decimal> y = Decimal::Parse(b.text);
    if (!x || !y) return std::optional<int>();
    y = Convert(*y, b.unit.empty() ? "1" : b.unit, a.unit.empty() ? "1" : a.unit);
    return y ? std::optional<int>(x->Compare(*y)) : std::optional<int>();
  }
  if ((IsTemporal(a.type) && IsTemporal(b.type)) || (a.type == SystemType::kTime && b.type == SystemType::kTime)) {
    const std::optional<DateTime> x = ToDateTime(a), y = ToDateTime(b);
    return x && y ? Compare(*x, *y) : std::optional<int>();
  }
  return Mismatch(node, a, b);
}

Result<Values> Comparison(const Node& node, const Values& left, const Values& right) {
  if (left.empty() || right.empty()) return Values();
  if (left.size() > 1 || right.size() > 1) return Evaluator::Fail(node, "'" + std::string(Word(node)) + "' compares one value with one.");
  const std::optional<Scalar> a = ToScalar(left[0]), b = ToScalar(right[0]);
  if (!a || !b) {
    const auto is_null = [](const Value& value) {
      const Element* const* element = std::get_if<const Element*>(&value);
      return element && ((*element)->kind == ValueKind::kNull || ((*element)->type && (*element)->type->IsA("Quantity")));
    };
    if (is_null(left[0]) || is_null(right[0])) return Values();
    return Mismatch(node, a, b);
  }
  TRY_ASSIGN(const std::optional<int> order, Order(node, *a, *b));
  if (!order) return Values();
  switch (node.op) {
    case BinaryOp::kLess: return FromTruth(*order < 0);
    case BinaryOp::kLessOrEqual: return FromTruth(*order <= 0);
    case BinaryOp::kGreater: return FromTruth(*order > 0);
    default: return FromTruth(*order >= 0);
  }
}

Result<Values> Membership(const Node& node, const Values& item, const Values& of) {
  if (item.empty()) return Values();
  if (item.size() > 1) return Evaluator::Fail(node, "'" + std::string(Word(node)) + "' asks about one value, found " + std::to_string(item.size()) + ".");
  for (const Value& value : of) {
    if (Equal(item[0], value) == true) return FromTruth(true);
  }
  return FromTruth(false);
}

Result<Values> PlusDate(const Node& node, const Scalar& date, const Scalar& quantity) {
  const std::optional<DateTime> from = ToDateTime(date);
  std::optional<Decimal> amount = Decimal::Parse(quantity.text);
  std::optional<CalendarUnit> unit = CalendarWord(quantity.unit);
  if (!unit) unit = CalendarCode(quantity.unit);
  if (!unit) {
    return Evaluator::Fail(node, "A date moves by years, months, weeks, days, hours, minutes, seconds or milliseconds, not by '" +
                                     std::string(quantity.unit) + "'.");
  }
  if (!from || !amount) return Values();
  // Only seconds may have a fraction; of other units the fraction is left out.
  if (*unit == CalendarUnit::kSecond) {
    amount = amount->Times(Decimal(1000));
    unit = CalendarUnit::kMillisecond;
  }
  const std::optional<std::int64_t> count = amount ? amount->Truncated().ToInt64() : std::nullopt;
  if (!count) return Values();
  const std::optional<DateTime> moved = from->Plus(node.op == BinaryOp::kSubtract ? -*count : *count, *unit);
  if (!moved) return Values();
  return One(SystemValue{date.type, moved->ToString(), {}});
}

Result<Values> QuantityProduct(const Node& node, const Scalar& a, const Scalar& b, const Decimal& x, const Decimal& y) {
  const std::string_view left = a.unit.empty() ? "1" : a.unit, right = b.unit.empty() ? "1" : b.unit;
  const bool divides = node.op == BinaryOp::kDivide;
  if (right == "1") {
    const std::optional<Decimal> value = divides ? x.DividedBy(y, 16) : x.Times(y);
    return value ? One(Quantity(*value, left)) : Values();
  }
  std::optional<CanonicalUnit> u = Canonical(left);
  const std::optional<CanonicalUnit> v = Canonical(right);
  if (!u || !v) return Values();
  const std::optional<Decimal> p = x.Times(u->factor), q = y.Times(v->factor);
  if (!p || !q) return Values();
  const std::optional<Decimal> value = divides ? p->DividedBy(*q, 30) : p->Times(*q);
  if (!value) return Values();
  for (const auto& [symbol, power] : v->powers) u->powers[symbol] += divides ? -power : power;
  std::erase_if(u->powers, [](const auto& power) { return power.second == 0; });
  return One(Quantity(value->Normalised(), UnitText(u->powers)));
}

Result<Values> QuantityMath(const Node& node, const Scalar& a, const Scalar& b, const Decimal& x, const Decimal& y) {
  if (node.op == BinaryOp::kMultiply || node.op == BinaryOp::kDivide) return QuantityProduct(node, a, b, x, y);
  if (node.op != BinaryOp::kAdd && node.op != BinaryOp::kSubtract) return Mismatch(node, a, b);
  const std::optional<Decimal> same = Convert(y, b.unit.empty() ? "1" : b.unit, a.unit.empty() ? "1" : a.unit);
  if (!same) return Values();
  const std::optional<Decimal> value = node.op == BinaryOp::kAdd ? x.Plus(*same) : x.Minus(*same);
  return value ? One(Quantity(*value, a.unit.empty() ? "1" : a.unit)) : Values();
}

Result<Values> NumberMath(const Node& node, const Scalar& a, const Scalar& b, const Decimal& x, const Decimal& y) {
  std::optional<Decimal> value;
  bool whole = a.type == SystemType::kInteger && b.type == SystemType::kInteger;
  switch (node.op) {
    case BinaryOp::kMultiply: value = x.Times(y); break;
    case BinaryOp::kAdd: value = x.Plus(y); break;
    case BinaryOp::kSubtract: value = x.Minus(y); break;
    case BinaryOp::kMod: value = x.Remainder(y); break;
    case BinaryOp::kDiv: value = x.WholeQuotient(y); whole = true; break;
    default: value = x.DividedBy(y, 16); whole = false; break;
  }
  if (!value) return Values();
  if (!whole) return One(Number(*value));
  const std::optional<std::int64_t> integer = value->ToInt64();
  return integer ? One(Integer(*integer)) : Values();
}

Result<Values> Arithmetic(const Node& node, const Values& left, const Values& right) {
  if (left.size() > 1 || right.size() > 1) return Evaluator::Fail(node, "'" + std::string(Word(node)) + "' takes one value on each side.");
  if (left.empty() || right.empty()) return Values();
  const std::optional<Scalar> a = ToScalar(left[0]), b = ToScalar(right[0]);
  if (!a || !b) return Mismatch(node, a, b);
  const bool adds = node.op == BinaryOp::kAdd || node.op == BinaryOp::kSubtract;
  if (a->type == SystemType::kString && b->type == SystemType::kString && node.op == BinaryOp::kAdd) {
    return One(String(std::string(a->text) + std::string(b->text)));
  }
  if (adds && (IsTemporal(a->type) || a->type == SystemType::kTime) && b->type == SystemType::kQuantity) return PlusDate(node, *a, *b);
  const bool a_counts = IsNumeric(a->type) || a->type == SystemType::kQuantity;
  const bool b_counts = IsNumeric(b->type) || b->type == SystemType::kQuantity;
  if (!a_counts || !b_counts) return Mismatch(node, a, b);
  const std::optional<Decimal> x = Decimal::Parse(a->text), y = Decimal::Parse(b->text);
  if (!x || !y) return Values();
  if (a->type == SystemType::kQuantity || b->type == SystemType::kQuantity) return QuantityMath(node, *a, *b, *x, *y);
  return NumberMath(node, *a, *b, *x, *y);
}

Result<Values> Concatenation(const Node& node, const Values& left, const Values& right) {
  std::string text;
  for (const Values* side : {&left, &right}) {
    if (side->empty()) continue;
    const std::optional<Scalar> scalar = side->size() == 1 ? ToScalar((*side)[0]) : std::nullopt;
    if (!scalar || scalar->type != SystemType::kString) return Evaluator::Fail(node, "'&' joins one text with one text.");
    text += scalar->text;
  }
  return One(String(std::move(text)));
}

// Bytes of the texts that an operator is about to join.
std::size_t TextBytes(const Values& values) {
  const std::optional<Scalar> scalar = values.size() == 1 ? ToScalar(values[0]) : std::nullopt;
  return scalar ? scalar->text.size() : 0;
}

Values Union(Values left, const Values& right) {
  ValueSet seen;
  Values out;
  for (const Values* side : {&std::as_const(left), &right}) {
    for (const Value& value : *side) {
      if (seen.Insert(value)) out.push_back(value);
    }
  }
  return out;
}

}  // namespace

Result<Values> EvaluateBinary(Evaluator& evaluator, const Node& node, const Scope& scope) {
  if (node.op >= BinaryOp::kAnd) return Logic(evaluator, node, scope);
  TRY_ASSIGN(Values left, evaluator.Evaluate(*node.parts[0], scope));
  TRY_ASSIGN(Values right, evaluator.Evaluate(*node.parts[1], scope));
  if (node.op == BinaryOp::kConcatenate || node.op == BinaryOp::kAdd) {
    TRY(evaluator.Spend((TextBytes(left) + TextBytes(right)) / 8, node));
  }
  // Equivalence looks for a partner of each among all of the other side; the rest looks at each once.
  const std::size_t weights[] = {Weight(left, kMaxSteps), Weight(right, kMaxSteps)};
  const bool pairs = node.op == BinaryOp::kEquivalent || node.op == BinaryOp::kNotEquivalent;
  TRY(evaluator.Spend(pairs ? weights[0] * weights[1] : weights[0] + weights[1], node));
  switch (node.op) {
    case BinaryOp::kUnion: return Union(std::move(left), right);
    case BinaryOp::kEqual: return FromTruth(Equal(left, right));
    case BinaryOp::kNotEqual: return FromTruth(Not(Equal(left, right)));
    case BinaryOp::kEquivalent: return FromTruth(Equivalent(left, right));
    case BinaryOp::kNotEquivalent: return FromTruth(!Equivalent(left, right));
    case BinaryOp::kLess:
    case BinaryOp::kLessOrEqual:
    case BinaryOp::kGreater:
    case BinaryOp::kGreaterOrEqual: return Comparison(node, left, right);
    case BinaryOp::kIn: return Membership(node, left, right);
    case BinaryOp::kContains: return Membership(node, right, left);
    case BinaryOp::kConcatenate: return Concatenation(node, left, right);
    default: return Arithmetic(node, left, right);
  }
}

}  // namespace fhir::path
