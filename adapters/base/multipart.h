// Several files in one body: multipart/form-data (RFC 7578, RFC 2046 §5.1), read in pieces of any size. The boundary is
// what the body's first line says, so that the body is all that is needed. Memory is one piece and one line of a head.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace adapters {

// What the head of a part says.
struct Part {
  std::string name;        // of the field
  std::string file_name;   // empty: it is no file but a value
  bool is_file = false;
};

class MultipartReader {
 public:
  // Of one part after the other: its head, its bytes, its end. An error of theirs ends the reading.
  struct Sink {
    std::function<fhir::Result<void>(const Part&)> begin;
    std::function<fhir::Result<void>(std::string_view)> data;
    std::function<fhir::Result<void>()> end;
  };
  static constexpr std::size_t kMaxHeadBytes = 8 * 1024;
  static constexpr std::size_t kMaxParts = 200;

  // Does a body that begins so say that it is one? At least two bytes of it.
  static bool Begins(std::string_view body) { return body.starts_with("--"); }

  // kInvalid with the part's number: a head that is none or too long, no boundary, too many parts.
  fhir::Result<void> Read(std::string_view bytes, const Sink& sink);
  // kInvalid when the line that closes the body has not come: it was cut off.
  fhir::Result<void> Finish() const;

 private:
  enum class State : std::uint8_t { kBoundary, kHead, kData, kAfterDelimiter, kDone };

  fhir::Result<bool> Step(const Sink& sink);
  fhir::Result<bool> TakeBoundary();
  fhir::Result<bool> TakeHead(const Sink& sink);
  fhir::Result<bool> TakeData(const Sink& sink);
  fhir::Result<bool> TakeAfterDelimiter(const Sink& sink);
  fhir::Error Refuse(std::string text) const;

  State state_ = State::kBoundary;
  std::string rest_;            // not yet understood
  std::string delimiter_;       // "\r\n--boundary"
  Part part_;
  std::size_t parts_ = 0, head_bytes_ = 0;
  bool fresh_ = false;           // rest_ begins with the line end that closed the head
};

// What writes such a body: the head of a part, and what closes all. The boundary stands in no part: the caller chose it so.
std::string PartHead(std::string_view boundary, std::string_view name, std::string_view file_name, bool is_first);
std::string ClosingBoundary(std::string_view boundary);

}  // namespace adapters
