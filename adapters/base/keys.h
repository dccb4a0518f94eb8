// What resources of a source's record are known by: identifier systems of ours, parts of keys, names within a transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace adapters {

inline constexpr std::string_view kBase = "https://careloom.example/fhir/";

// "…/id/cld-event/503" for kind "cld-event".
std::string SystemOf(std::string_view kind, std::string_view scope);
// A text as one part of a key, between slashes: "/" is "%2F", "%" is "%25".
std::string KeyPart(std::string_view text);
// What an entry is called within its transaction, the same in every transaction.
std::string UuidOf(std::string_view type, std::string_view system, std::string_view value);
// "2024-05-01T10:00:00.000000Z" of microseconds since 1970.
std::string InstantOf(std::int64_t microseconds);

}  // namespace adapters
