// A stored version as HTTP shows it: ETag, Last-Modified, Location, conditional reads
// (https://hl7.org/fhir/R4/http.html#versions).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.h"
#include "server/storage/store.h"

namespace server::http {

// "W/\"3\"" and back; W/ and the quotes may be missing in what callers send.
std::string ETag(std::int64_t version);
std::optional<std::int64_t> ParseETag(std::string_view text);

// Microseconds since 1970 as "Sat, 21 Nov 2026 22:41:11 GMT" and back (nothing when it is not of that form),
// and as a FHIR instant with milliseconds "2026-11-21T22:41:11.123Z".
std::string HttpDate(std::int64_t us);
std::optional<std::int64_t> ParseHttpDate(std::string_view text);
std::string Instant(std::int64_t us);
// A FHIR instant (with offset) as microseconds; nothing when it is none.
std::optional<std::int64_t> ParseInstant(std::string_view text);

// "Patient/1/_history/3"
std::string VersionPath(const storage::Version& version);

// The version's bytes with ETag and Last-Modified; 410 for a deletion.
Response VersionResponse(storage::Version version, int status);
// The caller has this version already (If-None-Match, else If-Modified-Since).
bool IsUnchanged(const Headers& headers, const storage::Version& version);

}  // namespace server::http
