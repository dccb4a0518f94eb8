// Packed facts to the form on the disk and back, see facts.h: most texts of their own are ids, and most ids are
// UUIDs.
#include <array>
#include <cstdint>

#include "server/storage/bytes.h"
#include "server/storage/facts.h"

namespace server::storage {

namespace {

constexpr std::size_t kUuidText = 36, kUuidBytes = 16;

bool IsDash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

// The 16 bytes of a UUID in lower case, appended; false for any other text.
bool AppendUuidBytes(std::string_view text, std::string& out) {
  if (text.size() != kUuidText) return false;
  std::array<char, kUuidBytes> bytes{};
  std::size_t digits = 0;
  for (std::size_t at = 0; at < kUuidText; ++at) {
    const char c = text[at];
    if (IsDash(at)) {
      if (c != '-') return false;
      continue;
    }
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    bytes[digits / 2] = static_cast<char>(static_cast<unsigned char>(bytes[digits / 2]) << 4 | digit);
    ++digits;
  }
  out.append(bytes.data(), bytes.size());
  return true;
}

void AppendUuidText(std::string_view bytes, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  for (std::size_t at = 0, digits = 0; at < kUuidText; ++at) {
    if (IsDash(at)) {
      out += '-';
      continue;
    }
    const auto byte = static_cast<unsigned char>(bytes[digits / 2]);
    out += kHex[digits % 2 == 0 ? byte >> 4 : byte & 0xF];
    ++digits;
  }
}

}  // namespace

// No packed text is empty (the empty one is a common text), so that a length of 0 can announce a UUID.
std::string SqueezeFacts(std::string_view packed) {
  ByteReader reader{packed};
  const std::uint64_t count = reader.Varint();
  std::string out;
  out.reserve(packed.size());
  PutVarint(out, count);
  for (std::uint64_t i = 0; i < count && reader.ok; ++i) {
    const std::string_view text = reader.Text();
    const std::size_t before = out.size();
    PutVarint(out, 0);
    if (AppendUuidBytes(text, out)) continue;
    out.resize(before);
    PutText(out, text);
  }
  return out.append(reader.bytes);
}

std::string ExpandFacts(std::string_view squeezed) {
  ByteReader reader{squeezed};
  const std::uint64_t count = reader.Varint();
  std::string out;
  out.reserve(squeezed.size() + 256);
  PutVarint(out, count);
  for (std::uint64_t i = 0; i < count && reader.ok; ++i) {
    const std::string_view text = reader.Text();
    if (!text.empty()) {
      PutText(out, text);
    } else if (reader.bytes.size() >= kUuidBytes) {
      PutVarint(out, kUuidText);
      AppendUuidText(reader.bytes.substr(0, kUuidBytes), out);
      reader.bytes.remove_prefix(kUuidBytes);
    } else {
      reader.bytes = {};
    }
  }
  return out.append(reader.bytes);
}

}  // namespace server::storage
