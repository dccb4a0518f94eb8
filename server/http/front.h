// What stands between the listener and the router: who may call, which web pages may read the answers, how answers are
// packed. It looks at heads before any byte of a body is taken, and at answers before they leave.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/http/clients.h"
#include "server/http/cors.h"
#include "server/http/failure_rate.h"
#include "server/http/message.h"
#include "server/http/router.h"

namespace server::http {

struct FrontOptions {
  std::vector<Client> clients;              // none: whoever reaches the listener may do everything, so it must stay on loopback
  int failures_a_minute = 30;               // of credentials shown by one address, after failures_at_once
  int failures_at_once = 10;
  std::vector<std::string> origins;         // of web pages that may read answers
  int gzip_level = 1;                       // of zlib, 1 to 9; 0: answers are never packed
  bool over_tls = false;                    // tells browsers to come by TLS alone from then on
};

class Front {
 public:
  // `router` must outlive it.
  Front(const Router& router, FrontOptions options);

  // For EdgeOptions::refuse_head: an answer in place of the route's, or nothing and head.client set. 401 for whoever is not
  // a known client on a route that is not open, the same whatever is wrong, and 429 when that happens too often. A client
  // that is known is never refused for what others at its address do. Thread-safe.
  std::optional<Response> RefuseHead(Request& head);
  // The router's answer, as it leaves. Thread-safe.
  Response Handle(const Request& request) const;

 private:
  std::optional<Response> Refusal(const Request& head, const RouteFacts& facts);
  std::optional<Response> AskWhoItIs(const Request& head);
  // What every answer gets.
  Response Finish(const Request& request, const RouteFacts& facts, Response answer) const;

  const Router& router_;
  const FrontOptions options_;
  const Clients clients_;
  const Cors cors_;
  FailureRate failures_;
};

}  // namespace server::http
