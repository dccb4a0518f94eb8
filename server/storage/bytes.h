// Varints, fixed words and texts in byte strings, for packed facts and page cursors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace server::storage {

inline void PutVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

inline void PutWord(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

inline void PutText(std::string& out, std::string_view text) {
  PutVarint(out, text.size());
  out += text;
}

// Takes from the front of `bytes`. Past the end everything is 0 or empty, and ok turns false.
struct ByteReader {
  std::string_view bytes;
  bool ok = true;

  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    ok = false;
    return 0;
  }
  std::uint64_t Word() {
    if (bytes.size() < 8) {
      ok = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    bytes.remove_prefix(8);
    return value;
  }
  std::string_view Text() {
    const std::uint64_t size = Varint();
    if (!ok || size > bytes.size()) {
      ok = false;
      return {};
    }
    const std::string_view text = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return text;
  }
};

}  // namespace server::storage
