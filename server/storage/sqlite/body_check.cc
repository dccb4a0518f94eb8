// See body_check.h.
#include "server/storage/sqlite/body_check.h"

#include <string>

#include "server/storage/keyed_hash.h"

namespace server::storage::sqlite {

using fhir::Result;

std::int64_t BodyCheck(Key key, Sequence seq, std::string_view body) {
  return static_cast<std::int64_t>(SipHash({static_cast<std::uint64_t>(key), static_cast<std::uint64_t>(seq)}, body));
}

Result<void> VerifyBodyChecks(sql::Verification& run) {
  TRY_ASSIGN(sql::Cursor cursor, run.connection.Scan("SELECT v.key, v.seq, v.version, v.body, v.body_check, t.name || '/' || r.id "
                                                    "FROM version v LEFT JOIN resource r ON r.key=v.key LEFT JOIN type t ON t.id=r.type "
                                                    "WHERE v.body IS NOT NULL AND v.body_check IS NOT NULL ORDER BY v.seq"));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) return {};
    if (BodyCheck(cursor.Int(0), cursor.Int(1), cursor.Bytes(3)) == cursor.Int(4)) continue;
    run.Found(VerifyKind::kVersion, std::string(cursor.Bytes(5)) + " version " + std::to_string(cursor.Int(2)), "its content is not the bytes that were stored");
  }
}

}  // namespace server::storage::sqlite
