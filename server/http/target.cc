// Splits and decodes request targets by hand: library URI classes decode first, and split wrongly.
#include "server/http/target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace server::http {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Bytes of the UTF-8 sequence at `text[at]`, 0 when it is not one (overlong and surrogates included).
std::size_t SequenceLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(i < text.size() ? text[i] : 0); };
  const std::uint8_t first = byte(at);
  if (first < 0x80) return 1;
  const auto more = [&](std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) return false;
    }
    return true;
  };
  const std::uint8_t second = byte(at + 1);
  if (first >= 0xC2 && first <= 0xDF) return more(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    return more(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return more(3) ? 4 : 0;
  }
  return 0;
}

Result<void> CheckText(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c == 0x7F) {
      return Error(ErrorKind::kInvalid, "The request URL holds a control character. Leave it out.");
    }
    const std::size_t length = SequenceLength(text, at);
    if (length == 0) return Error(ErrorKind::kInvalid, "The request URL is not valid UTF-8 after decoding. Encode text as UTF-8, then percent-encode it.");
    at += length;
  }
  return {};
}

Result<void> SplitPath(std::string_view path, std::vector<std::string>& segments) {
  for (std::size_t at = 1; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    TRY_ASSIGN(std::string segment, Decode(path.substr(at, slash - at), PlusSign::kPlus));
    if (segment.empty()) return Error(ErrorKind::kInvalid, "The request path holds an empty segment ('//'). Write each '/' once.");
    if (segment == "." || segment == "..") return Error(ErrorKind::kInvalid, "The request path holds '.' or '..'. Give the path in full.");
    segments.push_back(std::move(segment));
    at = slash + 1;
  }
  return {};
}

}  // namespace

const std::string* Target::Find(std::string_view name) const {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

Result<std::string> Decode(std::string_view raw, PlusSign plus) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '%') {
      const int high = i + 2 < raw.size() ? HexDigit(raw[i + 1]) : -1;
      const int low = high >= 0 ? HexDigit(raw[i + 2]) : -1;
      if (low < 0) return Error(ErrorKind::kInvalid, "The request URL holds a '%' that is not followed by two hexadecimal digits. Write a plain percent sign as %25.");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (raw[i] == '+' && plus == PlusSign::kSpace) {
      out += ' ';
    } else {
      out += raw[i];
    }
  }
  TRY(CheckText(out));
  return out;
}

Result<std::vector<Parameter>> ParseParameters(std::string_view raw, PlusSign plus) {
  std::vector<Parameter> parameters;
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = std::min(raw.find('&', at), raw.size());
    const std::string_view piece = raw.substr(at, end - at);
    at = end + 1;
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    Parameter parameter;
    TRY_ASSIGN(parameter.name, Decode(piece.substr(0, equals), plus));
    if (equals != std::string_view::npos) {
      TRY_ASSIGN(parameter.value, Decode(piece.substr(equals + 1), plus));
    }
    if (parameter.name.empty()) return Error(ErrorKind::kInvalid, "The query holds a value without a parameter name. Write name=value.");
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Result<Target> ParseTarget(std::string_view raw) {
  if (raw.empty() || raw[0] != '/') {
    return Error(ErrorKind::kInvalid, "The request target must be a path that starts with '/', such as /fhir/Patient.");
  }
  if (raw.find('#') != std::string_view::npos) {
    return Error(ErrorKind::kInvalid, "The request URL holds '#'. Write it as %23, or leave the fragment out.");
  }
  Target target;
  const std::size_t question = raw.find('?');
  target.path = raw.substr(0, question);
  target.query = question == std::string_view::npos ? std::string_view() : raw.substr(question + 1);
  TRY(SplitPath(target.path, target.segments));
  TRY_ASSIGN(target.parameters, ParseParameters(target.query, PlusSign::kPlus));
  return target;
}

std::string Encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/:|,$").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace server::http
