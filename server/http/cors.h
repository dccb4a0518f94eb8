// Which web pages may read answers (https://fetch.spec.whatwg.org/#http-cors-protocol): those of registered origins, and
// anybody the description of the server. A page shows its credentials itself, in Authorization; the browser's own (cookies,
// remembered passwords) are never asked for, so there is no Access-Control-Allow-Credentials.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"
#include "server/http/router.h"

namespace server::http {

// "https://host" or "https://host:port", in lower case and without a path; http only for this machine's own names.
bool IsOrigin(std::string_view text);

class Cors {
 public:
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}
  // Has the request come from a page, and of an origin that is not registered?
  bool IsForeign(const Request& request) const;
  // The answer to a browser that asks before it sends (OPTIONS with Access-Control-Request-Method); nothing when it is none
  // or its origin may not ask.
  std::optional<Response> Preflight(const Request& head, const RouteFacts& facts) const;
  // Adds what lets the page read the answer, when it may.
  void Allow(const Request& request, const RouteFacts& facts, Response& answer) const;

 private:
  // What Access-Control-Allow-Origin says; empty: nothing.
  std::string_view AllowedOrigin(const Request& request, const RouteFacts& facts) const;

  std::vector<std::string> origins_;
};

// Adds to Vary what is not in it yet.
void AddVary(Response& answer, std::string_view name);

}  // namespace server::http
