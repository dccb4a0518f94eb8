// careloom client: a fresh secret for a system that may call. The secret goes to the terminal and nowhere else; what the
// server keeps is its digest, printed as a line for the settings file.
#include <unistd.h>

#include <array>

#include "server/command/files.h"
#include "server/http/clients.h"

namespace server::command {
namespace {

constexpr std::size_t kSecretCharacters = 43;   // of 64 kinds: 258 bits

std::string FreshSecret() {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, kSecretCharacters> bytes{};
  while (::getentropy(bytes.data(), bytes.size()) != 0) {
  }
  std::string secret;
  for (const unsigned char byte : bytes) secret += kDigits[byte & 63];
  return secret;
}

std::string Hex(const http::Digest& digest) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const std::string& name = arguments.Get("NAME");
  if (!http::IsClientName(name)) {
    Say(terminal.err, "client: '" + name + "' cannot be a client's name; allowed are 1 to 40 of a-z, 0-9 and '-'");
    return Exit::kWrongUse;
  }
  const std::string secret = FreshSecret();
  Say(terminal.err, "The secret of " + name + ", which is shown this once and kept nowhere:");
  Say(terminal.err, "  " + secret);
  Say(terminal.err, "It calls with 'Authorization: Bearer " + name + ".SECRET' (curl --user " + name + " asks for the secret).");
  Say(terminal.err, "The line on standard output belongs into the settings file of the server, which none but its owner may read.");
  Say(terminal.out, "client." + name + ".secret-sha256 = " + Hex(http::Sha256Of(secret)));
  return Exit::kDone;
}

}  // namespace

Command ClientCommand() {
  return {.name = "client",
          .summary = "Make the secret of a system that may call, and its line for the settings file",
          .example = "careloom client practice-a >> careloom.conf",
          .parameters = {{.name = "NAME", .value = "NAME", .help = "what the server knows the client by: 1 to 40 of a-z, 0-9 and '-'", .required = true}},
          .run = Run};
}

}  // namespace server::command
