// A route as data: what it answers to, whom it lets in, what it does. Interactions and operations each keep
// a catalogue of these; the router, the CapabilityStatement and the refusals derive from them.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "server/http/message.h"
#include "server/http/negotiate.h"
#include "server/http/target.h"

namespace server {
struct App;
}
namespace server::storage {
class Reader;
}

namespace server::http {

class Router;

// Who may call. There is no default: a route without a policy does not compile.
class Policy {
 public:
  enum class Kind { kOpen, kKnownClient, kAdmin };
  constexpr explicit Policy(Kind kind) : kind_(kind) {}
  constexpr Kind kind() const { return kind_; }

 private:
  Kind kind_;
};
inline constexpr Policy kOpen{Policy::Kind::kOpen};                // anybody: it tells nothing of any person
inline constexpr Policy kKnownClient{Policy::Kind::kKnownClient};  // a configured client; with none configured, this machine
inline constexpr Policy kAdmin{Policy::Kind::kAdmin};              // the admin listener; without one, as kKnownClient on a listener of this machine

// One request on its way to a handler.
struct Call {
  App& app;
  const Router& router;
  const Request& request;
  const Target& target;
  Wishes wishes;
  std::string base;                      // "http://host:port/fhir", for links
  std::string type, id, version;         // what stood for [type], [id] (or [adapter]) and [version]; type also when the pattern names one
  storage::Reader* reader = nullptr;     // inside a transaction: reads what it has written so far
  Note& note;                            // what the handler has for the log; the router adds the rest
};

// Answers, or an error that the router makes an answer of (kUnsupported becomes a 400: a part of the request,
// not the route, is what Careloom does not do).
using RouteHandler = fhir::Result<Response> (*)(const Call&);

// How large a body the route takes: Limits::body_bytes, or import_bytes.
enum class BodySize { kResource, kFile };

enum class Level { kServer, kSystem, kType, kInstance };

struct Route {
  std::string_view code;                 // R4 interaction code ("search-type"), or an operation's name ("everything")
  std::string_view method;
  std::string_view pattern;              // "/[type]/[id]/_history/[version]"; FHIR routes stand under /fhir
  Level level;
  bool changes_state;
  Policy policy;
  RouteHandler handler;                  // null: R4 has it, Careloom does not
  std::string_view summary;
  std::string_view unsupported = {};     // with a null handler: what to do instead
  BodySize body = BodySize::kResource;
};

}  // namespace server::http
