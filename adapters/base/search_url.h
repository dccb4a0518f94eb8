// Texts in the search part of a URL, as transactions name what they write ("Patient?identifier=system|value").
#pragma once

#include <string>
#include <string_view>

namespace adapters {

// Of a search value in a URL: what has a meaning of its own there is percent-encoded, FHIR's own escapes first.
std::string EscapeSearchValue(std::string_view text);
// "identifier=system|value".
std::string IdentifierSearch(std::string_view system, std::string_view value);

}  // namespace adapters
