// The systems that may call: each has a name and a secret of which only the SHA-256 is kept here. A request shows them as
// `Authorization: Basic base64(NAME:SECRET)` (RFC 7617) or `Authorization: Bearer NAME.SECRET` (RFC 6750).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"

namespace server::http {

using Digest = std::array<unsigned char, 32>;

struct Client {
  std::string name;        // IsClientName
  Digest secret_sha256{};
};

// 1 to 40 of a-z, 0-9 and '-'.
bool IsClientName(std::string_view text);
Digest Sha256Of(std::string_view bytes);

inline constexpr std::size_t kLeastSecretBytes = 16;   // a shorter secret is nobody's
inline constexpr std::size_t kMostSecretBytes = 256;

class Clients {
 public:
  explicit Clients(std::vector<Client> clients) : clients_(std::move(clients)) {}
  bool empty() const { return clients_.empty(); }
  // The name of the client whose name and secret the Authorization header's value holds; empty when it is no client's. How
  // long it takes does not tell a wrong secret from an unknown name, nor how much of a secret was right.
  std::string_view Find(std::string_view authorization) const;

 private:
  std::vector<Client> clients_;
};

// The one answer to whoever is not a known client, whatever is missing or wrong.
Response AskForCredentials();

}  // namespace server::http
