// Largest remainders.
#include "fhir/money/split.h"

#include <algorithm>
#include <numeric>

namespace fhir::money {
namespace {

// All weights as whole numbers over one denominator.
std::optional<std::vector<Int128>> WholeWeights(std::span<const Share> shares) {
  Fraction common(1);
  for (const Share& share : shares) {
    if (share.weight.is_negative()) return std::nullopt;
    // The least common multiple, as a fraction: common × denominator / divisor.
    const auto ratio = Fraction::Of(share.weight.denominator(), common.numerator());
    if (!ratio) return std::nullopt;
    const auto next = common.Times(*Fraction::Of(ratio->numerator(), 1));
    if (!next) return std::nullopt;
    common = *next;
  }
  std::vector<Int128> weights;
  for (const Share& share : shares) {
    const auto whole = share.weight.Times(common);
    if (!whole) return std::nullopt;
    weights.push_back(whole->numerator());
  }
  return weights;
}

}  // namespace

std::optional<std::vector<Pence>> Split(Pence total, std::span<const Share> shares) {
  const auto weights = WholeWeights(shares);
  if (!weights) return std::nullopt;
  Int128 sum = 0;
  for (const Int128 weight : *weights) {
    if (__builtin_add_overflow(sum, weight, &sum)) return std::nullopt;
  }
  if (sum == 0) return std::nullopt;
  const Int128 whole = total < 0 ? -static_cast<Int128>(total) : static_cast<Int128>(total);
  std::vector<Pence> parts(shares.size());
  std::vector<Int128> remainders(shares.size());
  Int128 given = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    Int128 product = 0;
    if (__builtin_mul_overflow(whole, (*weights)[i], &product)) return std::nullopt;
    parts[i] = static_cast<Pence>(product / sum);
    remainders[i] = product % sum;
    given += parts[i];
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : shares[a].identifier < shares[b].identifier;
  });
  // The odd pennies are fewer than there are remainders above 0.
  for (std::size_t i = 0; given < whole; ++i, ++given) ++parts[order[i]];
  if (total < 0) std::ranges::transform(parts, parts.begin(), [](Pence part) { return -part; });
  return parts;
}

Pence EvenPart(Pence total, std::size_t count, std::size_t k) {
  const auto parts = static_cast<Pence>(count);
  const Pence rest = total % parts;
  const Pence odd = static_cast<Pence>(k) < (rest < 0 ? -rest : rest) ? 1 : 0;
  return total / parts + (rest < 0 ? -odd : odd);
}

}  // namespace fhir::money
