// Puts the index rows of a resource into the tables, or takes them out.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/index_rows.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

// Takes away the rows that only `before` has and adds those that only `after` has.
fhir::Result<void> ReplaceIndexRows(Database& database, Key key, const IndexRows& before, const IndexRows& after);

}  // namespace server::storage::sqlite
