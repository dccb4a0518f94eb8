// The tables of a SQLite store, and bringing a file to them.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/layout.h"

namespace server::storage::sqlite {

// Creates or migrates the tables, makes the secret of a new store with `random`, and gives numbers to new
// types and parameters. kUnsupported when a newer Careloom wrote the file. With a read-only database nothing
// is changed and an empty file fails.
fhir::Result<void> Prepare(Database& database, Layout& layout, bool read_only);

}  // namespace server::storage::sqlite
