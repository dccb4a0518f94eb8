// One line of the log: a JSON object, put together member by member. Whatever a value holds, the line stays one line and
// one object, and shows on a terminal as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace server::log {

enum class Level { kInfo, kWarning, kError };

class Line {
 public:
  // No line is longer, so that a pipe takes it whole (PIPE_BUF, and an end of line before it); members that do not fit are left out, and "cut":true says so.
  static constexpr std::size_t kMostBytes = 4095;
  // Of one value; the rest is cut off.
  static constexpr std::size_t kMostValueBytes = 200;

  // Begins with the time. `event` is one of ours: "request", "listening".
  Line(Level level, std::string_view event);
  // `name` is one of ours. Control characters, line and paragraph separators, marks that turn the direction of text and
  // what is not UTF-8 are escaped.
  Line& Add(std::string_view name, std::string_view value);
  Line& Add(std::string_view name, std::int64_t value);
  // The same, but an empty text or a zero is left out.
  Line& AddIf(std::string_view name, std::string_view value) { return value.empty() ? *this : Add(name, value); }
  Line& AddIf(std::string_view name, std::int64_t value) { return value == 0 ? *this : Add(name, value); }

  Level level() const { return level_; }
  // The whole line with its end. For once, at the end.
  std::string_view Finish();

 private:
  void Keep(std::size_t before);

  Level level_;
  bool cut_ = false;
  std::string text_;
};

}  // namespace server::log
