// Runs a search: pages in key order or sorted, totals, page cursors.
#pragma once

#include "fhir/base/result.h"
#include "server/search/query.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/store.h"

namespace server::storage::sql {

fhir::Result<SearchPage> RunSearch(Connection& connection, const Layout& layout, const search::Query& query);

}  // namespace server::storage::sql
