// Schoolbook arithmetic on decimal digits. Numbers in health records are short; what matters is exactness.
#include "fhir/base/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace fhir {
namespace {

std::string StripLeadingZeros(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

int CompareDigits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::string AddDigits(std::string_view a, std::string_view b) {
  std::string sum;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry; ++i) {
    if (i < a.size()) carry += a[a.size() - 1 - i] - '0';
    if (i < b.size()) carry += b[b.size() - 1 - i] - '0';
    sum += static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  std::reverse(sum.begin(), sum.end());
  return sum;
}

// Requires: a is not less than b.
std::string SubtractDigits(std::string_view a, std::string_view b) {
  std::string difference(a);
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    int digit = a[a.size() - 1 - i] - '0' - borrow - (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    difference[a.size() - 1 - i] = static_cast<char>('0' + digit);
  }
  return StripLeadingZeros(std::move(difference));
}

std::string MultiplyDigits(std::string_view a, std::string_view b) {
  std::vector<int> product(a.size() + b.size(), 0);
  for (std::size_t i = a.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = b.size(); j-- > 0;) {
      carry += product[i + j + 1] + (a[i] - '0') * (b[j] - '0');
      product[i + j + 1] = carry % 10;
      carry /= 10;
    }
    product[i] += carry;
  }
  std::string digits;
  for (int digit : product) digits += static_cast<char>('0' + digit);
  return StripLeadingZeros(std::move(digits));
}

// Quotient and remainder of whole numbers. Requires: divisor is not zero.
std::pair<std::string, std::string> DivideDigits(std::string_view dividend, std::string_view divisor) {
  std::string quotient, rest;
  for (char digit : dividend) {
    if (!rest.empty() || digit != '0') rest += digit;
    char count = '0';
    while (CompareDigits(rest, divisor) >= 0) {
      rest = SubtractDigits(rest, divisor);
      ++count;
    }
    quotient += count;
  }
  return {StripLeadingZeros(std::move(quotient)), std::move(rest)};
}

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Decimal::Decimal(bool negative, std::string digits, std::size_t places)
    : negative_(negative), places_(places), digits_(StripLeadingZeros(std::move(digits))) {
  if (digits_.empty()) negative_ = false;
}

Decimal::Decimal(std::int64_t value) : Decimal(value < 0, std::to_string(value).substr(value < 0 ? 1 : 0), 0) {}

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  int exponent = 0;
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    if (!power.empty() && power[0] == '+') power.remove_prefix(1);
    const auto parsed = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (parsed.ec != std::errc() || parsed.ptr != power.data() + power.size()) return std::nullopt;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (!AllDigits(whole) || (point != std::string_view::npos && !AllDigits(fraction))) return std::nullopt;
  const long limit = static_cast<long>(kMaxDigits);
  const long places = static_cast<long>(fraction.size()) - exponent;
  if (text.size() > kMaxDigits || places > limit || places < -limit) return std::nullopt;
  std::string digits(whole);
  digits += fraction;
  if (places < 0) digits.append(static_cast<std::size_t>(-places), '0');
  if (digits.size() > kMaxDigits) return std::nullopt;
  return Decimal(negative, std::move(digits), places < 0 ? 0 : static_cast<std::size_t>(places));
}

std::optional<Decimal> Decimal::FromDouble(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  char buffer[32];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific, 14);
  std::optional<Decimal> decimal = Parse(std::string_view(buffer, static_cast<std::size_t>(written.ptr - buffer)));
  if (!decimal) return std::nullopt;
  return decimal->Normalised();
}

bool Decimal::is_whole() const { return Truncated() == *this; }

std::string Decimal::ToString() const {
  std::string text = digits_;
  if (text.size() <= places_) text.insert(0, places_ + 1 - text.size(), '0');
  if (places_ > 0) text.insert(text.size() - places_, 1, '.');
  if (negative_) text.insert(0, 1, '-');
  return text;
}

