// SHA-256 (FIPS 180-4), for keys and fingerprints derived from content. Not for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace adapters {

std::array<std::uint8_t, 32> Sha256(std::string_view bytes);
// Lower-case hexadecimal, 64 characters.
std::string Sha256Hex(std::string_view bytes);
// A UUID that is always the same for the same text (RFC 4122 layout, marked as name-based).
std::string DerivedUuid(std::string_view text);

}  // namespace adapters
