// What SQLite itself says of its file, and whether the bodies in it are those that were stored.
#pragma once

#include "fhir/base/result.h"
#include "server/storage/sql/verify.h"

namespace server::storage::sqlite {

// SQLite's own check of pages, of tables against their indexes, and of constraints; then body_check.h.
fhir::Result<void> VerifyFile(sql::Verification& run);

}  // namespace server::storage::sqlite
