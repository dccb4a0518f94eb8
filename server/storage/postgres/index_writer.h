// Puts the index rows of a resource into the tables, or takes them out: one statement a table, its rows as arrays.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/index_rows.h"
#include "server/storage/postgres/connection.h"
#include "server/storage/sql/rows.h"

namespace server::storage::postgres {

fhir::Result<void> AddIndexRows(PostgresConnection& connection, Key key, std::int64_t home, const IndexRows& rows);
fhir::Result<void> RemoveIndexRows(PostgresConnection& connection, Key key, std::int64_t home, const IndexRows& rows);
// What only `left` has.
IndexRows Without(const IndexRows& left, const IndexRows& right);

}  // namespace server::storage::postgres
