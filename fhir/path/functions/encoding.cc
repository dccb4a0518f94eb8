// encode, decode, escape and unescape of texts (https://hl7.org/fhirpath/#additional-string-functions).
#include <array>
#include <utility>

#include "fhir/base/text.h"
#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Converted = std::optional<std::string>;

std::uint32_t Byte(char c) { return static_cast<unsigned char>(c); }
char Character(std::uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value & 0xFF)); }

std::string ToBase64(std::string_view text, std::string_view alphabet) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::size_t rest = text.size() - at;
    const std::uint32_t group = Byte(text[at]) << 16 | (rest > 1 ? Byte(text[at + 1]) << 8 : 0) | (rest > 2 ? Byte(text[at + 2]) : 0);
    out += alphabet[group >> 18];
    out += alphabet[group >> 12 & 63];
    out += rest > 1 ? alphabet[group >> 6 & 63] : '=';
    out += rest > 2 ? alphabet[group & 63] : '=';
  }
  return out;
}

Converted FromBase64(std::string_view text, std::string_view alphabet) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += Character(bits >> count);
    }
  }
  return out;
}

std::string ToHex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    out += kDigits[Byte(c) >> 4];
    out += kDigits[Byte(c) & 15];
  }
  return out;
}

Converted FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const int high = HexDigit(text[at]), low = HexDigit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += Character(static_cast<std::uint32_t>(high * 16 + low));
  }
  return out;
}

struct Pair { std::string_view plain, escaped; };
constexpr std::array<Pair, 5> kHtml = {{{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}}};
constexpr std::array<Pair, 5> kJson = {{{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}, {"\r", "\\r"}, {"\t", "\\t"}}};

std::string EscapeWith(std::string_view text, const std::array<Pair, 5>& pairs) {
  std::string out;
  for (char c : text) {
    std::string_view piece(&c, 1);
    for (const Pair& pair : pairs) {
      if (pair.plain == std::string_view(&c, 1)) piece = pair.escaped;
    }
    out += piece;
  }
  return out;
}

std::string UnescapeWith(std::string_view text, const std::array<Pair, 5>& pairs) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t taken = 0;
    for (const Pair& pair : pairs) {
      if (taken != 0 || !text.substr(at).starts_with(pair.escaped)) continue;
      out += pair.plain;
      taken = pair.escaped.size();
    }
    if (taken == 0) out += text[at];
    at += taken == 0 ? 1 : taken;
  }
  return out;
}

template <typename F>
Result<Values> ByName(Evaluator& evaluator, const Call& call, std::string_view allowed, F function) {
  const std::optional<Scalar> input = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
  if (call.input.size() > 1) return Evaluator::Fail(call.node, call.node.text + "() takes one text.");
  TRY_ASSIGN(const std::optional<SystemValue> name, evaluator.ScalarArgument(call, 0));
  if (!input || !name) return Values();
  TRY(evaluator.Spend(input->text.size() / 16, call.node));
  const std::optional<Converted> converted = function(input->text, name->text);
  if (!converted) {
    return Evaluator::Fail(call.argument(0), call.node.text + "() does not know '" + name->text + "'; there are " + std::string(allowed) + ".");
  }
  return *converted ? One(String(**converted)) : Values();
}

using Answer = std::optional<Converted>;

}  // namespace

Result<Values> Encode(Evaluator& evaluator, const Call& call) {
  return ByName(evaluator, call, "hex, base64 and urlbase64", [](std::string_view text, std::string_view name) -> Answer {
    if (name == "hex") return Converted(ToHex(text));
    if (name == "base64") return Converted(ToBase64(text, kBase64));
    if (name == "urlbase64") return Converted(ToBase64(text, kUrlBase64));
    return std::nullopt;
  });
}

Result<Values> Decode(Evaluator& evaluator, const Call& call) {
  return ByName(evaluator, call, "hex, base64 and urlbase64", [](std::string_view text, std::string_view name) -> Answer {
    if (name == "hex") return FromHex(text);
    if (name == "base64") return FromBase64(text, kBase64);
    if (name == "urlbase64") return FromBase64(text, kUrlBase64);
    return std::nullopt;
  });
}

Result<Values> Escape(Evaluator& evaluator, const Call& call) {
  return ByName(evaluator, call, "html and json", [](std::string_view text, std::string_view name) -> Answer {
    if (name == "html") return Converted(EscapeWith(text, kHtml));
    if (name == "json") return Converted(EscapeWith(text, kJson));
    return std::nullopt;
  });
}

Result<Values> Unescape(Evaluator& evaluator, const Call& call) {
  return ByName(evaluator, call, "html and json", [](std::string_view text, std::string_view name) -> Answer {
    if (name == "html") return Converted(UnescapeWith(text, kHtml));
    if (name == "json") return Converted(UnescapeWith(text, kJson));
    return std::nullopt;
  });
}

}  // namespace fhir::path::functions
