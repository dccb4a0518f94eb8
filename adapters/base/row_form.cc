// Lengths before texts, so that any text goes through.
#include "adapters/base/row_form.h"

namespace adapters {

std::string PackCells(std::span<const std::string> cells) {
  std::string bytes;
  for (const std::string& cell : cells) {
    std::size_t length = cell.size();
    for (; length >= 0x80; length >>= 7) bytes += static_cast<char>((length & 0x7F) | 0x80);
    bytes += static_cast<char>(length);
    bytes += cell;
  }
  return bytes;
}

bool UnpackCells(std::string_view bytes, std::span<std::string> cells) {
  for (std::string& cell : cells) {
    std::size_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (bytes.empty() || shift > 28) return false;
      const auto byte = static_cast<unsigned char>(bytes[0]);
      bytes.remove_prefix(1);
      length |= static_cast<std::size_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    if (length > bytes.size()) return false;
    cell.assign(bytes, 0, length);
    bytes.remove_prefix(length);
  }
  return bytes.empty();
}

}  // namespace adapters
