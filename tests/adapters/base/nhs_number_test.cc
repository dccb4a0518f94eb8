// Modulus 11, by published test numbers.
#include "adapters/base/nhs_number.h"

#include <gtest/gtest.h>

namespace adapters {
namespace {

TEST(NhsNumber, AcceptsPublishedTestNumbers) {
  for (const char* number : {"9000000009", "9912003888", "9434765919", "6700028191", "9999999999", "9876543210"}) {
    EXPECT_TRUE(IsNhsNumber(number)) << number;
  }
}

TEST(NhsNumber, RefusesWrongCheckDigitLengthAndCharacters) {
  for (const char* number : {"1234567890", "9000000008", "900000000", "90000000090", "900000000X", "", "900 000 0009"}) {
    EXPECT_FALSE(IsNhsNumber(number)) << number;
  }
}

}  // namespace
}  // namespace adapters
