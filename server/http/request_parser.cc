// The lines of a request's head: request line, fields, and what they say together.
#include "server/http/request_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "server/http/error_response.h"

namespace server::http {
namespace {

constexpr std::array<bool, 256> kTokenSigns = [] {
  std::array<bool, 256> is{};
  for (int c = '0'; c <= '9'; ++c) is[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) is[static_cast<std::size_t>(c)] = is[static_cast<std::size_t>(c - 32)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) is[static_cast<unsigned char>(c)] = true;
  return is;
}();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsVisible(char c) { return c > 0x20 && c < 0x7F; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Whether a list such as Connection's names the word.
bool Names(std::string_view list, std::string_view word) {
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    if (EqualsIgnoringCase(Trim(list.substr(at, comma - at)), word)) return true;
    at = comma + 1;
  }
  return false;
}

bool IsPort(std::string_view digits) {
  unsigned port = 0;
  return digits.size() <= 5 && std::ranges::all_of(digits, IsDigit) &&
         std::from_chars(digits.data(), digits.data() + digits.size(), port).ec == std::errc() && port <= 65535;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) { return a.size() == b.size() && std::ranges::equal(a, b, {}, Lower, Lower); }

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return kTokenSigns[static_cast<unsigned char>(c)]; });
}

bool IsHeaderValue(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; });
}

bool IsAuthority(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const std::string_view address = text.substr(1, end - 1);
    if (!std::ranges::all_of(address, [](char c) { return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'f') || c == ':' || c == '.'; })) return false;
    ++end;
  } else {
    while (end < text.size() && text[end] != ':') ++end;
    const bool is_name = std::ranges::all_of(text.substr(0, end), [](char c) {
      return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'z') || std::string_view(".-_~").find(c) != std::string_view::npos;
    });
    if (end == 0 || !is_name) return false;
  }
  if (end == text.size()) return true;
  return text[end] == ':' && end + 1 < text.size() && IsPort(text.substr(end + 1));
}

void RequestParser::Refuse(int status, std::string_view issue_code, std::string text) {
  stage_ = Stage::kRefused;
  keeps_alive_ = false;
  refusal_ = http::Refuse(status, issue_code, std::move(text));
}

std::size_t RequestParser::Take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && (stage_ == Stage::kHead || stage_ == Stage::kBody)) {
    const std::string_view rest = bytes.substr(taken);
    if (stage_ == Stage::kBody && in_chunk_end_) {
      taken += TakeChunkEnd(rest);
    } else if (stage_ == Stage::kBody && left_ > 0) {
      taken += TakeData(rest);
    } else {
      taken += TakeLine(rest);
    }
  }
  return taken;
}

// How long the line that is being read may be, its end included.
std::size_t RequestParser::MostLineBytes() const {
  const std::size_t left_of_head = limits_.head_bytes - std::min(limits_.head_bytes, head_bytes_);
  switch (expects_) {
    case Line::kRequest: return std::min(limits_.request_line_bytes + 2, left_of_head);
    case Line::kField: return std::min(limits_.field_bytes + 2, left_of_head);
    case Line::kChunkSize: return kChunkDigits + kChunkExtensionBytes + 2;
    case Line::kTrailer: return std::min(limits_.field_bytes + 2, left_of_head);
  }
  return 0;
}

void RequestParser::RefuseLongLine() {
  switch (expects_) {
    case Line::kRequest:
      return Refuse(414, "too-long", "The request line is over the limit of " + std::to_string(limits_.request_line_bytes) +
                                         " bytes. Send a long search as POST [type]/_search with the parameters in the body.");
    case Line::kField:
      if (head_bytes_ + limits_.field_bytes + 2 <= limits_.head_bytes) {
        return Refuse(431, "too-long", "A header field is over the limit of " + std::to_string(limits_.field_bytes) + " bytes. Shorten it.");
      }
      return Refuse(431, "too-long", "The request's head is over the limit of " + std::to_string(limits_.head_bytes) + " bytes. Send fewer or shorter header fields.");
    case Line::kChunkSize: return Refuse(400, "structure", "The line of a chunk's size is too long: at most 16 hexadecimal digits and 256 bytes of extension.");
    case Line::kTrailer: return Refuse(400, "structure", "The fields after the last chunk are over the limits of a request's head. Leave them out.");
  }
}

