// What may come in: the checks of a request's head that HTTP asks for (RFC 9112 §3.2, §6) and Poco leaves
// out. Pure, so that each refusal has a test.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.h"

namespace server::http {

struct Framing {
  bool chunked = false;
  std::size_t length = 0;    // of the body, when not chunked
};

// A refusal, or nothing and `framing` filled. After a refusal the connection must be closed: the body has
// not been read.
std::optional<Response> CheckHead(const Request& head, std::string_view http_version, std::size_t body_limit, Framing& framing);

// 400 for a body shorter than its Content-Length; 413 for one over the limit.
Response ShortBody(std::size_t expected, std::size_t received);
Response LongBody(std::size_t limit);

// The caller's X-Request-ID when it is 8 to 64 letters, digits or '-'.
bool IsRequestId(std::string_view text);
// Printable ASCII and tab only: fit for a header we send.
bool IsHeaderValue(std::string_view text);

}  // namespace server::http
