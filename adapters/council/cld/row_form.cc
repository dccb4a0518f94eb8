// Lengths before texts, so that any text goes through.
#include "adapters/council/cld/row_form.h"

namespace adapters::council::cld {

std::string PackCells(const Cells& cells) {
  std::string bytes;
  for (const std::string& cell : cells) {
    std::size_t length = cell.size();
    for (; length >= 0x80; length >>= 7) bytes += static_cast<char>((length & 0x7F) | 0x80);
    bytes += static_cast<char>(length);
    bytes += cell;
  }
  return bytes;
}

std::optional<Cells> UnpackCells(std::string_view bytes) {
  Cells cells;
  for (std::string& cell : cells) {
    std::size_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (bytes.empty() || shift > 28) return std::nullopt;
      const auto byte = static_cast<unsigned char>(bytes[0]);
      bytes.remove_prefix(1);
      length |= static_cast<std::size_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    if (length > bytes.size()) return std::nullopt;
    cell.assign(bytes, 0, length);
    bytes.remove_prefix(length);
  }
  if (!bytes.empty()) return std::nullopt;
  return cells;
}

}  // namespace adapters::council::cld
