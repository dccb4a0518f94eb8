// Answers packed with gzip for callers that take it (RFC 9110 §12.5.3).
#pragma once

#include <cstddef>
#include <string_view>

#include "server/http/message.h"

namespace server::http {

inline constexpr std::size_t kLeastPackedBytes = 1024;   // a smaller body gains nothing

// Does the value of Accept-Encoding prefer gzip to the body as it is? An absent header does not.
bool PrefersGzip(std::string_view accept_encoding);

// Packs the body when the caller prefers that, the body is text and not small, and packing makes it smaller; in any case
// says in Vary when it could have been. `level` is zlib's, 1 to 9; 0 does nothing. A version's ETag is weak and stays: it
// names the resource, not the bytes (https://hl7.org/fhir/R4/http.html#versioning).
void Pack(const Request& request, int level, Response& answer);

}  // namespace server::http
