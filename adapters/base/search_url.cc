// https://hl7.org/fhir/R4/search.html#escaping
#include "adapters/base/search_url.h"

namespace adapters {

std::string EscapeSearchValue(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~:/";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c == ',' || c == '|' || c == '$' || c == '\\') out += "%5C";  // FHIR's own escape comes first
    if (letter || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

std::string IdentifierSearch(std::string_view system, std::string_view value) {
  return "identifier=" + EscapeSearchValue(system) + "|" + EscapeSearchValue(value);
}

}  // namespace adapters
