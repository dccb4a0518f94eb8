// Headers of the CORS protocol.
#include "server/http/cors.h"

#include <algorithm>

namespace server::http {
namespace {

constexpr std::string_view kRequestHeaders =
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, traceparent, X-Request-ID";
constexpr std::string_view kAnswerHeaders = "Content-Location, ETag, Last-Modified, Location, Retry-After, WWW-Authenticate, X-Request-ID";
constexpr std::string_view kMaxAgeSeconds = "600";

}  // namespace

bool IsOrigin(std::string_view text) {
  const bool is_secure = text.starts_with("https://");
  if (!is_secure && !text.starts_with("http://")) return false;
  text.remove_prefix(is_secure ? 8 : 7);
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const std::string_view host = text.substr(0, text.find(':', bracket));
  const std::string_view port = host.size() == text.size() ? std::string_view() : text.substr(host.size() + 1);
  const bool port_is_good = host.size() == text.size() || (!port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos);
  const bool host_is_good = !host.empty() && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view(".-[]:").find(c) != std::string_view::npos;
  });
  return port_is_good && host_is_good && (is_secure || host == "localhost" || host == "127.0.0.1" || host == "[::1]");
}

void AddVary(Response& answer, std::string_view name) {
  for (auto& [header, value] : answer.headers) {
    if (header != "Vary") continue;
    if (value.find(name) == std::string::npos) value += ", " + std::string(name);
    return;
  }
  answer.headers.emplace_back("Vary", name);
}

bool Cors::IsForeign(const Request& request) const {
  const std::string_view origin = FindHeader(request.headers, "Origin");
  return !origin.empty() && std::ranges::find(origins_, origin) == origins_.end();
}

std::string_view Cors::AllowedOrigin(const Request& request, const RouteFacts& facts) const {
  const std::string_view origin = FindHeader(request.headers, "Origin");
  if (origin.empty()) return {};
  if (facts.is_discovery) return "*";
  return IsForeign(request) ? std::string_view() : origin;
}

std::optional<Response> Cors::Preflight(const Request& head, const RouteFacts& facts) const {
  if (head.method != "OPTIONS" || FindHeader(head.headers, "Access-Control-Request-Method").empty() || facts.methods.empty()) return std::nullopt;
  const std::string_view origin = AllowedOrigin(head, facts);
  if (origin.empty()) return std::nullopt;
  return Response{204,
                  {{"Access-Control-Allow-Origin", std::string(origin)},
                   {"Access-Control-Allow-Methods", facts.methods},
                   {"Access-Control-Allow-Headers", std::string(kRequestHeaders)},
                   {"Access-Control-Max-Age", std::string(kMaxAgeSeconds)},
                   {"Vary", "Origin, Access-Control-Request-Method"}},
                  {}};
}

void Cors::Allow(const Request& request, const RouteFacts& facts, Response& answer) const {
  const std::string_view origin = AllowedOrigin(request, facts);
  if (!facts.is_discovery && !origins_.empty()) AddVary(answer, "Origin");
  if (origin.empty()) return;
  answer.headers.emplace_back("Access-Control-Allow-Origin", origin);
  answer.headers.emplace_back("Access-Control-Expose-Headers", kAnswerHeaders);
}

}  // namespace server::http
