// iif and the conversions between System types (https://hl7.org/fhirpath/N1/#conversion).
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "fhir/path/functions/families.h"
#include "fhir/path/units.h"

namespace fhir::path::functions {
namespace {

using Converted = std::optional<SystemValue>;
using Conversion = Converted (*)(const Scalar&);

// One conversion of the only item; nothing for none and for what does not convert.
Result<Converted> Convert(const Call& call, Conversion conversion) {
  if (call.input.empty()) return Converted();
  if (call.input.size() > 1) {
    return Evaluator::Fail(call.node, call.node.text + "() takes one value, found " + std::to_string(call.input.size()) + ".");
  }
  const std::optional<Scalar> scalar = ToScalar(call.input[0]);
  return scalar ? conversion(*scalar) : Converted();
}

Result<Values> Gives(const Call& call, Conversion conversion) {
  TRY_ASSIGN(Converted converted, Convert(call, conversion));
  return converted ? One(std::move(*converted)) : Values();
}

Result<Values> Asks(const Call& call, Conversion conversion) {
  if (call.input.empty()) return Values();
  TRY_ASSIGN(const Converted converted, Convert(call, conversion));
  return One(Boolean(converted.has_value()));
}

// Without regard to capitals.
bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::find(words.begin(), words.end(), small) != words.end();
}

Converted AsBoolean(const Scalar& from) {
  const SystemValue yes{SystemType::kBoolean, "true", {}}, no{SystemType::kBoolean, "false", {}};
  if (from.type == SystemType::kBoolean) return Own(from);
  if (from.type == SystemType::kString) {
    if (IsOneOf(from.text, {"true", "t", "yes", "y", "1", "1.0"})) return yes;
    if (IsOneOf(from.text, {"false", "f", "no", "n", "0", "0.0"})) return no;
    return std::nullopt;
  }
  if (!IsNumeric(from.type)) return std::nullopt;
  const std::optional<Decimal> number = Decimal::Parse(from.text);
  if (number && *number == Decimal(1)) return yes;
  if (number && number->is_zero()) return no;
  return std::nullopt;
}

Converted AsInteger(const Scalar& from) {
  if (from.type == SystemType::kInteger) return Own(from);
  if (from.type == SystemType::kBoolean) return SystemValue{SystemType::kInteger, from.text == "true" ? "1" : "0", {}};
  if (from.type != SystemType::kString || from.text.find_first_not_of("+-0123456789") != std::string_view::npos) return std::nullopt;
  const std::optional<Decimal> number = Decimal::Parse(from.text);
  const std::optional<std::int64_t> whole = number ? number->ToInt64() : std::nullopt;
  if (!whole || *whole > INT32_MAX || *whole < INT32_MIN) return std::nullopt;
  return SystemValue{SystemType::kInteger, std::to_string(*whole), {}};
}

Converted AsDecimal(const Scalar& from) {
  if (from.type == SystemType::kBoolean) return SystemValue{SystemType::kDecimal, from.text == "true" ? "1.0" : "0.0", {}};
  if (!IsNumeric(from.type) && from.type != SystemType::kString) return std::nullopt;
  const std::optional<Decimal> number = Decimal::Parse(from.text);
  if (!number) return std::nullopt;
  return SystemValue{SystemType::kDecimal, number->ToString(), {}};
}

Converted AsDate(const Scalar& from) {
  if (from.type == SystemType::kDate) return Own(from);
  if (from.type != SystemType::kDateTime && from.type != SystemType::kString) return std::nullopt;
  std::optional<DateTime> at = DateTime::Parse(from.text);
  if (!at || from.text.back() == 'T') return std::nullopt;
  if (at->precision > DatePrecision::kDay) at->precision = DatePrecision::kDay;
  at->fraction_digits = 0;
  at->offset_minutes.reset();
  return SystemValue{SystemType::kDate, at->ToString(), {}};
}

Converted AsDateTime(const Scalar& from) {
  if (from.type == SystemType::kDateTime || from.type == SystemType::kDate) return SystemValue{SystemType::kDateTime, std::string(from.text), {}};
  if (from.type != SystemType::kString) return std::nullopt;
  const std::optional<DateTime> at = DateTime::Parse(from.text);
  if (!at || from.text.back() == 'T') return std::nullopt;
  return SystemValue{SystemType::kDateTime, at->ToString(), {}};
}

Converted AsTime(const Scalar& from) {
  if (from.type == SystemType::kTime) return Own(from);
  if (from.type != SystemType::kString) return std::nullopt;
  const std::optional<DateTime> at = DateTime::ParseTime(from.text);
  if (!at) return std::nullopt;
  return SystemValue{SystemType::kTime, at->ToString(), {}};
}

// "5", "5 days", "5 'mg'".
Converted QuantityFromText(std::string_view text) {
  const std::size_t end = text.find(' ');
  const std::optional<Decimal> number = Decimal::Parse(text.substr(0, end));
  if (!number) return std::nullopt;
  if (end == std::string_view::npos) return SystemValue{SystemType::kQuantity, number->ToString(), "1"};
  std::string_view unit = text.substr(end);
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  if (unit.size() > 2 && unit.front() == '\'' && unit.back() == '\'') {
    return SystemValue{SystemType::kQuantity, number->ToString(), std::string(unit.substr(1, unit.size() - 2))};
  }
  if (!CalendarWord(unit)) return std::nullopt;
  return SystemValue{SystemType::kQuantity, number->ToString(), std::string(unit)};
}

Converted AsQuantity(const Scalar& from) {
  if (from.type == SystemType::kQuantity) return Own(from);
  if (from.type == SystemType::kString) return QuantityFromText(from.text);
  if (from.type == SystemType::kBoolean) return SystemValue{SystemType::kQuantity, from.text == "true" ? "1.0" : "0.0", "1"};
  if (!IsNumeric(from.type)) return std::nullopt;
  return SystemValue{SystemType::kQuantity, std::string(from.text), "1"};
}

Converted AsString(const Scalar& from) {
  std::string text(from.text);
  if (from.type == SystemType::kQuantity) {
    text += CalendarWord(from.unit) ? " " + std::string(from.unit) : " '" + std::string(from.unit) + "'";
  }
  return SystemValue{SystemType::kString, std::move(text), {}};
}

// toQuantity's argument: the unit that is wanted.
Result<Converted> QuantityInUnit(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(Converted converted, Convert(call, AsQuantity));
  if (!converted || call.argument_count() == 0) return converted;
  TRY_ASSIGN(const std::optional<SystemValue> unit, evaluator.ScalarArgument(call, 0));
  const std::optional<Decimal> value = Decimal::Parse(converted->text);
  if (!unit || !value) return Converted();
  const std::optional<Decimal> same = path::Convert(*value, converted->unit, unit->text);
  if (!same) return Converted();
  return Converted(SystemValue{SystemType::kQuantity, same->ToString(), unit->text});
}

}  // namespace

