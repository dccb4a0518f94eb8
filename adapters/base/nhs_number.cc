// Modulus 11.
#include "adapters/base/nhs_number.h"

namespace adapters {

bool IsNhsNumber(std::string_view digits) {
  if (digits.size() != 10) return false;
  int sum = 0;
  for (int i = 0; i < 10; ++i) {
    const char c = digits[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return false;
    if (i < 9) sum += (c - '0') * (10 - i);
  }
  const int check = (11 - sum % 11) % 11;
  return check != 10 && check == digits[9] - '0';
}

}  // namespace adapters
