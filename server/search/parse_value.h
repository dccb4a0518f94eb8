// One search value as text to its parts (https://hl7.org/fhir/R4/search.html#escaping): split first, unescape after.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/search/query.h"

namespace server::search {

// Splits at `separator` where no backslash stands before it; escapes stay.
std::vector<std::string_view> SplitUnescaped(std::string_view text, char separator);
// \, \| \$ and \\ become the character.
std::string Unescape(std::string_view text);
// The parts that the parameter's type gives a value: prefix, system, code, reference type. `type_modifier` is
// the [type] of subject:Patient=…; empty else. `as_token` reads a reference's :identifier.
Value ParseValue(std::string_view text, std::string_view parameter_type, std::string_view type_modifier, bool as_token);

}  // namespace server::search