Result<Values> Iif(Evaluator& evaluator, const Call& call) {
  if (call.input.size() > 1) {
    return Evaluator::Fail(call.node, "iif() is called on one item at the most, found " + std::to_string(call.input.size()) + ".");
  }
  // Called on something, the arguments see it as $this; at the start of a path they see what iif() stands in.
  const Scope inner{call.node.operand() ? &call.input : call.scope.focus, call.scope.index, call.scope.total};
  TRY_ASSIGN(const Values criterion, evaluator.Evaluate(call.argument(0), inner));
  const std::optional<Scalar> scalar = criterion.size() == 1 ? ToScalar(criterion[0]) : std::nullopt;
  if (!criterion.empty() && (!scalar || scalar->type != SystemType::kBoolean)) {
    return Evaluator::Fail(call.node, "The first argument of iif() is true or false.");
  }
  if (scalar && scalar->text == "true") return evaluator.Evaluate(call.argument(1), inner);
  return call.argument_count() > 2 ? evaluator.Evaluate(call.argument(2), inner) : Values();
}

Result<Values> ToBooleanValue(Evaluator&, const Call& call) { return Gives(call, AsBoolean); }
Result<Values> ToInteger(Evaluator&, const Call& call) { return Gives(call, AsInteger); }
Result<Values> ToDecimal(Evaluator&, const Call& call) { return Gives(call, AsDecimal); }
Result<Values> ToDate(Evaluator&, const Call& call) { return Gives(call, AsDate); }
Result<Values> ToDateTimeValue(Evaluator&, const Call& call) { return Gives(call, AsDateTime); }
Result<Values> ToTime(Evaluator&, const Call& call) { return Gives(call, AsTime); }
Result<Values> ToStringValue(Evaluator&, const Call& call) { return Gives(call, AsString); }
Result<Values> ConvertsToBoolean(Evaluator&, const Call& call) { return Asks(call, AsBoolean); }
Result<Values> ConvertsToInteger(Evaluator&, const Call& call) { return Asks(call, AsInteger); }
Result<Values> ConvertsToDecimal(Evaluator&, const Call& call) { return Asks(call, AsDecimal); }
Result<Values> ConvertsToDate(Evaluator&, const Call& call) { return Asks(call, AsDate); }
Result<Values> ConvertsToDateTime(Evaluator&, const Call& call) { return Asks(call, AsDateTime); }
Result<Values> ConvertsToTime(Evaluator&, const Call& call) { return Asks(call, AsTime); }
Result<Values> ConvertsToString(Evaluator&, const Call& call) { return Asks(call, AsString); }

Result<Values> ToQuantity(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(Converted converted, QuantityInUnit(evaluator, call));
  return converted ? One(std::move(*converted)) : Values();
}

Result<Values> ConvertsToQuantity(Evaluator& evaluator, const Call& call) {
  if (call.input.empty()) return Values();
  TRY_ASSIGN(const Converted converted, QuantityInUnit(evaluator, call));
  return One(Boolean(converted.has_value()));
}

}  // namespace fhir::path::functions
