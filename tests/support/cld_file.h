// CLD files as tests see them: rows as plain values, written and read independently of the adapter.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/council/cld/columns.h"

namespace careloom_test {

using CldColumn = adapters::council::cld::Column;

// Cells in the specification's order; dates YYYY-MM-DD, an empty text where nothing is said.
struct CldRow {
  std::array<std::string, adapters::council::cld::kColumnCount> cells;

  std::string& operator[](CldColumn column) { return cells[static_cast<std::size_t>(column)]; }
  const std::string& operator[](CldColumn column) const { return cells[static_cast<std::size_t>(column)]; }
  auto operator<=>(const CldRow&) const = default;
};

// How a file is written.
struct CldForm {
  bool iso_dates = false;    // or dd/MM/yyyy
  bool quote_all = false;    // or where RFC 4180 demands it
  bool null_text = false;    // NULL where nothing is said
  bool bom = false;
  bool crlf = true;
};

std::string WriteCld(const std::vector<CldRow>& rows, const CldForm& form = {});
// Header and rows of a whole file in any of these forms; the header is not looked at. Requires: fifty cells a row.
std::vector<CldRow> ReadCld(std::string_view bytes);

// The planned cost of these rows in a period, by DHSC's formula (domain facts 5.4), in pennies: exact fractions,
// rounded half up once. Requests, assessments and reviews cost nothing; a date of death ends what would go on.
std::int64_t PlannedPennies(const std::vector<CldRow>& rows, std::string_view from, std::string_view to);

// One planned price, for PlannedPennies and for what reads it from elsewhere.
struct CldPrice {
  std::string unit_cost, frequency, units;  // as written
  std::string from, to;                     // days, inclusive; `to` may be empty: it goes on
};
// The fraction's numerator over kPennyParts.
inline constexpr std::int64_t kPennyParts = 36'400;  // 52 weeks × 7 days × hundredths of a unit
std::int64_t PennyParts(const CldPrice& price, std::string_view from, std::string_view to);
// Half up.
std::int64_t Pennies(std::int64_t parts);

// Days since 1970 of YYYY-MM-DD, and back.
int CldDay(std::string_view date);
std::string CldDate(int day);

}  // namespace careloom_test
