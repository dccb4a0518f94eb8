// Makes anew what is made of the bodies: facts, homes, index rows, joins, counters and the directory.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/layout.h"

namespace server::storage::sqlite {

// In one transaction: all of it or nothing. Of a body that cannot be read, what search knew of it stays.
fhir::Result<void> Reindex(Database& database, const Layout& layout);

}  // namespace server::storage::sqlite
