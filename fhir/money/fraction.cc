// Arithmetic on fractions, with every overflow noticed.
#include "fhir/money/fraction.h"

#include <algorithm>
#include <limits>

namespace fhir::money {
namespace {

constexpr Int128 kMin = std::numeric_limits<std::int64_t>::min(), kMax = std::numeric_limits<std::int64_t>::max();

Int128 Magnitude(Int128 value) { return value < 0 ? -value : value; }

Int128 GreatestCommonDivisor(Int128 a, Int128 b) {
  a = Magnitude(a);
  b = Magnitude(b);
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

std::optional<Int128> Product(Int128 a, Int128 b) {
  Int128 product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

std::optional<Int128> Sum(Int128 a, Int128 b) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

Int128 FloorDivision(Int128 a, Int128 b) { return a / b - (a % b < 0 ? 1 : 0); }

std::optional<std::int64_t> To64(Int128 value) {
  if (value < kMin || value > kMax) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

void AppendWhole(std::string& out, Int128 value) {
  std::string digits;
  for (Int128 rest = value; rest != 0; rest /= 10) digits += static_cast<char>('0' + static_cast<int>(Magnitude(rest % 10)));
  if (value < 0) digits += '-';
  if (digits.empty()) digits = "0";
  std::reverse(digits.begin(), digits.end());
  out += digits;
}

}  // namespace

std::optional<Fraction> Fraction::Of(Int128 numerator, Int128 denominator) {
  // The smallest number has no opposite.
  constexpr Int128 kLowest = static_cast<Int128>(UInt128{1} << 127);
  if (denominator == 0 || numerator == kLowest || denominator == kLowest) return std::nullopt;
  const Int128 divisor = GreatestCommonDivisor(numerator, denominator) * (denominator < 0 ? -1 : 1);
  return Fraction(numerator / divisor, denominator / divisor);
}

std::optional<Fraction> Fraction::Parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t places = point == text.size() ? 0 : text.size() - point - 1;
  if (point == 0 || point > 12 || places > 6 || (point != text.size() && places == 0)) return std::nullopt;
  std::int64_t numerator = 0, denominator = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    numerator = numerator * 10 + (text[i] - '0');
    if (i > point) denominator *= 10;
  }
  return Of(negative ? -numerator : numerator, denominator);
}

std::optional<Fraction> Fraction::ParseQuotient(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto above = Parse(text.substr(0, slash));
  if (slash == std::string_view::npos || !above) return above;
  const auto below = Parse(text.substr(slash + 1));
  return below ? above->DividedBy(*below) : std::nullopt;
}

std::optional<Fraction> Fraction::Plus(const Fraction& other) const {
  const Int128 divisor = GreatestCommonDivisor(denominator_, other.denominator_);
  const auto left = Product(numerator_, other.denominator_ / divisor), right = Product(other.numerator_, denominator_ / divisor);
  const auto denominator = Product(denominator_, other.denominator_ / divisor);
  if (!left || !right || !denominator) return std::nullopt;
  const auto numerator = Sum(*left, *right);
  return numerator ? Of(*numerator, *denominator) : std::nullopt;
}

std::optional<Fraction> Fraction::Minus(const Fraction& other) const { return Plus(Fraction(-other.numerator_, other.denominator_)); }

std::optional<Fraction> Fraction::Times(const Fraction& other) const {
  // Reduced across first, so that what fits is not lost on the way.
  const Int128 one = std::max<Int128>(GreatestCommonDivisor(numerator_, other.denominator_), 1);
  const Int128 two = std::max<Int128>(GreatestCommonDivisor(other.numerator_, denominator_), 1);
  const auto numerator = Product(numerator_ / one, other.numerator_ / two), denominator = Product(denominator_ / two, other.denominator_ / one);
  if (!numerator || !denominator) return std::nullopt;
  return Of(*numerator, *denominator);
}

std::optional<Fraction> Fraction::DividedBy(const Fraction& other) const {
  if (other.is_zero()) return std::nullopt;
  const Int128 sign = other.numerator_ < 0 ? -1 : 1;
  return Times(Fraction(other.denominator_ * sign, other.numerator_ * sign));
}

std::optional<std::int64_t> Fraction::RoundedHalfUp() const {
  // floor(x + 1/2) without the sum, which might not fit.
  const Int128 whole = FloorDivision(numerator_, denominator_), rest = numerator_ - whole * denominator_;
  return To64(whole + (rest >= denominator_ - rest ? 1 : 0));
}

std::optional<std::int64_t> Fraction::Floor() const { return To64(FloorDivision(numerator_, denominator_)); }

int Fraction::Compare(const Fraction& other) const {
  // By whole parts, then by the opposites of what remains: nothing that could overflow.
  Int128 a = numerator_, b = denominator_, c = other.numerator_, d = other.denominator_;
  for (int sign = 1;; sign = -sign) {
    const Int128 p = FloorDivision(a, b), q = FloorDivision(c, d);
    if (p != q) return p < q ? -sign : sign;
    a -= p * b;
    c -= q * d;
    if (a == 0 || c == 0) return a == c ? 0 : (a == 0 ? -sign : sign);
    std::swap(a, b);
    std::swap(c, d);
  }
}

std::string Fraction::ToString() const {
  std::string text;
  AppendWhole(text, numerator_);
  if (denominator_ == 1) return text;
  text += '/';
  AppendWhole(text, denominator_);
  return text;
}

}  // namespace fhir::money
