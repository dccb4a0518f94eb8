// See url.h.
#include "server/search/url.h"

#include <cstddef>
#include <cstdint>

namespace server::search {

namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Well-formed UTF-8 without overlong forms and surrogates.
bool IsUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned lead = byte(at);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    if (length == 0) return false;
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) return false;
    }
    const unsigned second = byte(at + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return false;
    at += length;
  }
  return true;
}

}  // namespace

std::vector<RawPair> SplitPairs(std::string_view raw) {
  std::vector<RawPair> pairs;
  while (!raw.empty()) {
    const std::size_t end = raw.find('&');
    const std::string_view part = raw.substr(0, end);
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    pairs.push_back(equals == std::string_view::npos ? RawPair{part, {}} : RawPair{part.substr(0, equals), part.substr(equals + 1)});
  }
  return pairs;
}

fhir::Result<std::string> DecodePercent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[at] != '%') {
      out += text[at];
    } else {
      const int high = at + 1 < text.size() ? HexDigit(text[at + 1]) : -1, low = at + 2 < text.size() ? HexDigit(text[at + 2]) : -1;
      if (high < 0 || low < 0 || (high == 0 && low == 0)) {
        return fhir::Error(fhir::ErrorKind::kInvalid, "The URL holds a broken escape: after % come two hexadecimal digits, not 00.").WithIssueType("value");
      }
      out += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  if (!IsUtf8(out)) return fhir::Error(fhir::ErrorKind::kInvalid, "The URL's escapes do not make UTF-8 text.").WithIssueType("value");
  return out;
}

std::string EncodePercent(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF", kPlain = "-._~,:/";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kPlain.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
    }
  }
  return out;
}

std::string IdentifierCriterion(std::string_view system, std::string_view value) {
  const auto escape = [](std::string_view text) {
    std::string escaped;   // https://hl7.org/fhir/R4/search.html#escaping
    for (const char c : text) {
      if (c == ',' || c == '|' || c == '$' || c == '\\') escaped += '\\';
      escaped += c;
    }
    return EncodePercent(escaped);
  };
  return "identifier=" + escape(system) + "|" + escape(value);
}

}  // namespace server::search
