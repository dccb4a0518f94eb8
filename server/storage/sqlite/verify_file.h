// What SQLite itself says of its file.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/sql/verify.h"

namespace server::storage::sqlite {

// SQLite's own check of pages, of tables against their indexes, and of constraints.
fhir::Result<void> VerifyFile(sql::Verification& run);

}  // namespace server::storage::sqlite
