// The tables of a SQLite store, and bringing a file to them.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/sql/layout.h"
#include "server/storage/sqlite/database.h"

namespace server::storage::sqlite {

// Creates or migrates the tables, then reads what stands in them into `layout` (sql::LoadLayout). kUnsupported when a
// newer Careloom wrote the file. With a read-only database nothing is changed and an empty file fails.
fhir::Result<void> Prepare(Database& database, sql::Layout& layout, bool read_only);

}  // namespace server::storage::sqlite
