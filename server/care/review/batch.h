// What the review writes, gathered into transactions: the store's writer is asked seldom, and held briefly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"

namespace server::care::review {

inline constexpr std::string_view kIdentifierSystem = "https://careloom.example/fhir/id/watch";      // of what the review raised
inline constexpr std::string_view kWatchSystem = "https://careloom.example/fhir/CodeSystem/watch";   // names of watches

// Things that belong together, such as a Flag and its Task: all of it is stored, or nothing.
struct Item {
  struct Entry {
    fhir::Document resource;
    std::int64_t version = 0;          // an update of that version; 0: made, unless one with `identifier` is there
    std::string identifier;
  };
  std::vector<Entry> entries;
};

// A logical id, fit to be searched for: what a Flag or a Task refers to may be anybody's text.
bool IsId(std::string_view text);
// A search's token that finds what has that identifier.
std::string IdentifierToken(std::string_view value);

// Stores the items, all in one transaction; where that is refused, each in one of its own. What comes back is how many were stored.
// One that is refused by itself (somebody else changed the resource, a rule) is passed over. An error: the store does not take writes.
fhir::Result<std::int64_t> Store(App& app, const std::vector<Item>& items);

}  // namespace server::care::review
