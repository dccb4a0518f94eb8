// Budgets and ledgers of invented people as FHIR JSON, with everything that fhir/money/README.md allows; the same for the same seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace careloom_test {

struct LedgerSize {
  int people = 1;
  int entries_each = 20;      // for each budget, about
  bool one_each = false;      // one budget a person that a server takes as it is, for benchmarks; else integrated ones and all kinds of gaps too
  std::string prefix = "p";   // what the people's ids begin with, and so all others
};

// Resources one by one: Patients, Organizations, Goals, Accounts and ChargeItems, each after what it references.
std::vector<std::string> GenerateLedgers(std::uint32_t seed, const LedgerSize& size);

}  // namespace careloom_test
