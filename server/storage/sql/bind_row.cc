// See bind_row.h.
#include "server/storage/sql/bind_row.h"

namespace server::storage::sql {

void BindRow(Cursor& cursor, const HashRow& row, Key key) { cursor.Bind(1, row.slot).Bind(2, row.hash).Bind(3, key); }
void BindRow(Cursor& cursor, const StringRow& row, Key key) { cursor.Bind(1, row.slot).BindBlob(2, row.prefix).Bind(3, key); }
void BindRow(Cursor& cursor, const DateRow& row, Key key) { cursor.Bind(1, row.slot).Bind(2, row.low_us).Bind(3, row.high_us).Bind(4, key); }
void BindRow(Cursor& cursor, const NumberRow& row, Key key) { cursor.Bind(1, row.slot).Bind(2, row.value).Bind(3, key); }

}  // namespace server::storage::sql
