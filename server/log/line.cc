// Escaping and cutting.
#include "server/log/line.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "fhir/base/utf8.h"

namespace server::log {
namespace {

constexpr std::string_view kCut = R"(,"cut":true)";
constexpr std::string_view kEnd = "}\n";

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kInfo: return "info";
    case Level::kWarning: return "warning";
    case Level::kError: return "error";
  }
  return "error";
}

void AppendNumber(std::int64_t value, std::size_t digits, std::string& out) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const auto size = static_cast<std::size_t>(end - buffer);
  if (size < digits) out.append(digits - size, '0');
  out.append(buffer, size);
}

// "2026-11-22T04:28:04.123456Z"
void AppendNow(std::string& out) {
  using namespace std::chrono;
  const auto now = floor<microseconds>(system_clock::now());
  const auto day = floor<days>(now);
  const year_month_day date(day);
  const hh_mm_ss time(now - day);
  const std::pair<std::int64_t, char> parts[] = {{static_cast<unsigned>(date.month()), '-'}, {static_cast<unsigned>(date.day()), '-'}, {time.hours().count(), 'T'},
                                                 {time.minutes().count(), ':'},              {time.seconds().count(), ':'}};
  AppendNumber(static_cast<int>(date.year()), 4, out);
  for (const auto& [value, before] : parts) {
    out += before;
    AppendNumber(value, 2, out);
  }
  out += '.';
  AppendNumber(time.subseconds().count(), 6, out);
  out += 'Z';
}

// Of valid UTF-8.
char32_t CodePoint(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(character[i])); };
  switch (character.size()) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3: return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default: return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

// What changes how the line or its neighbours are shown: controls, separators, direction marks, what has no width.
bool IsUnfit(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

void AppendEscape(char32_t c, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(c >> shift) & 15];
}

void AppendText(std::string_view rest, std::string& out) {
  std::size_t room = Line::kMostValueBytes;
  while (!rest.empty()) {
    const std::size_t size = fhir::utf8::CharacterAt(rest);
    const std::size_t step = std::max<std::size_t>(size, 1);
    if (step > room) return;
    room -= step;
    const char32_t c = size == 0 ? 0xFFFD : CodePoint(rest.substr(0, size));
    if (c == '"' || c == '\\') {
      out += '\\';
      out += rest[0];
    } else if (size == 0 || IsUnfit(c)) {
      AppendEscape(c > 0xFFFF ? 0xFFFD : c, out);
    } else {
      out += rest.substr(0, size);
    }
    rest.remove_prefix(step);
  }
}

}  // namespace

Line::Line(Level level, std::string_view event) : level_(level) {
  text_.reserve(512);
  text_ += R"({"time":")";
  AppendNow(text_);
  text_ += R"(","level":")";
  text_ += NameOf(level);
  text_ += '"';
  Add("event", event);
}

Line& Line::Add(std::string_view name, std::string_view value) {
  const std::size_t before = text_.size();
  text_ += ",\"";
  text_ += name;
  text_ += "\":\"";
  AppendText(value, text_);
  text_ += '"';
  Keep(before);
  return *this;
}

Line& Line::Add(std::string_view name, std::int64_t value) {
  const std::size_t before = text_.size();
  text_ += ",\"";
  text_ += name;
  text_ += "\":";
  AppendNumber(value, 1, text_);
  Keep(before);
  return *this;
}

void Line::Keep(std::size_t before) {
  if (text_.size() + kCut.size() + kEnd.size() <= kMostBytes) return;
  text_.resize(before);
  cut_ = true;
}

std::string_view Line::Finish() {
  if (cut_) text_ += kCut;
  text_ += kEnd;
  return text_;
}

}  // namespace server::log
