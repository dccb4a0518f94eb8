// Runs a search: pages in key order or sorted, totals, page cursors.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/search/query.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/layout.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

fhir::Result<SearchPage> RunSearch(Database& database, const Layout& layout, const search::Query& query);
// Ids only, newest first, at most `limit`; sort, includes, count and cursor have no meaning.
fhir::Result<std::vector<std::string>> MatchIds(Database& database, const Layout& layout, const search::Query& query, int limit);

}  // namespace server::storage::sqlite
