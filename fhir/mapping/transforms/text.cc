// Transforms from text to text: append, truncate, escape, cast.
#include <charconv>

#include "fhir/mapping/primitive_text.h"
#include "fhir/mapping/transforms/catalogue.h"

namespace fhir::mapping {
namespace {

Datum Text(std::string text, std::vector<std::uint32_t> leaves) {
  Datum datum;
  datum.kind = ValueKind::kString;
  datum.type = "string";
  datum.text = std::move(text);
  datum.leaves = std::move(leaves);
  return datum;
}

// The text of an argument; an element with parts has none.
Result<std::string_view> TextOf(const TransformInput& input, std::size_t index) {
  const Datum& argument = input.arguments[index];
  if (argument.kind != ValueKind::kNone && argument.kind != ValueKind::kNull) return std::string_view(argument.text);
  return Error(ErrorKind::kUnprocessable, input.use.name + "() takes single values; argument " + std::to_string(index + 1) + " has none");
}

// Bytes of the first `count` characters of UTF-8.
std::size_t PrefixBytes(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size()) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && count-- == 0) return at;
    ++at;
  }
  return text.size();
}

std::string EscapeXml(std::string_view text, bool html) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += html ? "&#39;" : "&apos;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string EscapeJson(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::string EscapeUrl(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace

Result<Datum> Append(const TransformInput& input) {
  std::string text;
  for (std::size_t i = 0; i < input.arguments.size(); ++i) {
    if (input.arguments[i].empty()) continue;   // an expression without a result
    TRY_ASSIGN(const std::string_view part, TextOf(input, i));
    text += part;
  }
  return Text(std::move(text), input.Leaves());
}

// A text that is cut loses its end, so it does not count as carried, and the cut is reported.
Result<Datum> Truncate(const TransformInput& input) {
  TRY_ASSIGN(const std::string_view text, TextOf(input, 0));
  TRY_ASSIGN(const std::string_view length, TextOf(input, 1));
  std::size_t count = 0;
  const auto [stop, error] = std::from_chars(length.data(), length.data() + length.size(), count);
  if (error != std::errc() || stop != length.data() + length.size()) {
    return Error(ErrorKind::kUnprocessable, "truncate() takes a whole number as length");
  }
  const std::size_t bytes = PrefixBytes(text, count);
  if (bytes == text.size()) return Text(std::string(text), input.Leaves());
  input.Report(Severity::kWarning, "incomplete", "the text is longer than " + std::string(length) + " characters; its end is cut off");
  return Text(std::string(text.substr(0, bytes)), {});
}

// escape(text, format) or escape(text, from, format); only plain text is known as what to come from.
Result<Datum> Escape(const TransformInput& input) {
  TRY_ASSIGN(const std::string_view text, TextOf(input, 0));
  TRY_ASSIGN(const std::string_view format, TextOf(input, input.arguments.size() - 1));
  const bool from_plain = input.arguments.size() == 2 || input.Text(1) == "plain" || input.Text(1) == "text";
  if (from_plain && format == "xml") return Text(EscapeXml(text, false), input.Leaves());
  if (from_plain && format == "html") return Text(EscapeXml(text, true), input.Leaves());
  if (from_plain && format == "json") return Text(EscapeJson(text), input.Leaves());
  if (from_plain && format == "url") return Text(EscapeUrl(text), input.Leaves());
  return Error(ErrorKind::kUnsupported, "escape() knows xml, html, json and url from plain text; found '" + std::string(format) + "'");
}

Result<Datum> Cast(const TransformInput& input) {
  TRY_ASSIGN(const std::string_view text, TextOf(input, 0));
  const std::string_view type = input.arguments.size() > 1 ? input.Text(1) : std::string_view("string");
  const schema::Type* known = input.registry.FindType(type);
  if (!known || known->kind != schema::TypeKind::kPrimitive) {
    return Error(ErrorKind::kUnsupported, "cast() goes to primitive types; '" + std::string(type) + "' is none");
  }
  if (!HasFormOf(type, text)) return Error(ErrorKind::kUnprocessable, "the value has not the form of " + std::string(type) + ", which it is cast to").WithIssueType("value");
  Datum datum = Text(std::string(text), input.Leaves());
  datum.type = std::string(type);
  datum.kind = KindOf(type);
  return datum;
}

}  // namespace fhir::mapping
