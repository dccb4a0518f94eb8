// The tables of a PostgreSQL store, and bringing a database to them.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/postgres/connection.h"
#include "server/storage/sql/layout.h"

namespace server::storage::postgres {

// Creates or migrates the tables and fills in `layout`, in one transaction that only one process is in at a time, so that
// processes that start together agree. kUnsupported when a newer Careloom made the database. With `read_only` nothing is changed and
// an empty or older database fails.
fhir::Result<void> Prepare(PostgresConnection& connection, sql::Layout& layout, bool read_only);

}  // namespace server::storage::postgres
