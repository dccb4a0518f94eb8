// See follow.h.
#include "server/storage/postgres/follow.h"

namespace server::storage::postgres {

fhir::Result<std::vector<Change>> ChangesAfter(sql::Connection& connection, const Place& after, int count) {
  TRY_ASSIGN(sql::Cursor cursor, connection.Query("SELECT xid, seq, key, version FROM version WHERE (xid, seq)>(CAST(CAST(?1 AS TEXT) AS XID8), ?2) "
                                                  "AND xid<pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, seq LIMIT ?3"));
  cursor.Bind(1, after.transaction).Bind(2, after.seq).Bind(3, std::int64_t{count});
  std::vector<Change> changes;
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) return changes;
    changes.push_back({{cursor.Int(0), cursor.Int(1)}, cursor.Int(2), cursor.Int(3)});
  }
}

}  // namespace server::storage::postgres
