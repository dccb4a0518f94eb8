// Reporting sets of people who do not exist, from a seed: the same options give the same set everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace careloom_test {

struct TppTable {
  std::string name;                              // "SRGoal"
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  std::size_t Column(std::string_view column) const;
  const std::string& Cell(std::size_t row, std::string_view column) const { return rows[row][Column(column)]; }
  std::string& Cell(std::size_t row, std::string_view column) { return rows[row][Column(column)]; }
};

struct TppSet {
  std::vector<TppTable> tables;                  // all ten, in the order of their names
  std::map<std::string, std::string> fields;     // load, extracted

  TppTable& operator[](std::string_view table);
  const TppTable& operator[](std::string_view table) const;
  std::size_t rows() const;
};

struct TppOptions {
  std::uint64_t seed = 1;
  std::size_t people = 50;
  std::string organisation = "A81001";
  std::vector<std::string> nhs_numbers = {};     // of the first people; the others have 999…, a few none
  double blanks = 0.05;                          // share of cells left empty or written NULL
  double test_patients = 0.02;
  double orphans = 0;                            // share of plans' parts that name a plan that is not in the set
};

TppSet GenerateTpp(const TppOptions& options);

// What changed the day after: some goals reached, items removed, reviews done, needs taken back by mark. Only those rows.
TppSet TppDayAfter(const TppSet& set, std::uint64_t seed);

std::string WriteTppTable(const TppTable& table);
// As multipart/form-data, the body alone. `tables` empty: all.
std::string WriteTpp(const TppSet& set, std::string_view boundary = "----tpp-boundary");
// What Windows programs write; of text that windows-1252 can say.
std::string ToWindows1252(std::string_view utf8);
// Of files that the way back wrote.
TppTable ReadTppTable(std::string_view name, std::string_view csv);
// The parts of a body, by name.
std::map<std::string, std::string> PartsOf(std::string_view body);

}  // namespace careloom_test
