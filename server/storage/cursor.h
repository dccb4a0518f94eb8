// Page links that hold their own state: where the page before ended, signed, so that nobody makes one up and
// none serves for another search. The server keeps nothing between pages.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace server::storage {

// `scope` says what the cursor is for (the type and the whole query); base64url without padding.
std::string SealCursor(std::string_view secret, std::string_view scope, std::string_view payload);
// The payload. kInvalid when it was changed, cut or made for another scope.
fhir::Result<std::string> OpenCursor(std::string_view secret, std::string_view scope, std::string_view cursor);

}  // namespace server::storage
