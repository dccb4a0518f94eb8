// Checks of a request's head.
#include "server/http/admission.h"

#include <algorithm>
#include <charconv>

#include "server/http/error_response.h"

namespace server::http {
namespace {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

struct Counted {
  int hosts = 0, lengths = 0, encodings = 0, authorizations = 0;
};

std::optional<Response> CheckHeaders(const Request& head, Counted& counted) {
  for (const auto& [name, value] : head.headers) {
    if (!IsToken(name)) return Refuse(400, "structure", "A header name holds a character that HTTP does not allow there.");
    if (std::ranges::any_of(value, [](char c) { return c == '\0' || c == '\r' || c == '\n'; })) {
      return Refuse(400, "structure", "The header '" + name + "' holds a control character.");
    }
    if (EqualsIgnoringCase(name, "Host")) ++counted.hosts;
    if (EqualsIgnoringCase(name, "Content-Length")) ++counted.lengths;
    if (EqualsIgnoringCase(name, "Transfer-Encoding")) ++counted.encodings;
    if (EqualsIgnoringCase(name, "Authorization")) ++counted.authorizations;
  }
  if (counted.authorizations > 1) return Refuse(400, "structure", "The request has more than one Authorization header.");
  return std::nullopt;
}

// Types whose readers cannot tell a cut chunked body from a whole one: a row more or less is still a file.
bool IsLineByLine(std::string_view content_type) {
  const std::string_view name = content_type.substr(0, content_type.find(';'));
  return EqualsIgnoringCase(name, "text/csv") || EqualsIgnoringCase(name, "application/fhir+ndjson") ||
         EqualsIgnoringCase(name, "application/ndjson") || EqualsIgnoringCase(name, "application/x-ndjson");
}

}  // namespace

std::optional<Response> CheckHead(const Request& head, std::string_view http_version, std::size_t body_limit, Framing& framing) {
  Counted counted;
  if (auto refusal = CheckHeaders(head, counted)) return refusal;
  if (!IsToken(head.method)) return Refuse(400, "structure", "The request method is not a word.");
  if (counted.hosts > 1 || (counted.hosts == 0 && http_version == "HTTP/1.1")) {
    return Refuse(400, "structure", "The request must have one Host header.");
  }
  if (counted.lengths > 1 || counted.encodings > 1 || (counted.lengths && counted.encodings)) {
    return Refuse(400, "structure", "The request says its body's length more than once. Send one Content-Length, or Transfer-Encoding: chunked, not both.");
  }
  const bool has_body_by_nature = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
  if (counted.encodings) {
    if (!EqualsIgnoringCase(FindHeader(head.headers, "Transfer-Encoding"), "chunked")) {
      return Refuse(501, "not-supported", "The only Transfer-Encoding this server reads is chunked.");
    }
    if (IsLineByLine(FindHeader(head.headers, "Content-Type"))) {
      return Refuse(411, "structure", "CSV and NDJSON must come with Content-Length: of a chunked upload that breaks off, the part received would look like a whole file.");
    }
    framing.chunked = true;
    return std::nullopt;
  }
  if (!counted.lengths) {
    if (has_body_by_nature) return Refuse(411, "structure", "A " + head.method + " request must have a Content-Length (0 when there is no body).");
    return std::nullopt;
  }
  const std::string_view text = FindHeader(head.headers, "Content-Length");
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), framing.length);
  if (!digits || failed == std::errc::invalid_argument || end != text.data() + text.size()) {
    return Refuse(400, "structure", "Content-Length must be a plain number of bytes.");
  }
  if (failed == std::errc::result_out_of_range || framing.length > body_limit) return LongBody(body_limit);
  return std::nullopt;
}

Response ShortBody(std::size_t expected, std::size_t received) {
  return Refuse(400, "incomplete",
                "The body ended after " + std::to_string(received) + " of the " + std::to_string(expected) +
                    " bytes that Content-Length announced. Nothing was done; send the request again.");
}

Response LongBody(std::size_t limit) {
  return Refuse(413, "too-long",
                "The body is over the limit of " + std::to_string(limit) + " bytes. Split it into smaller requests.");
}

bool IsRequestId(std::string_view text) {
  return text.size() >= 8 && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool IsHeaderValue(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; });
}

}  // namespace server::http
