// Money as pence in 64 bits. Written amounts are never negative, have two places at most and no exponent; figures reckoned from
// them may be negative. No binary fraction comes near it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace fhir::money {

// Hundredths of the currency's unit.
using Pence = std::int64_t;

// The largest amount that may be written: a thousand million pounds. Ninety million such amounts can be added up.
inline constexpr Pence kMaxWritten = 100'000'000'000;
inline constexpr std::string_view kDefaultCurrency = "GBP";

struct Amount {
  Pence pence = 0;
  std::string currency = std::string(kDefaultCurrency);   // ISO 4217
  friend bool operator==(const Amount&, const Amount&) = default;
};

// "12", "12.5", "12.50". kUnprocessable, with what was found and what is allowed: a sign, an exponent, a third place (of zero
// too), more than kMaxWritten, anything else.
Result<Pence> ParsePence(std::string_view text);
// With two places: "12.50", "-0.05".
std::string FormatPence(Pence pence);

// A FHIR Money {value, currency}: value is needed, currency is GBP when absent and three capital letters otherwise. kUnprocessable
// at the element's FHIRPath.
Result<Amount> ReadAmount(const Element& money);
// The same as children of `money`, an element of type Money.
void WriteAmount(Document& document, Element* money, const Amount& amount);

}  // namespace fhir::money
