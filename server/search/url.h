// The query part of a URL, split before it is decoded (https://www.rfc-editor.org/rfc/rfc3986#section-2.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace server::search {

struct RawPair {
  std::string_view name, value;   // still percent-encoded
};

// "a=1&b=2" in order; empty parts are passed over.
std::vector<RawPair> SplitPairs(std::string_view raw);
// Fails with kInvalid for a broken escape, an encoded U+0000 or what is not UTF-8. A plus sign is a space
// only where forms write it so.
fhir::Result<std::string> DecodePercent(std::string_view text, bool plus_is_space);
// Everything but unreserved characters and ,:/ escaped.
std::string EncodePercent(std::string_view text);
// "identifier=system|value", encoded, with FHIR's own escapes.
std::string IdentifierCriterion(std::string_view system, std::string_view value);

}  // namespace server::search
