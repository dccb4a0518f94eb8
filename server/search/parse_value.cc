// See parse_value.h.
#include "server/search/parse_value.h"

#include <array>
#include <cstddef>
#include <utility>

namespace server::search {

namespace {

constexpr std::array<std::pair<std::string_view, Prefix>, 9> kPrefixes{{
    {"eq", Prefix::kEq}, {"ne", Prefix::kNe}, {"gt", Prefix::kGt}, {"lt", Prefix::kLt}, {"ge", Prefix::kGe},
    {"le", Prefix::kLe}, {"sa", Prefix::kSa}, {"eb", Prefix::kEb}, {"ap", Prefix::kAp},
}};

Prefix TakePrefix(std::string_view& text) {
  for (const auto& [written, prefix] : kPrefixes) {
    if (text.starts_with(written)) {
      text.remove_prefix(written.size());
      return prefix;
    }
  }
  return Prefix::kEq;
}

void ParseToken(std::string_view text, Value& value) {
  const std::vector<std::string_view> parts = SplitUnescaped(text, '|');
  value.has_system = parts.size() > 1;
  if (value.has_system) value.system = Unescape(parts[0]);
  // A second bar is part of the code.
  value.code = Unescape(value.has_system ? text.substr(parts[0].size() + 1) : text);
}

void ParseQuantity(std::string_view text, Value& value) {
  const std::vector<std::string_view> parts = SplitUnescaped(text, '|');
  value.text = Unescape(parts[0]);
  value.has_system = parts.size() > 1;
  if (parts.size() > 1) value.system = Unescape(parts[1]);
  if (parts.size() > 2) value.code = Unescape(text.substr(parts[0].size() + parts[1].size() + 2));
}

// "123", "Patient/123", "Patient/123/_history/2" (the version is dropped) or an absolute URL or canonical.
void ParseReference(std::string_view text, std::string_view type_modifier, Value& value) {
  value.text = Unescape(text);
  value.reference_type = std::string(type_modifier);
  if (value.text.find(':') != std::string::npos || value.text.starts_with('#')) return;
  std::string path = value.text;
  if (const std::size_t history = path.find("/_history/"); history != std::string::npos) path.resize(history);
  const std::size_t slash = path.find('/');
  if (slash == std::string::npos || path.find('/', slash + 1) != std::string::npos) return;
  // subject:Patient=Group/1 contradicts itself and finds nothing: no id holds a slash.
  if (!type_modifier.empty() && type_modifier != path.substr(0, slash)) return;
  value.reference_type = path.substr(0, slash);
  value.text = path.substr(slash + 1);
}

}  // namespace

std::vector<std::string_view> SplitUnescaped(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == separator) {
      parts.push_back(text.substr(start, at - start));
      start = at + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::string Unescape(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '\\' && at + 1 < text.size() && std::string_view(",|$\\").find(text[at + 1]) != std::string_view::npos;
    if (escape) ++at;
    out += text[at];
  }
  return out;
}

Value ParseValue(std::string_view text, std::string_view parameter_type, std::string_view type_modifier, bool as_token) {
  Value value;
  if (parameter_type == "token" || as_token) {
    ParseToken(text, value);
  } else if (parameter_type == "reference") {
    ParseReference(text, type_modifier, value);
  } else if (parameter_type == "quantity") {
    value.prefix = TakePrefix(text);
    ParseQuantity(text, value);
  } else {
    if (parameter_type == "date" || parameter_type == "number") value.prefix = TakePrefix(text);
    value.text = Unescape(text);
  }
  return value;
}

}  // namespace server::search
