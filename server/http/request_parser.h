// Bytes into one HTTP/1.1 request (RFC 9112), strictly: what proxies and servers are known to read in two ways is refused.
// A state machine without sockets or clocks. Where the bytes are cut makes no difference to what comes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/message.h"

namespace server::http {

struct HeadLimits {
  std::size_t request_line_bytes = 8u << 10;   // over: 414
  std::size_t head_bytes = 32u << 10;          // request line and fields with their line ends; over: 431
  std::size_t field_bytes = 8u << 10;          // name and value; over: 431
  int fields = 100;                            // over: 431
};

class RequestParser {
 public:
  enum class Stage {
    kHead,         // wants bytes of the head
    kHeadDone,     // the head is whole and right: TakeBody or nothing
    kBody,         // wants bytes of the body
    kDone,         // request() is whole
    kRefused,      // refusal() says why; no byte after these may be read as a request: the connection must be closed
  };

  explicit RequestParser(const HeadLimits& limits) : limits_(limits) {}

  // Takes what belongs to this request and says how many bytes that was: fewer than given at kHeadDone (call TakeBody, then
  // Take with the rest) and at kDone (the rest is the next request's). At kRefused the rest is nobody's.
  std::size_t Take(std::string_view bytes);
  // At kHeadDone: goes on to kBody, to kDone when there is none, or to kRefused (413) when it is announced longer.
  void TakeBody(std::size_t most_bytes);
  // The caller has ended his side: kRefused (400) in the midst of a request; nothing is done between requests.
  void End();

  Stage stage() const { return stage_; }
  // False until the first byte of the request line: a connection that waits like this is idle.
  bool HasBegun() const { return expects_ != Line::kRequest || !line_.empty(); }
  // The method, target and fields from kHeadDone on, the body at kDone; before, as far as they came.
  Request& request() { return request_; }
  Response& refusal() { return refusal_; }

  // From kHeadDone on.
  bool has_body() const { return chunked_ || length_ > 0; }
  bool wants_continue() const { return wants_continue_; }    // Expect: 100-continue
  bool keeps_alive() const { return keeps_alive_; }          // as the caller asked, or by the version's default
  bool is_http_1_0() const { return is_http_1_0_; }          // known from the first line on
  std::size_t body_bytes() const { return request_.body.size(); }

 private:
  static constexpr std::size_t kChunkDigits = 16, kChunkExtensionBytes = 256;
  enum class Line { kRequest, kField, kChunkSize, kTrailer };

  std::size_t TakeLine(std::string_view bytes);
  std::size_t MostLineBytes() const;
  void RefuseLongLine();
  void OnLine(std::string_view line);
  void OnRequestLine(std::string_view line);
  bool OnTarget(std::string_view target);
  void OnField(std::string_view line);
  void OnHeadEnd();
  bool CheckHost();
  bool CheckFraming();
  bool CheckExpect();
  void OnChunkSize(std::string_view line);
  std::size_t TakeData(std::string_view bytes);
  std::size_t TakeChunkEnd(std::string_view bytes);
  void Refuse(int status, std::string_view issue_code, std::string text);

  const HeadLimits limits_;
  Stage stage_ = Stage::kHead;
  Line expects_ = Line::kRequest;
  std::string line_;                   // the part of a line that has come
  std::size_t head_bytes_ = 0;         // of whole lines, trailers included
  int fields_ = 0;
  bool blank_skipped_ = false;         // one empty line before the request is allowed (RFC 9112 §2.2)
  bool is_http_1_0_ = false;
  bool keeps_alive_ = true;
  bool wants_continue_ = false;
  std::string authority_;              // of an absolute target
  bool has_authority_ = false;

  bool chunked_ = false;
  std::uint64_t length_ = 0;           // of the whole body, when not chunked
  std::uint64_t left_ = 0;             // of the body or of the chunk
  bool in_chunk_end_ = false;          // CRLF after a chunk's data; its CR may be in line_
  std::size_t most_body_ = 0;

  Request request_;
  Response refusal_;
};

// Letters, digits and the signs that names and methods may hold (RFC 9110 §5.6.2).
bool IsToken(std::string_view text);
// host or host:port: letters, digits, '.', '-', '_', '~', or an IPv6 address in brackets.
bool IsAuthority(std::string_view text);
// Printable ASCII and tab only: fit for a header, coming or going.
bool IsHeaderValue(std::string_view text);
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace server::http
