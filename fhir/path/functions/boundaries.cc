// lowBoundary, highBoundary and precision: the range that a written value stands for
// (https://hl7.org/fhirpath/#lowboundaryprecision-integer-decimal--date--datetime--time).
#include <algorithm>

#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

using Digits = std::optional<std::int64_t>;

Result<Digits> DigitsArgument(Evaluator& evaluator, const Call& call) {
  if (call.argument_count() == 0) return Digits();
  TRY_ASSIGN(const std::optional<SystemValue> argument, evaluator.ScalarArgument(call, 0));
  const std::optional<Decimal> number = argument ? Decimal::Parse(argument->text) : std::nullopt;
  const Digits digits = number ? number->ToInt64() : std::nullopt;
  if (!digits) return Evaluator::Fail(call.argument(0), call.node.text + "() takes a whole number.");
  return digits;
}

// Half a unit of the last written place down or up, cut to `places`.
std::optional<Decimal> NumberBoundary(const Decimal& value, bool high, std::int64_t places) {
  if (places < 0 || places > 28) return std::nullopt;
  std::string half = "0.";
  half.append(value.places(), '0');
  half += '5';
  const std::optional<Decimal> step = Decimal::Parse(half);
  const std::optional<Decimal> moved = high ? value.Plus(*step) : value.Minus(*step);
  if (!moved) return std::nullopt;
  const std::size_t wanted = static_cast<std::size_t>(places);
  if (wanted >= moved->places()) return moved->Rounded(wanted);
  // Coarser than the boundary: away from the value, so that the range still holds it.
  const Decimal cut = moved->Truncated(wanted);
  if (cut == *moved || high == moved->is_negative()) return cut;
  std::string unit = wanted == 0 ? "1" : "0." + std::string(wanted - 1, '0') + "1";
  return high ? cut.Plus(*Decimal::Parse(unit)) : cut.Minus(*Decimal::Parse(unit));
}

// Digits of "2014-01-01T08:05:25.123" up to each precision.
DatePrecision PrecisionOf(std::int64_t digits) {
  if (digits <= 4) return DatePrecision::kYear;
  if (digits <= 6) return DatePrecision::kMonth;
  if (digits <= 8) return DatePrecision::kDay;
  if (digits <= 10) return DatePrecision::kHour;
  if (digits <= 12) return DatePrecision::kMinute;
  return DatePrecision::kSecond;
}

void FillFields(DateTime& at, bool high) {
  if (at.has_date && at.precision < DatePrecision::kMonth) at.month = high ? 12 : 1;
  if (at.has_date && at.precision < DatePrecision::kDay) at.day = high ? DaysInMonth(at.year, at.month) : 1;
  if (at.precision < DatePrecision::kHour) at.hour = high ? 23 : 0;
  if (at.precision < DatePrecision::kMinute) at.minute = high ? 59 : 0;
  if (at.precision < DatePrecision::kSecond) at.second = high ? 59 : 0;
  if (at.fraction_digits == 0) at.nanosecond = high ? 999'000'000 : 0;
}

std::optional<DateTime> DateBoundary(DateTime at, bool high, std::int64_t digits, bool is_date) {
  const std::int64_t most = !at.has_date ? 9 : is_date ? 8 : 17;
  if (digits < 0 || digits > most) return std::nullopt;
  FillFields(at, high);
  at.precision = PrecisionOf(at.has_date ? digits : digits + 8);
  const bool has_fraction = digits >= (at.has_date ? 17 : 9);
  at.fraction_digits = has_fraction ? std::max(at.fraction_digits, 3) : 0;
  // Where no offset is written, the moment may lie anywhere on earth.
  if (!is_date && at.has_date && !at.offset_minutes && has_fraction) at.offset_minutes = high ? -12 * 60 : 14 * 60;
  return at;
}

Result<Values> Boundary(Evaluator& evaluator, const Call& call, bool high) {
  if (call.input.empty()) return Values();
  TRY_ASSIGN(const Digits digits, DigitsArgument(evaluator, call));
  const std::optional<Scalar> scalar = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
  if (!scalar) return Evaluator::Fail(call.node, call.node.text + "() takes one number, quantity, date or time.");
  if (IsNumeric(scalar->type) || scalar->type == SystemType::kQuantity) {
    const std::optional<Decimal> number = Decimal::Parse(scalar->text);
    const std::optional<Decimal> boundary = number ? NumberBoundary(*number, high, digits.value_or(8)) : std::nullopt;
    if (!boundary) return Values();
    return One(scalar->type == SystemType::kQuantity ? Quantity(*boundary, scalar->unit) : Number(*boundary));
  }
  const bool is_time = scalar->type == SystemType::kTime;
  if (!IsTemporal(scalar->type) && !is_time) return Evaluator::Fail(call.node, call.node.text + "() takes a number, quantity, date or time.");
  const std::optional<DateTime> at = ToDateTime(*scalar);
  const bool is_date = scalar->type == SystemType::kDate;
  const std::optional<DateTime> boundary = at ? DateBoundary(*at, high, digits.value_or(is_time ? 9 : is_date ? 8 : 17), is_date) : std::nullopt;
  if (!boundary) return Values();
  return One(SystemValue{scalar->type, boundary->ToString(), {}});
}

}  // namespace

Result<Values> LowBoundary(Evaluator& evaluator, const Call& call) { return Boundary(evaluator, call, false); }
Result<Values> HighBoundary(Evaluator& evaluator, const Call& call) { return Boundary(evaluator, call, true); }

Result<Values> Precision(Evaluator&, const Call& call) {
  if (call.input.empty()) return Values();
  const std::optional<Scalar> scalar = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
  if (scalar && IsNumeric(scalar->type)) {
    const std::optional<Decimal> number = Decimal::Parse(scalar->text);
    return number ? One(Integer(static_cast<std::int64_t>(number->places()))) : Values();
  }
  if (!scalar || (!IsTemporal(scalar->type) && scalar->type != SystemType::kTime)) {
    return Evaluator::Fail(call.node, "precision() takes a number, date or time.");
  }
  const std::optional<DateTime> at = ToDateTime(*scalar);
  if (!at) return Values();
  constexpr std::int64_t kDigits[] = {4, 6, 8, 10, 12, 14};
  return One(Integer(kDigits[static_cast<std::size_t>(at->precision)] + at->fraction_digits - (at->has_date ? 0 : 8)));
}

}  // namespace fhir::path::functions
