// Exact fractions: rates, shares and parts of weeks until they become pence. What does not fit 128 bits has no value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/money/amount.h"

namespace fhir::money {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

// Kept in lowest terms, the denominator above 0.
class Fraction {
 public:
  constexpr Fraction() = default;                              // 0
  constexpr explicit Fraction(std::int64_t whole) : numerator_(whole) {}
  // Nothing when the denominator is 0.
  static std::optional<Fraction> Of(Int128 numerator, Int128 denominator);
  // A decimal without exponent, at most 12 digits before and 6 after the point: "2.5", "-1".
  static std::optional<Fraction> Parse(std::string_view text);
  // The same, or a quotient of two: "1/3".
  static std::optional<Fraction> ParseQuotient(std::string_view text);

  Int128 numerator() const { return numerator_; }
  Int128 denominator() const { return denominator_; }
  bool is_negative() const { return numerator_ < 0; }
  bool is_zero() const { return numerator_ == 0; }

  // Nothing when it does not fit; of a quotient also when `other` is 0.
  std::optional<Fraction> Plus(const Fraction& other) const;
  std::optional<Fraction> Minus(const Fraction& other) const;
  std::optional<Fraction> Times(const Fraction& other) const;
  std::optional<Fraction> DividedBy(const Fraction& other) const;

  // The nearest whole number, a half up: 1/2 is 1, -1/2 is 0. Nothing when it does not fit.
  std::optional<std::int64_t> RoundedHalfUp() const;
  // The whole number at or below.
  std::optional<std::int64_t> Floor() const;
  // -1, 0, 1.
  int Compare(const Fraction& other) const;
  friend bool operator==(const Fraction&, const Fraction&) = default;
  // "5/2", "3".
  std::string ToString() const;

 private:
  constexpr Fraction(Int128 numerator, Int128 denominator) : numerator_(numerator), denominator_(denominator) {}

  Int128 numerator_ = 0, denominator_ = 1;
};

}  // namespace fhir::money
