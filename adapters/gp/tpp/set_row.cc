// One byte for the table, eight for the row, the low one first, then the cells.
#include "adapters/gp/tpp/set_row.h"

#include "adapters/base/row_form.h"

namespace adapters::gp::tpp {
namespace {

constexpr std::size_t kNumberBytes = 8;

}  // namespace

std::string PlaceOf(std::string_view table, std::uint64_t row, std::string_view column) {
  std::string place = std::string(table) + " row " + std::to_string(row);
  if (!column.empty()) (place += ", column ") += column;
  return place;
}

std::string WithoutBlanks(std::string_view cell) {
  std::string text(cell);
  std::erase(text, ' ');
  return text;
}

std::string PackRow(const SetRow& row) { return PackBadRow(row.table, row.number) + PackCells(row.cells); }

std::string PackBadRow(std::size_t table, std::uint64_t number) {
  std::string bytes(1, static_cast<char>(table));
  for (std::size_t i = 0; i < kNumberBytes; ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xFFU);
  return bytes;
}

std::optional<SetRow> UnpackRow(const Tables& tables, std::string_view bytes) {
  if (bytes.size() < 1 + kNumberBytes || static_cast<unsigned char>(bytes[0]) >= tables.all().size()) return std::nullopt;
  SetRow row;
  row.table = static_cast<unsigned char>(bytes[0]);
  for (std::size_t i = 0; i < kNumberBytes; ++i) row.number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[1 + i])) << (8 * i);
  bytes.remove_prefix(1 + kNumberBytes);
  if (bytes.empty()) return row;
  row.cells.resize(tables.at(row.table).columns.size());
  if (!UnpackCells(bytes, row.cells)) return std::nullopt;
  return row;
}

}  // namespace adapters::gp::tpp