std::size_t RequestParser::TakeLine(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t taken = end == std::string_view::npos ? bytes.size() : end + 1;
  if (line_.size() + taken > MostLineBytes()) {
    RefuseLongLine();
    return taken;
  }
  if (end == std::string_view::npos) {
    line_.append(bytes);
    return taken;
  }
  std::string_view line = bytes.substr(0, taken);
  if (!line_.empty()) {
    line_.append(line);
    line = line_;
  }
  if (!line.ends_with("\r\n")) {
    Refuse(400, "structure", "A line of the request ends with LF alone. Lines end with CR LF.");
    return taken;
  }
  if (expects_ != Line::kChunkSize) head_bytes_ += line.size();
  OnLine(line.substr(0, line.size() - 2));
  line_.clear();
  return taken;
}

void RequestParser::OnLine(std::string_view line) {
  switch (expects_) {
    case Line::kRequest: return OnRequestLine(line);
    case Line::kField:
      if (line.empty()) return OnHeadEnd();
      return OnField(line);
    case Line::kChunkSize: return OnChunkSize(line);
    case Line::kTrailer:
      if (line.empty()) {
        stage_ = Stage::kDone;
        return;
      }
      OnField(line);
  }
}

void RequestParser::OnRequestLine(std::string_view line) {
  if (line.empty() && !blank_skipped_) {
    blank_skipped_ = true;
    return;
  }
  const std::size_t first = line.find(' '), second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || !std::ranges::all_of(line, [](char c) { return IsVisible(c) || c == ' '; }) || line.find(' ', second + 1) != std::string_view::npos) {
    return Refuse(400, "structure", "The first line must be METHOD TARGET HTTP/1.1, with single spaces, in printable ASCII. Percent-encode anything else in the target.");
  }
  const std::string_view method = line.substr(0, first), target = line.substr(first + 1, second - first - 1), version = line.substr(second + 1);
  if (!IsToken(method)) return Refuse(400, "structure", "The request method is not a word.");
  if (version.size() != 8 || !version.starts_with("HTTP/") || !IsDigit(version[5]) || version[6] != '.' || !IsDigit(version[7])) {
    return Refuse(400, "structure", "The first line must end with the protocol's version, HTTP/1.1.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refuse(505, "not-supported", "This server speaks HTTP/1.0 and HTTP/1.1.");
  is_http_1_0_ = version == "HTTP/1.0";
  keeps_alive_ = !is_http_1_0_;
  request_.method = method;
  if (OnTarget(target)) expects_ = Line::kField;
}

bool RequestParser::OnTarget(std::string_view target) {
  if (request_.method == "CONNECT") {
    Refuse(501, "not-supported", "CONNECT is for proxies; this server is not one.");
    return false;
  }
  if (request_.method == "TRACE") {
    Refuse(405, "not-supported", "TRACE would send back credentials and is not possible here.");
    refusal_.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    return false;
  }
  if (target.starts_with('/') || (target == "*" && request_.method == "OPTIONS")) {
    request_.target = target;
    return true;
  }
  // An absolute target, as proxies get it: what follows the authority counts.
  const std::size_t scheme_end = target.find("://");
  const std::string_view scheme = target.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
  if (!EqualsIgnoringCase(scheme, "http") && !EqualsIgnoringCase(scheme, "https")) {
    Refuse(400, "structure", "The request target must be a path that starts with '/', such as /fhir/Patient.");
    return false;
  }
  const std::string_view rest = target.substr(scheme_end + 3);
  const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  authority_ = rest.substr(0, path);
  has_authority_ = true;
  request_.target = rest.substr(path);
  if (!request_.target.starts_with('/')) request_.target.insert(0, 1, '/');
  return true;
}

void RequestParser::OnField(std::string_view line) {
  const bool trailer = expects_ == Line::kTrailer;
  if (++fields_ > limits_.fields) {
    return Refuse(trailer ? 400 : 431, trailer ? "structure" : "too-long", "The request has more than " + std::to_string(limits_.fields) + " header fields. Send fewer.");
  }
  if (line.front() == ' ' || line.front() == '\t') return Refuse(400, "structure", "A header field is continued on the next line. Write each field on one line.");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Refuse(400, "structure", "A line of the request's head is not a header field (Name: value).");
  const std::string_view name = line.substr(0, colon), value = Trim(line.substr(colon + 1));
  if (!IsToken(name)) return Refuse(400, "structure", "A header name holds a character that HTTP does not allow there; nothing may stand between the name and ':'.");
  if (!IsHeaderValue(value)) {
    return Refuse(400, "structure", "The header '" + std::string(name) + "' holds a control character or a byte beyond ASCII. Encode it, or leave it out.");
  }
  if (!trailer) request_.headers.emplace_back(name, value);
}

void RequestParser::OnHeadEnd() {
  if (!CheckHost() || !CheckFraming() || !CheckExpect()) return;
  int authorizations = 0;
  for (const auto& [name, value] : request_.headers) {
    if (EqualsIgnoringCase(name, "Authorization") && ++authorizations > 1) return Refuse(400, "structure", "The request has more than one Authorization header.");
    if (!EqualsIgnoringCase(name, "Connection")) continue;
    if (is_http_1_0_ && Names(value, "keep-alive")) keeps_alive_ = true;
    if (Names(value, "close")) {
      keeps_alive_ = false;
      break;
    }
  }
  stage_ = Stage::kHeadDone;
}

bool RequestParser::CheckHost() {
  std::string_view host;
  int hosts = 0;
  for (const auto& [name, value] : request_.headers) {
    if (!EqualsIgnoringCase(name, "Host")) continue;
    host = value;
    ++hosts;
  }
  if (hosts > 1 || (hosts == 0 && !is_http_1_0_)) {
    Refuse(400, "structure", "The request must have one Host header.");
  } else if (hosts == 1 && !IsAuthority(host)) {
    Refuse(400, "structure", "The Host header must be a host name or IP address, and maybe ':' and a port.");
  } else if (has_authority_ && (hosts == 1 ? !EqualsIgnoringCase(host, authority_) : !IsAuthority(authority_))) {
    Refuse(400, "structure", "The request target names another host than the Host header.");
  }
  return stage_ != Stage::kRefused;
}

bool RequestParser::CheckFraming() {
  std::string_view length, encoding;
  int lengths = 0, encodings = 0;
  for (const auto& [name, value] : request_.headers) {
    if (EqualsIgnoringCase(name, "Content-Length")) {
      length = value;
      ++lengths;
    } else if (EqualsIgnoringCase(name, "Transfer-Encoding")) {
      encoding = value;
      ++encodings;
    }
  }
  if (lengths > 1 || encodings > 1 || (lengths && encodings)) {
    Refuse(400, "structure", "The request says its body's length more than once. Send one Content-Length, or Transfer-Encoding: chunked, not both.");
  } else if (encodings == 1) {
    chunked_ = true;
    if (is_http_1_0_) {
      Refuse(400, "structure", "HTTP/1.0 has no Transfer-Encoding. Send Content-Length.");
    } else if (!EqualsIgnoringCase(encoding, "chunked")) {
      Refuse(501, "not-supported", "The only Transfer-Encoding this server reads is chunked.");
    }
  } else if (lengths == 1) {
    // 18 digits are more than any limit and less than any overflow.
    if (length.empty() || length.size() > 18 || !std::ranges::all_of(length, IsDigit)) {
      Refuse(400, "structure", "Content-Length must be a plain number of bytes.");
    } else {
      std::from_chars(length.data(), length.data() + length.size(), length_);
    }
  } else if (request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH") {
    Refuse(411, "structure", "A " + request_.method + " request must have a Content-Length (0 when there is no body).");
  }
  return stage_ != Stage::kRefused;
}

bool RequestParser::CheckExpect() {
  for (const auto& [name, value] : request_.headers) {
    if (!EqualsIgnoringCase(name, "Expect")) continue;
    if (!EqualsIgnoringCase(value, "100-continue")) {
      Refuse(417, "not-supported", "The only expectation this server meets is 100-continue.");
      return false;
    }
    wants_continue_ = !is_http_1_0_;
  }
  return true;
}

}  // namespace server::http
