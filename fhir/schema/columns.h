// Splits tables of facts into lines and columns. Private to fhir/schema.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace fhir::schema {

// Takes the text up to the separator off `rest`, which becomes what follows it (empty at the end).
inline std::string_view Take(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return taken;
}

// The first N columns of a line; those it does not have are empty.
template <std::size_t N>
std::array<std::string_view, N> Columns(std::string_view line) {
  std::array<std::string_view, N> columns{};
  for (std::string_view& column : columns) column = Take(line, '\t');
  return columns;
}

inline std::vector<std::string_view> SplitList(std::string_view list, char separator) {
  std::vector<std::string_view> items;
  while (!list.empty()) items.push_back(Take(list, separator));
  return items;
}

// Calls `visit(line)` for every line but the first, which is a comment.
template <typename Visit>
void EachLine(std::string_view table, Visit visit) {
  Take(table, '\n');
  while (!table.empty()) visit(Take(table, '\n'));
}

}  // namespace fhir::schema
