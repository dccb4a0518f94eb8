// Reading and comparing credentials.
#include "server/http/clients.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "server/http/error_response.h"

namespace server::http {
namespace {

struct Credentials {
  std::string name, secret;
};

bool TakeScheme(std::string_view& text, std::string_view scheme) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (text.size() <= scheme.size() || text[scheme.size()] != ' ') return false;
  if (!std::ranges::equal(text.substr(0, scheme.size()), scheme, {}, lower)) return false;
  text.remove_prefix(scheme.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return true;
}

// RFC 4648 §4 with its padding, no blanks, no bits left over.
std::optional<std::string> DecodeBase64(std::string_view text) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(static_cast<unsigned char>(bits >> held));
    bits &= (1U << held) - 1;
  }
  if (bits != 0) return std::nullopt;
  return bytes;
}

std::optional<Credentials> Split(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return Credentials{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

std::optional<Credentials> Read(std::string_view authorization) {
  if (authorization.size() > 2 * (kMostSecretBytes + 64)) return std::nullopt;
  if (TakeScheme(authorization, "bearer")) return Split(authorization, '.');
  if (!TakeScheme(authorization, "basic")) return std::nullopt;
  const auto decoded = DecodeBase64(authorization);
  return decoded ? Split(*decoded, ':') : std::nullopt;
}

}  // namespace

bool IsClientName(std::string_view text) {
  return !text.empty() && text.size() <= 40 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Digest Sha256Of(std::string_view bytes) {
  Digest digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return digest;
}

std::string_view Clients::Find(std::string_view authorization) const {
  const auto given = Read(authorization);
  if (!given || given->secret.size() < kLeastSecretBytes || given->secret.size() > kMostSecretBytes) return {};
  const Digest digest = Sha256Of(given->secret);
  const Client* found = nullptr;
  // All are compared, so that an unknown name takes as long as a known one.
  for (const Client& client : clients_) {
    const bool same_secret = CRYPTO_memcmp(client.secret_sha256.data(), digest.data(), digest.size()) == 0;
    const bool same_name = client.name == given->name;
    if (same_secret & same_name) found = &client;
  }
  return found ? std::string_view(found->name) : std::string_view();
}

Response AskForCredentials() {
  Response answer = Refuse(401, "login",
                           "This needs the name and secret of a known client, as 'Authorization: Basic' or as 'Authorization: Bearer NAME.SECRET'. "
                           "Whoever runs this server makes them with 'careloom client NAME'.");
  answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Careloom\", charset=\"UTF-8\", Bearer realm=\"Careloom\"");
  return answer;
}

}  // namespace server::http
