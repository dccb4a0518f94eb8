// What resources of a council's record are known by: identifier systems, and keys made of what the source says
// (mappings/council/README.md, Keys).
#pragma once

#include <string>
#include <string_view>

#include "adapters/base/keys.h"
#include "adapters/council/cld/lists.h"

namespace adapters::council::cld {

inline constexpr std::string_view kCouncilSystem = "https://careloom.example/fhir/id/cassr-code";

inline std::string PersonSystemOf(std::string_view scope) { return SystemOf("la-person-id", scope); }

// Without the number that tells several of one key apart.
std::string EventKey(const Lists& lists, const Cells& cells);
// What tells services of one key apart within a file.
std::string ServiceDetail(const Lists& lists, const Cells& cells);
// The same text for the same wording of either release.
std::string NeedKey(const Lists& lists, std::string_view person, std::string_view reason);
std::string BudgetKey(const Lists& lists, std::string_view person, std::string_view mechanism);

inline const std::string& At(const Cells& cells, Column column) { return cells[static_cast<std::size_t>(column)]; }

}  // namespace adapters::council::cld
