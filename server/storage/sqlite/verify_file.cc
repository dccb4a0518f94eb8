// See verify_file.h.
#include "server/storage/sqlite/verify_file.h"

#include <string>

#include "server/storage/sqlite/body_check.h"

namespace server::storage::sqlite {

fhir::Result<void> VerifyFile(sql::Verification& run) {
  TRY_ASSIGN(sql::Cursor cursor, run.connection.Query("PRAGMA integrity_check(20)"));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    if (cursor.Bytes(0) != "ok") run.Found(VerifyKind::kFile, {}, "SQLite: " + std::string(cursor.Bytes(0)));
  }
  return VerifyBodyChecks(run);
}

}  // namespace server::storage::sqlite
