// What a condition finds: conditional creates, updates, deletes and references.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/search/query.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"

namespace server::storage::sql {

// As WriteTransaction::Match: newest first; sort, includes, count and cursor have no meaning.
fhir::Result<std::vector<std::string>> MatchIds(Connection& connection, const Layout& layout, const search::Query& query, int limit);

}  // namespace server::storage::sql
