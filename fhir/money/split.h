// A total shared out so that the parts sum to it: each part rounded down, the odd pennies to the largest remainders.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/money/amount.h"
#include "fhir/money/fraction.h"

namespace fhir::money {

struct Share {
  Fraction weight;                // its part of the sum of all weights
  std::string_view identifier;    // among equal remainders the smaller one (by bytes) gets the penny first
};

// One part for each share, in their order; they sum to `total`. A negative total is split as its opposite, with the sign put back.
// Nothing when a weight is negative, when all are 0, or when the arithmetic does not fit 128 bits.
std::optional<std::vector<Pence>> Split(Pence total, std::span<const Share> shares);

// The k-th of `count` equal parts when they are in order of identifier. Requires: count > 0, k < count.
Pence EvenPart(Pence total, std::size_t count, std::size_t k);

}  // namespace fhir::money
