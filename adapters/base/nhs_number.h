// The NHS number: ten digits, the last a modulus-11 check digit
// (NHS Data Dictionary, NHS NUMBER: weights 10 down to 2; 11 counts as 0, 10 is never issued).
#pragma once

#include <string_view>

namespace adapters {

constexpr std::string_view kNhsNumberSystem = "https://fhir.nhs.uk/Id/nhs-number";

// True for exactly ten digits whose check digit is right. White space is not passed over: the caller
// normalises, and keeps what was given.
bool IsNhsNumber(std::string_view digits);

}  // namespace adapters
