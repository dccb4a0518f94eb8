// Functions on numbers (https://hl7.org/fhirpath/N1/#math). Rounding is exact; exp, ln, log, roots and
// broken powers are computed in binary and given to 15 digits.
#include <cmath>
#include <utility>

#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

struct Operand {
  Scalar scalar;
  Decimal value;
};

// The only number or quantity; nothing for none.
Result<std::optional<Operand>> Input(const Call& call) {
  if (call.input.empty()) return std::optional<Operand>();
  const std::optional<Scalar> scalar = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
  const bool counts = scalar && (IsNumeric(scalar->type) || scalar->type == SystemType::kQuantity);
  const std::optional<Decimal> number = counts ? Decimal::Parse(scalar->text) : std::nullopt;
  if (!number) return Evaluator::Fail(call.node, call.node.text + "() takes one number.");
  return std::optional<Operand>(Operand{*scalar, *number});
}

Value Like(const Operand& operand, const Decimal& value) {
  if (operand.scalar.type == SystemType::kQuantity) return Quantity(value, operand.scalar.unit);
  const std::optional<std::int64_t> whole = operand.scalar.type == SystemType::kInteger ? value.ToInt64() : std::nullopt;
  return whole ? Integer(*whole) : Number(value);
}

// A whole number of a decimal; a quantity stays one.
template <typename F>
Result<Values> Whole(const Call& call, F function) {
  TRY_ASSIGN(const std::optional<Operand> operand, Input(call));
  if (!operand) return Values();
  const Decimal value = function(operand->value);
  if (operand->scalar.type == SystemType::kQuantity) return One(Quantity(value, operand->scalar.unit));
  const std::optional<std::int64_t> whole = value.ToInt64();
  return whole ? One(Integer(*whole)) : Values();
}

Values FromDouble(double value) {
  const std::optional<Decimal> decimal = Decimal::FromDouble(value);
  if (!decimal) return Values();
  return One(Number(decimal->is_whole() ? decimal->Rounded(1) : *decimal));
}

template <typename F>
Result<Values> Binary(const Call& call, F function) {
  TRY_ASSIGN(const std::optional<Operand> operand, Input(call));
  return operand ? FromDouble(function(operand->value.ToDouble())) : Values();
}

Result<std::optional<Decimal>> NumberArgument(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<SystemValue> argument, evaluator.ScalarArgument(call, 0));
  if (!argument) return std::optional<Decimal>();
  if (!IsNumeric(argument->type)) return Evaluator::Fail(call.argument(0), call.node.text + "() takes a number here.");
  return Decimal::Parse(argument->text);
}

}  // namespace

Result<Values> Abs(Evaluator&, const Call& call) {
  TRY_ASSIGN(const std::optional<Operand> operand, Input(call));
  return operand ? One(Like(*operand, operand->value.Abs())) : Values();
}

Result<Values> Ceiling(Evaluator&, const Call& call) {
  return Whole(call, [](const Decimal& value) { return value.Ceiling(); });
}

Result<Values> Floor(Evaluator&, const Call& call) {
  return Whole(call, [](const Decimal& value) { return value.Floor(); });
}

Result<Values> Truncate(Evaluator&, const Call& call) {
  return Whole(call, [](const Decimal& value) { return value.Truncated(); });
}

Result<Values> Round(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<Operand> operand, Input(call));
  std::int64_t places = 0;
  if (call.argument_count() > 0) {
    TRY_ASSIGN(const std::optional<Decimal> argument, NumberArgument(evaluator, call));
    const std::optional<std::int64_t> whole = argument ? argument->ToInt64() : std::nullopt;
    if (!whole || *whole < 0 || *whole > 100) return Evaluator::Fail(call.argument(0), "round() takes 0 to 100 places.");
    places = *whole;
  }
  if (!operand) return Values();
  const std::size_t wanted = static_cast<std::size_t>(places);
  const Decimal rounded = wanted < operand->value.places() ? operand->value.Rounded(wanted) : operand->value;
  return One(operand->scalar.type == SystemType::kQuantity ? Quantity(rounded, operand->scalar.unit) : Number(rounded));
}

Result<Values> Exp(Evaluator&, const Call& call) {
  return Binary(call, [](double value) { return std::exp(value); });
}

Result<Values> Ln(Evaluator&, const Call& call) {
  return Binary(call, [](double value) { return std::log(value); });
}

Result<Values> Sqrt(Evaluator&, const Call& call) {
  return Binary(call, [](double value) { return std::sqrt(value); });
}

Result<Values> Log(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<Decimal> base, NumberArgument(evaluator, call));
  if (!base) return Values();
  return Binary(call, [&](double value) { return std::log(value) / std::log(base->ToDouble()); });
}

Result<Values> Power(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<Operand> operand, Input(call));
  TRY_ASSIGN(const std::optional<Decimal> exponent, NumberArgument(evaluator, call));
  if (!operand || !exponent) return Values();
  const std::optional<std::int64_t> times = exponent->ToInt64();
  if (!times || *times < 0 || *times > 1000) return FromDouble(std::pow(operand->value.ToDouble(), exponent->ToDouble()));
  Decimal value(1);
  for (std::int64_t i = 0; i < *times; ++i) {
    TRY(evaluator.Spend(1 + value.ToString().size(), call.node));
    const std::optional<Decimal> next = value.Times(operand->value);
    if (!next) return Values();
    value = *next;
  }
  return One(Like(*operand, value));
}

}  // namespace fhir::path::functions
