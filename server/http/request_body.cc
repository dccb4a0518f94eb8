// The body of a request: by its length, or in chunks (RFC 9112 §7.1).
#include <algorithm>
#include <charconv>

#include "server/http/request_parser.h"

namespace server::http {
namespace {

// A body that is announced long gets its room as it comes: an announcement costs the caller nothing.
constexpr std::size_t kReservedAtOnce = 64u << 10;

std::string LongBody(std::size_t limit) { return "The body is over the limit of " + std::to_string(limit) + " bytes. Split it into smaller requests."; }

}  // namespace

void RequestParser::TakeBody(std::size_t most_bytes) {
  most_body_ = most_bytes;
  if (length_ > most_bytes) return Refuse(413, "too-long", LongBody(most_bytes));
  stage_ = has_body() ? Stage::kBody : Stage::kDone;
  if (chunked_) {
    expects_ = Line::kChunkSize;
  } else if (length_ > 0) {
    left_ = length_;
    request_.body.reserve(std::min<std::size_t>(length_, kReservedAtOnce));
  }
}

std::size_t RequestParser::TakeData(std::string_view bytes) {
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  request_.body.append(bytes.substr(0, taken));
  left_ -= taken;
  if (left_ == 0) {
    if (chunked_) {
      in_chunk_end_ = true;
    } else {
      stage_ = Stage::kDone;
    }
  }
  return taken;
}

std::size_t RequestParser::TakeChunkEnd(std::string_view bytes) {
  const char wanted = line_.empty() ? '\r' : '\n';
  if (bytes.front() != wanted) {
    Refuse(400, "structure", "A chunk is not followed by CR LF: its size is wrong, or the body was changed on its way. Nothing was done.");
  } else if (wanted == '\r') {
    line_ = "\r";
  } else {
    line_.clear();
    in_chunk_end_ = false;
  }
  return 1;
}

void RequestParser::OnChunkSize(std::string_view line) {
  std::uint64_t size = 0;
  const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const auto digits = static_cast<std::size_t>(end - line.data());
  // from_chars takes no sign of an unsigned number, and no "0x".
  if (failed != std::errc() || digits > kChunkDigits) {
    return Refuse(400, "structure", "A chunk's size must be 1 to 16 hexadecimal digits. Nothing was done.");
  }
  const std::string_view extension = line.substr(digits);
  if (!extension.empty() && (extension.front() != ';' || extension.size() > kChunkExtensionBytes || !IsHeaderValue(extension))) {
    return Refuse(400, "structure", "After a chunk's size only an extension of at most 256 bytes may stand, begun with ';'. Nothing was done.");
  }
  if (size > most_body_ - request_.body.size()) return Refuse(413, "too-long", LongBody(most_body_));
  left_ = size;
  if (size == 0) expects_ = Line::kTrailer;
}

void RequestParser::End() {
  if (stage_ == Stage::kHead && HasBegun()) {
    Refuse(400, "incomplete", "The request's head broke off. Nothing was done; send the request again.");
  } else if (stage_ == Stage::kBody && chunked_) {
    Refuse(400, "incomplete", "The chunked body broke off after " + std::to_string(request_.body.size()) + " bytes. Nothing was done; send the request again.");
  } else if (stage_ == Stage::kBody) {
    Refuse(400, "incomplete", "The body ended after " + std::to_string(request_.body.size()) + " of the " + std::to_string(length_) +
                                  " bytes that Content-Length announced. Nothing was done; send the request again.");
  }
}

}  // namespace server::http
