// What a condition finds: conditional creates, updates, deletes and references.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/search/query.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/layout.h"

namespace server::storage::sqlite {

// As WriteTransaction::Match: newest first; sort, includes, count and cursor have no meaning.
fhir::Result<std::vector<std::string>> MatchIds(Database& database, const Layout& layout, const search::Query& query, int limit);

}  // namespace server::storage::sqlite
