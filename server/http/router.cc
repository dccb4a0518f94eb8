// Routes by pattern.
#include "server/http/router.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/app.h"
#include "server/http/error_response.h"
#include "server/interactions/catalogue.h"
#include "server/operations/catalogue.h"

namespace server::http {
namespace {

struct Captured {
  std::string type, id, version;
};

// Matches a pattern's pieces with the path's segments. A type begins with a capital; an id with neither
// '_' nor '$', which keeps "_history" and "$everything" apart from it.
bool Matches(std::string_view pattern, std::span<const std::string> segments, Captured& captured) {
  std::size_t used = 0;
  for (std::size_t at = 1; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', at), pattern.size());
    const std::string_view piece = pattern.substr(at, end - at);
    at = end + 1;
    if (used == segments.size()) return false;
    const std::string& segment = segments[used++];
    if (piece == "[type]" || piece == "[other]") {
      if (segment.empty() || segment[0] < 'A' || segment[0] > 'Z') return false;
      if (piece == "[type]") captured.type = segment;
    } else if (piece == "[id]" || piece == "[adapter]" || piece == "[version]") {
      if (segment.empty() || segment[0] == '_' || segment[0] == '$') return false;
      (piece == "[version]" ? captured.version : captured.id) = segment;
    } else if (piece != segment) {
      return false;
    } else if (segment[0] >= 'A' && segment[0] <= 'Z') {
      captured.type = segment;
    }
  }
  return used == segments.size();
}

// The base for links: as configured, else where the caller found us.
std::string BaseOf(const App& app, const Request& request) {
  if (!app.base_url.empty()) return app.base_url;
  const std::string_view host = FindHeader(request.headers, "Host");
  const bool plain = !host.empty() && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view(".:-[]").find(c) != std::string_view::npos;
  });
  return std::string(app.scheme) + "://" + std::string(plain ? host : "localhost") + std::string(kFhirPath);
}

Response UnknownType(const App& app, std::string_view type) {
  std::string near;
  for (const std::string_view known : app.registry->ResourceTypes()) {
    const bool same = std::ranges::equal(known, type, [](char a, char b) { return (a | 32) == (b | 32); });
    if (same || (type.size() >= 4 && known.starts_with(type.substr(0, 4)))) near += (near.empty() ? "" : ", ") + std::string(known);
  }
  std::string text = "FHIR R4 has no resource type '" + std::string(type) + "'.";
  if (!near.empty()) text += " Meant may be: " + near + ".";
  return Refuse(404, "not-supported", text + " GET " + std::string(kFhirPath) + "/metadata lists the types.");
}

std::string InOneLine(const std::set<std::string_view>& methods) {
  std::string line;
  for (const std::string_view method : methods) line += (line.empty() ? "" : ", ") + std::string(method);
  return line;
}

// For people: the same JSON with line breaks.
void MakePretty(Response& answer) {
  const auto document = fhir::json::Read(answer.body);
  if (document) answer.body = fhir::json::WritePretty(*document->root) + "\n";
}

}  // namespace

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

struct Router::Found {
  const Route* route = nullptr;
  Captured captured;
  std::set<std::string_view> allowed;  // methods of the routes whose pattern fits
  bool is_discovery = false;           // one of them describes the server
};

Router::Router(App& app, Serves serves) : app_(app), serves_(serves) {
  const auto add = [&](const Route& route) {
    const bool is_admin = route.policy.kind() == Policy::Kind::kAdmin;
    const bool is_for_all = route.level == Level::kServer && route.policy.kind() == Policy::Kind::kOpen;
    if (serves == Serves::kAll || (serves == Serves::kAdminOnly ? is_admin || is_for_all : !is_admin)) routes_.push_back(&route);
  };
  for (const Route& route : interactions::Catalogue()) add(route);
  for (const Route& route : operations::Catalogue()) add(route);
}

const std::string& Router::CapabilityStatement(std::string (*make)(const App&, const Router&)) const {
  std::call_once(capability_statement_made_, [&] { capability_statement_ = make(app_, *this); });
  return capability_statement_;
}

