// CLD files of people who do not exist, from a seed: the same options give the same file everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/cld_file.h"

namespace careloom_test {

struct CldOptions {
  std::uint64_t seed = 1;
  std::size_t people = 50;
  std::size_t rows = 0;                    // exactly this many, of as many people as it takes; 0: all rows of `people`
  std::string la_code = "503";
  std::string from = "2025-04-01", to = "2026-03-31";
  int release = 2;
  std::vector<std::string> nhs_numbers;    // of the first people; the others have 999…, a few none
  double linked_carers = 0.7;              // share of carers' rows that name whom they care for, in the file
  double moves = 0.15;                     // share of people whose facts, postcode or practice change within the year
  double blanks = 0.03;                    // share of cells of the person left empty, each by itself
  double disagreements = 0.01;             // share of such cells that say something else on one row alone
  double same_key = 0.01;                  // share of services that are there twice with other costs
};

struct CldFile {
  CldOptions options;
  std::vector<CldRow> rows;
};

CldFile GenerateCld(const CldOptions& options);

// Two files of rolling twelve months, nine shared, as a council would send them: the earlier knows nothing of what
// came later; of what both cover, the later has some rows corrected (cost, end, outcome) and some withdrawn.
struct CldOverlap {
  CldFile earlier, later;
  std::size_t corrected = 0, withdrawn = 0;
};
// options.from is the first day of the earlier file; options.to is not looked at.
CldOverlap GenerateCldOverlap(CldOptions options);

// The rows that a file of that period holds (domain facts 5.4), with what was not known on its last day left out.
std::vector<CldRow> CldRowsOf(const std::vector<CldRow>& rows, const std::string& from, const std::string& to);

// A number from the test range 999… that passes modulus 11.
std::string CldNhsNumber(std::uint64_t number);

}  // namespace careloom_test
