// Runs a search: pages in key order or sorted, totals, page cursors.
#pragma once

#include "fhir/base/result.h"
#include "server/search/query.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/layout.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

fhir::Result<SearchPage> RunSearch(Database& database, const Layout& layout, const search::Query& query);

}  // namespace server::storage::sqlite
