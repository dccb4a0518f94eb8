// In the order of a request: credentials, the route.
#include "server/http/front.h"

#include <chrono>

#include "server/http/error_response.h"

namespace server::http {
namespace {

std::int64_t SteadyMs() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Front::Front(const Router& router, FrontOptions options)
    : router_(router), options_(std::move(options)), clients_(options_.clients), failures_(options_.failures_at_once, options_.failures_a_minute) {}

std::optional<Response> Front::RefuseHead(Request& head) {
  if (clients_.empty()) return std::nullopt;
  const std::string_view authorization = FindHeader(head.headers, "Authorization");
  head.client = clients_.Find(authorization);
  if (!head.client.empty() || router_.IsOpen(head)) return std::nullopt;
  // Having none is the first step of a well-behaved program; only wrong ones are guesses.
  const int wait = authorization.empty() ? 0 : failures_.Count(head.peer, SteadyMs());
  if (wait == 0) return AskForCredentials();
  Response answer = Refuse(429, "throttled", "Too many wrong credentials came from this address. Correct them before the next try.");
  answer.headers.emplace_back("Retry-After", std::to_string(wait));
  return answer;
}

Response Front::Handle(const Request& request) const { return router_.Handle(request); }

}  // namespace server::http
