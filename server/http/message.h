// A request and its answer as handlers see them: plain values, nothing of the HTTP library. The edge
// (the listener) makes the one and sends the other.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first header of that name, compared without case; empty when absent.
std::string_view FindHeader(const Headers& headers, std::string_view name);

struct Request {
  std::string method;      // as received: "GET"
  std::string target;      // as received, percent-encoded: "/fhir/Patient?name=a%2Cb"
  Headers headers;
  std::string body;        // whole; the edge has checked its length
  std::string id;          // X-Request-ID of the caller, or one of ours
};

struct Response {
  int status = 200;
  Headers headers;         // Content-Length and Date are the edge's
  std::string body;
};

}  // namespace server::http
