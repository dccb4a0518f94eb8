// Decimal numbers exactly as written: digits and a count of decimal places, so that 1.10 keeps its zero
// and 0.1 + 0.2 is 0.3. Bounded: a number of more than kMaxDigits digits does not exist here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fhir {

class Decimal {
 public:
  static constexpr std::size_t kMaxDigits = 400;

  Decimal() = default;  // 0
  explicit Decimal(std::int64_t value);
  // JSON's number form ("-1.50", "1e2"), also with a leading '+' or zeros. Nothing for other texts and
  // for numbers of more than kMaxDigits digits when written without an exponent.
  static std::optional<Decimal> Parse(std::string_view text);
  // To 15 significant digits; nothing for infinities and not-a-number.
  static std::optional<Decimal> FromDouble(double value);

  bool is_negative() const { return negative_; }
  bool is_zero() const { return digits_.empty(); }
  bool is_whole() const;                               // no digit but 0 after the point
  std::size_t places() const { return places_; }       // digits written after the point
  // Without exponent, with all its places: "1.50".
  std::string ToString() const;
  // Nothing when it has a fraction or does not fit.
  std::optional<std::int64_t> ToInt64() const;
  double ToDouble() const;

  Decimal operator-() const;
  Decimal Abs() const;
  // Nothing when the result has more than kMaxDigits digits.
  std::optional<Decimal> Plus(const Decimal& other) const;
  std::optional<Decimal> Minus(const Decimal& other) const { return Plus(-other); }
  std::optional<Decimal> Times(const Decimal& other) const;
  // Rounded half up (away from zero) to `places`, without needless zeros at the end; nothing by zero.
  std::optional<Decimal> DividedBy(const Decimal& other, std::size_t places) const;
  // The whole part of the quotient, and what remains (with this number's sign); nothing by zero.
  std::optional<Decimal> WholeQuotient(const Decimal& other) const;
  std::optional<Decimal> Remainder(const Decimal& other) const;
  // To fewer places; more are filled with zeros. Half goes away from zero.
  Decimal Rounded(std::size_t places) const;
  Decimal Truncated(std::size_t places = 0) const;
  Decimal Floor() const;
  Decimal Ceiling() const;
  // Without zeros at the end of the fraction.
  Decimal Normalised() const;

  // -1, 0, 1 by value: 1.0 is 1.00.
  int Compare(const Decimal& other) const;
  friend bool operator==(const Decimal& a, const Decimal& b) { return a.Compare(b) == 0; }
  friend bool operator<(const Decimal& a, const Decimal& b) { return a.Compare(b) < 0; }

 private:
  Decimal(bool negative, std::string digits, std::size_t places);

  bool negative_ = false;
  std::size_t places_ = 0;
  std::string digits_;  // '0' to '9', most significant first, none leading zero; empty is zero
};

}  // namespace fhir
