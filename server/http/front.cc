// In the order of a request: a browser's question, credentials, the encoding of the body, the route, and back out.
#include "server/http/front.h"

#include <chrono>

#include "server/http/compress.h"
#include "server/http/error_response.h"

namespace server::http {
namespace {

std::int64_t SteadyMs() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

bool IsFromPage(const Request& request) { return !FindHeader(request.headers, "Origin").empty(); }

}  // namespace

Front::Front(const Router& router, FrontOptions options)
    : router_(router),
      options_(std::move(options)),
      clients_(options_.clients),
      cors_(options_.origins),
      failures_(options_.failures_at_once, options_.failures_a_minute) {}

std::optional<Response> Front::RefuseHead(Request& head) {
  // A known client that is no page needs no look at the routes.
  if (!clients_.empty()) head.client = clients_.Find(FindHeader(head.headers, "Authorization"));
  const bool asks = IsFromPage(head) || (!clients_.empty() && head.client.empty());
  const RouteFacts facts = asks ? router_.Describe(head) : RouteFacts{};
  auto refusal = Refusal(head, facts);
  if (!refusal) return std::nullopt;
  return Finish(head, facts, *std::move(refusal));
}

std::optional<Response> Front::Refusal(const Request& head, const RouteFacts& facts) {
  // Before credentials: browsers ask without.
  if (auto answer = cors_.Preflight(head, facts)) return answer;
  if (!clients_.empty()) {
    if (head.client.empty() && !facts.is_open) return AskWhoItIs(head);
  } else if (facts.changes_state && cors_.IsForeign(head)) {
    // Without clients this machine may do everything, and its browser must not do it for any page that is open in it.
    return Refuse(403, "forbidden", "Pages of this origin may not change anything here. Whoever runs this server registers origins with cors.origins.");
  }
  const std::string_view encoding = FindHeader(head.headers, "Content-Encoding");
  if (encoding.empty() || encoding == "identity") return std::nullopt;
  Response answer = Refuse(415, "not-supported", "The body has a Content-Encoding; this server takes bodies only as they are. Send it without.");
  answer.headers.emplace_back("Accept-Encoding", "identity");
  return answer;
}

std::optional<Response> Front::AskWhoItIs(const Request& head) {
  // To have none is the first step of a well-behaved program; only wrong ones are guesses.
  const bool is_guess = !FindHeader(head.headers, "Authorization").empty();
  const int wait = is_guess ? failures_.Count(head.peer, SteadyMs()) : 0;
  if (wait == 0) return AskForCredentials();
  Response answer = Refuse(429, "throttled", "Too many wrong credentials came from this address. Correct them before the next try.");
  answer.headers.emplace_back("Retry-After", std::to_string(wait));
  return answer;
}

Response Front::Handle(const Request& request) const {
  return Finish(request, IsFromPage(request) ? router_.Describe(request) : RouteFacts{}, router_.Handle(request));
}

Response Front::Finish(const Request& request, const RouteFacts& facts, Response answer) const {
  cors_.Allow(request, facts, answer);
  Pack(request, options_.gzip_level, answer);
  if (options_.over_tls) answer.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  return answer;
}

}  // namespace server::http
