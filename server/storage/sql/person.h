// Which Patients are one person. A Patient whose link says replaced-by another was merged into it; what such
// links connect is one person, whichever Patient is asked about. Rows are kept from the Patients' bodies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/store.h"

namespace server::storage::sql {

// Patients that one person may be; a write that would join more is refused.
constexpr std::size_t kMostJoined = 100;

struct PersonMember {
  Key key;
  std::string id;
};

// Ids of one person with `id`, `id` first; whether there are Patients of these ids is not asked. One indexed
// lookup for a Patient that is not joined.
fhir::Result<std::vector<std::string>> JoinedIds(Connection& connection, std::string_view id);
// The live Patients among joined ids: the surviving one first, the others in order of arrival. Surviving is the first
// arrival of those that were not merged into another live one (of all, when links go round in a circle).
fhir::Result<std::vector<PersonMember>> LiveMembers(Connection& connection, const Layout& layout, const std::vector<std::string>& joined);

// Ids that a Patient's links name as replacing it, by literal reference.
std::vector<std::string_view> ReplacedBy(const fhir::Element& patient);
// Makes these all that `id` was merged into. kUnprocessable over kMostJoined.
fhir::Result<void> KeepJoins(Connection& connection, std::string_view id, const std::vector<std::string_view>& replaced_by);

}  // namespace server::storage::sql
