// The trace that a request belongs to, as its caller says in `traceparent` (https://www.w3.org/TR/trace-context/).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace server::log {

// The trace id, 32 lowercase hex digits, as a view into the header's value; empty when the value is not exactly what the
// specification allows.
std::string_view ParseTraceParent(std::string_view value);

// Trace ids for requests that come with none. Thread-safe.
class TraceIds {
 public:
  TraceIds();                 // begins anywhere, so that no two servers give the same
  std::string Next();

 private:
  std::array<std::uint64_t, 2> seed_;
  std::atomic<std::uint64_t> count_ = 0;
};

}  // namespace server::log
