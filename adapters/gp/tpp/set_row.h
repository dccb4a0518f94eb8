// A row of a table, whether it came from a set at hand or was turned back from what is stored. Both directions meet here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/gp/tpp/tables.h"

namespace adapters::gp::tpp {

struct SetRow {
  std::size_t table = 0;
  std::vector<std::string> cells;   // by column: trimmed, "NULL" is empty, times as FHIR writes them
  Submission said_by;               // the set that said it last
  bool withdrawn = false;           // taken back, by a mark or by a full set that does not hold it
  std::uint64_t number = 0;         // where it stands in its file at hand (the header is row 1); 0: out of the store
  bool stands = true;               // of rows at hand: what is stored is as it says

  const std::string& Cell(std::size_t column) const { return cells[column]; }
};

// The id that tells rows of a table apart.
inline const std::string& IdOf(const Table& table, const SetRow& row) { return row.cells[table.row]; }
// What the resource is known by within the person: the key column, or the row's own id where it is empty.
inline const std::string& KeyOf(const Table& table, const SetRow& row) {
  return row.cells[table.key].empty() ? row.cells[table.row] : row.cells[table.key];
}

// "SRGoal row 17", "SRGoal row 17, column DateGoalTarget"; an empty column is left out.
std::string PlaceOf(std::string_view table, std::uint64_t row, std::string_view column = {});

// "943 476 5919" as "9434765919".
std::string WithoutBlanks(std::string_view cell);

// For the staging: the table, the row's place in its file, and the cells. Of a bad row no cells. (The staging's own numbers
// go through the set, as rows of several files have the same ones.)
std::string PackRow(const SetRow& row);
std::string PackBadRow(std::size_t table, std::uint64_t number);
// Nothing for bytes that PackRow did not make. A bad row has no cells.
std::optional<SetRow> UnpackRow(const Tables& tables, std::string_view bytes);

}  // namespace adapters::gp::tpp
