// Is a text fit for FHIR: valid UTF-8 (https://www.rfc-editor.org/rfc/rfc3629) without U+0000 and without code points that
// are no characters (U+FFFE: XML cannot carry it)? One pass, eight ASCII characters at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace fhir {

enum class TextFault : std::uint8_t { kNone, kZero, kNotUtf8, kNoncharacter };

namespace utf8 {

// Bytes of the character that starts here; 0 when none does. Overlong forms, surrogates and what is over
// U+10FFFF are none.
inline std::size_t CharacterAt(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    return continues(1) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// Of the character that starts here and has three or four bytes: is it one of the 66 that Unicode keeps free for ever, U+FDD0 to
// U+FDEF and the last two of each plane?
inline bool IsNoncharacter(std::string_view text, std::size_t size) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const bool last_two = byte(size - 2) == 0xBF && byte(size - 1) >= 0xBE;
  if (size == 3) return byte(0) == 0xEF && (last_two || (byte(1) == 0xB7 && byte(2) >= 0x90 && byte(2) <= 0xAF));
  return last_two && (byte(1) & 0x0FU) == 0x0F;
}

}  // namespace utf8

inline TextFault FindTextFault(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080U, kOnes = 0x0101010101010101U;
  while (!text.empty()) {
    while (text.size() >= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), sizeof word);
      // Neither a high bit (not ASCII) nor a byte that borrows (zero).
      if (((word | (word - kOnes)) & kHigh) != 0) break;
      text.remove_prefix(sizeof word);
    }
    if (text.empty()) break;
    if (text[0] == '\0') return TextFault::kZero;
    const std::size_t size = utf8::CharacterAt(text);
    if (size == 0) return TextFault::kNotUtf8;
    if (size >= 3 && utf8::IsNoncharacter(text, size)) return TextFault::kNoncharacter;
    text.remove_prefix(size);
  }
  return TextFault::kNone;
}

}  // namespace fhir
