// Finance ledgers of people who do not exist, from a seed: the same options give the same rows everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/support/cld_generator.h"
#include "tests/support/ledger_file.h"

namespace careloom_test {

struct LedgerOptions {
  std::uint64_t seed = 1;
  std::string as_at = "2026-03-31";     // the period is the CLD file's
  double integrated = 0.2;              // share of people whose budget two funders pay
  double corrected = 0.2;               // share of postings that are taken back and posted anew
};

// Of the people of a CLD file, one budget each (an integrated one with two parts): planned lines, postings and a return, within what was agreed.
// Sorted as a finance system would write them: budgets, packages, payments, returns.
std::vector<LedgerRow> GenerateLedger(const CldFile& people, const LedgerOptions& options = {});

}  // namespace careloom_test
