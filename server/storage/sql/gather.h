// The keys that ordered index rows (strings, dates, numbers) give for a value, as long as they are few.
#pragma once

#include <vector>

#include "fhir/base/result.h"
#include "server/search/match.h"
#include "server/storage/sql/connection.h"
#include "server/storage/slots.h"
#include "server/storage/store.h"

namespace server::storage::sql {

// Appends the keys of a superset of what the value matches. False: these rows cannot tell, or there are more
// than `limit`.
fhir::Result<bool> GatherKeys(Connection& connection, Slot slot, std::string_view parameter_type, const search::PreparedValue& value, std::int64_t limit,
                              std::vector<Key>& keys);

}  // namespace server::storage::sql
