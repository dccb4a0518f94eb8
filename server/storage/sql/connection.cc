// See connection.h.
#include "server/storage/sql/connection.h"

namespace server::storage::sql {

fhir::Result<std::int64_t> QueryInt(Connection& connection, std::string_view sql, std::int64_t fallback) {
  TRY_ASSIGN(Cursor cursor, connection.Query(sql));
  TRY_ASSIGN(const bool found, cursor.Step());
  return found && !cursor.IsNull(0) ? cursor.Int(0) : fallback;
}

}  // namespace server::storage::sql