Router::Found Router::Find(const Request& request, const Target& target) const {
  Found found;
  const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const bool is_fhir = !target.segments.empty() && target.segments[0] == kFhirPath.substr(1);
  for (const Route* route : routes_) {
    if (is_fhir == (route->level == Level::kServer)) continue;
    Captured captured;
    if (!Matches(route->pattern, std::span(target.segments).subspan(is_fhir ? 1 : 0), captured)) continue;
    found.allowed.insert(route->method);
    if (route->method == "GET") found.allowed.insert("HEAD");
    found.is_discovery = found.is_discovery || route->code == "capabilities";
    if (route->method == method && !found.route) found.route = route;
    found.captured = std::move(captured);
  }
  return found;
}

std::size_t Router::BodyBytes(const Request& head) const {
  const auto target = ParseTarget(head.target);
  const Route* route = target ? Find(head, *target).route : nullptr;
  return route && route->body == BodySize::kFile ? app_.limits.import_bytes : app_.limits.body_bytes;
}

RouteFacts Router::Describe(const Request& head) const {
  const auto target = ParseTarget(head.target);
  if (!target) return {};
  const Found found = Find(head, *target);
  RouteFacts facts;
  facts.is_open = found.route && found.route->policy.kind() == Policy::Kind::kOpen;
  facts.changes_state = found.route && found.route->changes_state;
  facts.is_discovery = found.is_discovery;
  facts.methods = InOneLine(found.allowed);
  return facts;
}

Response Router::Handle(const Request& request, storage::Reader* reader) const {
  auto target = ParseTarget(request.target);
  if (!target) return ErrorResponse(target.error());
  const Found found = Find(request, *target);
  if (found.allowed.empty()) {
    return Refuse(404, "not-found",
                  "Nothing is served at '" + std::string(target->path) + "'. FHIR is served under " + std::string(kFhirPath) +
                      ", such as " + std::string(kFhirPath) + "/Patient; " + std::string(kFhirPath) + "/metadata lists what there is.");
  }
  if (!found.captured.type.empty() && !app_.registry->IsResourceType(found.captured.type)) return UnknownType(app_, found.captured.type);
  if (!found.route) {
    const std::string allowed = InOneLine(found.allowed) + ", OPTIONS";
    if (request.method == "OPTIONS") return {204, {{"Allow", allowed}}, {}};
    Response answer = Refuse(405, "not-supported", "'" + request.method + "' is not possible at '" + std::string(target->path) + "'. Possible: " + allowed + ".");
    answer.headers.emplace_back("Allow", allowed);
    return answer;
  }
  const auto begun = std::chrono::steady_clock::now();
  Response answer = Dispatch(request, *target, found, reader);
  answer.note.route = found.route;
  answer.note.type = found.captured.type;
  answer.note.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count();
  return answer;
}

Response Router::Dispatch(const Request& request, const Target& target, const Found& found, storage::Reader* reader) const {
  Note note;
  Call call{app_, *this, request, target, {}, BaseOf(app_, request), found.captured.type, found.captured.id, found.captured.version, reader, note};
  if (auto refusal = Negotiate(request, target, call.wishes)) return *std::move(refusal);
  if (!found.route->handler) {
    return Refuse(501, "not-supported",
                  "Careloom does not do '" + std::string(found.route->code) + "' (" + std::string(found.route->summary) + ") yet. " + std::string(found.route->unsupported));
  }
  if (!call.id.empty() && !IsId(call.id)) {
    return Refuse(400, "value", "'" + call.id + "' cannot be an id. An id is 1 to 64 letters, digits, '-' and '.'.");
  }
  auto handled = found.route->handler(call);
  Response answer = handled ? *std::move(handled)
                            : ErrorResponse(handled.error(), handled.error().kind() == fhir::ErrorKind::kUnsupported ? 400 : 0);
  answer.note.parameters = std::move(note.parameters);
  answer.note.visited = note.visited;
  for (auto& [name, value] : answer.headers) {
    if (name == "Content-Type" && value == kFhirJson) value = call.wishes.content_type;
  }
  if (call.wishes.pretty && FindHeader(answer.headers, "Content-Type") == call.wishes.content_type) MakePretty(answer);
  return answer;
}

}  // namespace server::http
