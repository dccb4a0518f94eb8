// From a request to its handler's answer: finds the route, refuses what has none, negotiates.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"
#include "server/http/route.h"

namespace server::http {

inline constexpr std::string_view kFhirPath = "/fhir";

struct RouteFacts {
  bool is_open = false;        // a route takes it that anybody may call
  bool is_discovery = false;   // the path is that of the server's own description
  bool changes_state = false;  // a route takes it that does
  std::string methods;         // of all routes at the path: "GET, HEAD, POST"; empty: there is none
};

// Which routes a listener has: all, all but those for the admin listener, or those and what else is open beside FHIR.
enum class Serves { kAll, kPublic, kAdminOnly };

class Router {
 public:
  // The routes of both catalogues. `app` must outlive it.
  explicit Router(App& app, Serves serves = Serves::kAll);

  // Every answer, refusals included. Thread-safe.
  Response Handle(const Request& request) const { return Handle(request, nullptr); }
  // The same, reading through `reader`: for the GET entries of a transaction.
  Response Handle(const Request& request, storage::Reader* reader) const;

  // How many bytes the body of the request with that head may have. Thread-safe.
  std::size_t BodyBytes(const Request& head) const;

  // What is known of a request from its head. Thread-safe.
  RouteFacts Describe(const Request& head) const;

  std::span<const Route* const> routes() const { return routes_; }
  bool is_admin() const { return serves_ == Serves::kAdminOnly; }
  // The CapabilityStatement, made by `make` at the first call.
  const std::string& CapabilityStatement(std::string (*make)(const App&, const Router&)) const;

 private:
  struct Found;
  Found Find(const Request& request, const Target& target) const;
  Response Dispatch(const Request& request, const Target& target, const Found& found, storage::Reader* reader) const;

  App& app_;
  const Serves serves_;
  std::vector<const Route*> routes_;
  mutable std::once_flag capability_statement_made_;
  mutable std::string capability_statement_;  // written once, under the flag
};

// Letters, digits, '-' and '.', 1 to 64 of them (https://hl7.org/fhir/R4/datatypes.html#id).
bool IsId(std::string_view text);

}  // namespace server::http
