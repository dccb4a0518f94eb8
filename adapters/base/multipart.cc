// A delimiter is a line end, two hyphens and the boundary; what follows it on its line says whether a part begins or all ends.
#include "adapters/base/multipart.h"

#include <algorithm>

namespace adapters {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::size_t kMaxBoundary = 70;   // RFC 2046 §5.1.1

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool StartsWithoutCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::ranges::equal(text.substr(0, lower.size()), lower, {}, Lower);
}

// The value of `name="…"` among the parameters of a header; false when it is not there. A browser writes a quote as %22.
bool FindParameter(std::string_view header, std::string_view name, std::string& value) {
  for (std::size_t at = header.find(';'); at != std::string_view::npos;) {
    std::string_view rest = header.substr(at + 1);
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    const std::size_t begin = header.size() - rest.size();
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return false;
    const bool is_it = StartsWithoutCase(rest.substr(0, equals), name) && equals == name.size();
    rest.remove_prefix(equals + 1);
    std::string text;
    std::size_t end = begin + equals + 1;
    if (rest.starts_with('"')) {
      std::size_t i = 1;
      for (; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
        text += rest[i];
      }
      end += i + 1;
    } else {
      text = rest.substr(0, rest.find(';'));
      end += text.size();
    }
    if (is_it) {
      value = std::move(text);
      return true;
    }
    at = end < header.size() ? header.find(';', end) : std::string_view::npos;
  }
  return false;
}

}  // namespace

Error MultipartReader::Refuse(std::string text) const {
  return Error(ErrorKind::kInvalid, std::move(text)).At(parts_ == 0 ? std::string() : "part " + std::to_string(parts_));
}

Result<void> MultipartReader::Read(std::string_view bytes, const Sink& sink) {
  if (state_ == State::kDone) return {};   // what follows the end is no part (RFC 2046: epilogue)
  rest_ += bytes;
  for (;;) {
    TRY_ASSIGN(const bool more, Step(sink));
    if (!more) return {};
  }
}

// True: something was understood and there may be more.
Result<bool> MultipartReader::Step(const Sink& sink) {
  switch (state_) {
    case State::kBoundary:
      return TakeBoundary();
    case State::kHead:
      return TakeHead(sink);
    case State::kData:
      return TakeData(sink);
    case State::kAfterDelimiter:
      return TakeAfterDelimiter(sink);
    case State::kDone:
      rest_.clear();
      break;
  }
  return false;
}

Result<bool> MultipartReader::TakeBoundary() {
  const std::size_t end = rest_.find('\n');
  if (end == std::string::npos && rest_.size() <= kMaxBoundary + 4) return false;
  std::string_view line = std::string_view(rest_).substr(0, std::min(end, rest_.size()));
  const bool crlf = line.ends_with('\r');
  if (crlf) line.remove_suffix(1);
  const bool fits = end != std::string::npos && line.size() > 2 && line.size() <= kMaxBoundary + 2 && line.starts_with("--");
  if (!fits) return Refuse("The first line is not the boundary of a multipart/form-data body: two hyphens and 1 to 70 characters.");
  delimiter_ = (crlf ? "\r\n" : "\n") + std::string(line);
  rest_.erase(0, end + 1);
  ++parts_;
  state_ = State::kHead;
  return true;
}

Result<bool> MultipartReader::TakeHead(const Sink& sink) {
  const std::size_t end = rest_.find('\n');
  if (head_bytes_ + std::min(end, rest_.size()) > kMaxHeadBytes) return Refuse("The head of the part is longer than 8 KiB.");
  if (end == std::string::npos) return false;
  std::string_view line = std::string_view(rest_).substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  head_bytes_ += end + 1;
  if (StartsWithoutCase(line, "content-disposition:")) {
    FindParameter(line, "name", part_.name);
    part_.is_file = FindParameter(line, "filename", part_.file_name);
  }
  const bool is_last = line.empty();
  rest_.erase(0, end + 1);
  if (!is_last) return true;
  if (part_.name.empty() && !part_.is_file) return Refuse("The part has no Content-Disposition with a name; each must say which field or file it is.");
  TRY(sink.begin(part_));
  // An empty part has its delimiter at once: the line end of the head counts for it.
  rest_.insert(0, delimiter_.substr(0, delimiter_.find("--")));
  head_bytes_ = 0;
  state_ = State::kData;
  fresh_ = true;
  return true;
}

Result<bool> MultipartReader::TakeData(const Sink& sink) {
  const std::size_t begin = fresh_ ? delimiter_.find("--") : 0;   // see TakeHead
  const std::size_t at = rest_.find(delimiter_);
  // The last bytes may be the first of a delimiter.
  const std::size_t end = at != std::string::npos ? at : rest_.size() - std::min(rest_.size(), delimiter_.size() - 1);
  if (end > begin) {
    TRY(sink.data(std::string_view(rest_).substr(begin, end - begin)));
    rest_.erase(0, end);
    fresh_ = false;
  } else if (at != std::string::npos) {
    rest_.erase(0, at);
  }
  if (at == std::string::npos) return false;
  rest_.erase(0, delimiter_.size());
  TRY(sink.end());
  state_ = State::kAfterDelimiter;
  return true;
}

Result<bool> MultipartReader::TakeAfterDelimiter(const Sink&) {
  if (rest_.size() < 2) return false;
  if (rest_.starts_with("--")) {
    rest_.clear();
    state_ = State::kDone;
    return false;
  }
  const std::size_t end = rest_.find('\n');
  if (end == std::string::npos) {
    if (rest_.size() > kMaxHeadBytes) return Refuse("A line that begins with the boundary does not end.");
    return false;
  }
  if (rest_.find_first_not_of(" \t\r") != end) return Refuse("Something stands behind a boundary on its line.");
  rest_.erase(0, end + 1);
  if (++parts_ > kMaxParts) return Refuse("The body has more than 200 parts.");
  part_ = {};
  state_ = State::kHead;
  return true;
}

Result<void> MultipartReader::Finish() const {
  if (state_ == State::kDone) return {};
  return Refuse("The body ends before the line that closes it: it was cut off on its way. Nothing of it was stored; send it again.");
}

std::string PartHead(std::string_view boundary, std::string_view name, std::string_view file_name, bool is_first) {
  std::string head(is_first ? "--" : "\r\n--");
  ((head += boundary) += "\r\nContent-Disposition: form-data; name=\"") += name;
  if (!file_name.empty()) ((head += "\"; filename=\"") += file_name) += "\"\r\nContent-Type: text/csv";
  else head += '"';
  return head += "\r\n\r\n";
}

std::string ClosingBoundary(std::string_view boundary) { return "\r\n--" + std::string(boundary) + "--\r\n"; }

}  // namespace adapters
