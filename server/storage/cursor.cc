// See cursor.h. HMAC-SHA-256 cut to 16 bytes before the payload.
#include "server/storage/cursor.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <optional>

namespace server::storage {

namespace {

constexpr std::size_t kMacBytes = 16;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string ToBase64Url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 63];
  return out;
}

std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xFF);
    }
  }
  return out;
}

std::string Mac(std::string_view secret, std::string_view scope, std::string_view payload) {
  std::string message(scope);
  message += '\0';
  message += payload;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac, &size);
  return std::string(reinterpret_cast<const char*>(mac), kMacBytes);
}

}  // namespace

std::string SealCursor(std::string_view secret, std::string_view scope, std::string_view payload) {
  return ToBase64Url(Mac(secret, scope, payload) + std::string(payload));
}

fhir::Result<std::string> OpenCursor(std::string_view secret, std::string_view scope, std::string_view cursor) {
  const std::optional<std::string> bytes = FromBase64Url(cursor);
  if (bytes && bytes->size() >= kMacBytes) {
    const std::string payload = bytes->substr(kMacBytes), mac = Mac(secret, scope, payload);
    // Only the one spelling: unused bits at the end must not make a second cursor of the same meaning.
    if (CRYPTO_memcmp(mac.data(), bytes->data(), kMacBytes) == 0 && ToBase64Url(*bytes) == cursor) return payload;
  }
  return fhir::Error(fhir::ErrorKind::kInvalid,
                     "The page link is not one of this server's for this search. Follow the link as it was given, or search again without _cursor.")
      .WithIssueType("value");
}

}  // namespace server::storage
