// A request and its answer as handlers see them: plain values, nothing of the HTTP library. The edge
// (the listener) makes the one and sends the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::http {

struct Route;

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first header of that name, compared without case; empty when absent.
std::string_view FindHeader(const Headers& headers, std::string_view name);

struct Request {
  std::string method;      // as received: "GET"
  std::string target;      // as received, percent-encoded: "/fhir/Patient?name=a%2Cb"
  Headers headers;
  std::string body;        // whole; the edge has checked its length
  std::string id;          // X-Request-ID of the caller, or one of ours
  std::string peer = {};   // IP address at the other end of the connection: "127.0.0.1"
  std::string client = {}; // name of the authenticated client; empty: nobody has said who they are
};

// What the log and the figures may know of an answer. Never sent, and nothing of anybody in it: no target, id or value.
struct Note {
  const Route* route = nullptr;      // that answered; null: refused before one was found
  std::string error = {};            // FHIR issue type of a failure: "not-found", "exception"
  std::string detail = {};           // a failure of ours, for the operator
  std::string type = {};             // resource type, one that R4 has
  std::string parameters = {};       // of a search, names and modifiers: "name:exact,birthdate"; "?" for what is not known
  std::int64_t visited = 0;          // candidates that a search looked at; 0: not known
  std::int64_t duration_us = 0;      // of the work on it, without the reading of the request and the sending of the answer
};

struct Response {
  int status = 200;
  Headers headers;         // Content-Length and Date are the edge's
  std::string body;
  Note note = {};
};

// How an answer left.
struct Sent {
  std::uint64_t bytes_in = 0, bytes_out = 0;   // head and body, as read and as sent
  std::int64_t duration_us = 0;                // from the request's first byte to the last of the answer
  bool complete = true;                        // false: the caller had gone, or did not read
};

}  // namespace server::http
