// The words that a generated CLD file uses, in both releases of the specification (domain facts 5.2, 5.3).
#pragma once

#include <string_view>
#include <vector>

#include "adapters/council/cld/columns.h"

namespace careloom_test {

// One value of a list as each release writes it, and how often it is met (of about a hundred).
struct CldWord {
  std::string_view release_2;
  std::string_view release_1;  // empty: Release 1 is not known to have written it otherwise
  int weight = 1;

  std::string_view In(int release) const { return release == 1 && !release_1.empty() ? release_1 : release_2; }
};

// The list of a column; none for a column without one.
const std::vector<CldWord>& CldWords(adapters::council::cld::Column column);

}  // namespace careloom_test