std::optional<std::int64_t> Decimal::ToInt64() const {
  if (!is_whole()) return std::nullopt;
  const std::string text = Truncated().ToString();
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

double Decimal::ToDouble() const {
  const std::string text = ToString();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Decimal Decimal::operator-() const { return Decimal(!negative_, digits_, places_); }
Decimal Decimal::Abs() const { return Decimal(false, digits_, places_); }

std::optional<Decimal> Decimal::Plus(const Decimal& other) const {
  const std::size_t places = std::max(places_, other.places_);
  std::string a = digits_, b = other.digits_;
  if (!a.empty()) a.append(places - places_, '0');
  if (!b.empty()) b.append(places - other.places_, '0');
  Decimal result;
  if (negative_ == other.negative_) {
    result = Decimal(negative_, AddDigits(a, b), places);
  } else if (CompareDigits(a, b) >= 0) {
    result = Decimal(negative_, SubtractDigits(a, b), places);
  } else {
    result = Decimal(other.negative_, SubtractDigits(b, a), places);
  }
  if (result.digits_.size() > kMaxDigits) return std::nullopt;
  return result;
}

std::optional<Decimal> Decimal::Times(const Decimal& other) const {
  const std::size_t places = places_ + other.places_;
  if (digits_.size() + other.digits_.size() > kMaxDigits || places > kMaxDigits) return std::nullopt;
  return Decimal(negative_ != other.negative_, MultiplyDigits(digits_, other.digits_), places);
}

std::optional<Decimal> Decimal::DividedBy(const Decimal& other, std::size_t places) const {
  if (other.is_zero()) return std::nullopt;
  // One place more than asked for, then round.
  std::string dividend = digits_, divisor = other.digits_;
  dividend.append(other.places_ + places + 1, '0');
  divisor.append(places_, '0');
  auto [quotient, rest] = DivideDigits(dividend, divisor);
  return Decimal(negative_ != other.negative_, std::move(quotient), places + 1).Rounded(places).Normalised();
}

std::optional<Decimal> Decimal::WholeQuotient(const Decimal& other) const {
  if (other.is_zero()) return std::nullopt;
  std::string dividend = digits_, divisor = other.digits_;
  dividend.append(other.places_, '0');
  divisor.append(places_, '0');
  return Decimal(negative_ != other.negative_, DivideDigits(StripLeadingZeros(dividend), divisor).first, 0);
}

std::optional<Decimal> Decimal::Remainder(const Decimal& other) const {
  const std::optional<Decimal> quotient = WholeQuotient(other);
  if (!quotient) return std::nullopt;
  const std::optional<Decimal> product = quotient->Times(other);
  if (!product) return std::nullopt;
  return Minus(*product);
}

Decimal Decimal::Rounded(std::size_t places) const {
  if (places >= places_) {
    std::string digits = digits_;
    if (!digits.empty()) digits.append(places - places_, '0');
    return Decimal(negative_, std::move(digits), places);
  }
  const std::size_t dropped = places_ - places;
  if (digits_.size() < dropped) return Decimal(false, {}, places);
  std::string kept = digits_.substr(0, digits_.size() - dropped);
  if (digits_[digits_.size() - dropped] >= '5') kept = AddDigits(kept, "1");
  return Decimal(negative_, std::move(kept), places);
}

Decimal Decimal::Truncated(std::size_t places) const {
  if (places >= places_) return *this;
  const std::size_t dropped = places_ - places;
  return Decimal(negative_, dropped < digits_.size() ? digits_.substr(0, digits_.size() - dropped) : std::string(), places);
}

Decimal Decimal::Floor() const {
  const Decimal whole = Truncated();
  return negative_ && !(whole == *this) ? *whole.Plus(Decimal(-1)) : whole;
}

Decimal Decimal::Ceiling() const { return -(-*this).Floor(); }

Decimal Decimal::Normalised() const {
  if (is_zero()) return Decimal();
  std::size_t drop = 0;
  while (drop < places_ && drop < digits_.size() && digits_[digits_.size() - 1 - drop] == '0') ++drop;
  return Decimal(negative_, digits_.substr(0, digits_.size() - drop), places_ - drop);
}

int Decimal::Compare(const Decimal& other) const {
  if (negative_ != other.negative_) return negative_ ? -1 : 1;
  std::string a = digits_, b = other.digits_;
  if (!a.empty() && places_ < other.places_) a.append(other.places_ - places_, '0');
  if (!b.empty() && other.places_ < places_) b.append(places_ - other.places_, '0');
  const int order = CompareDigits(a, b);
  return negative_ ? -order : order;
}

}  // namespace fhir
