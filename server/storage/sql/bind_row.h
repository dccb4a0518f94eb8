// Index rows as parameters of a statement.
#pragma once

#include "server/storage/index_rows.h"
#include "server/storage/sql/connection.h"
#include "server/storage/store.h"

namespace server::storage::sql {

// Binds the columns of a row, from the first parameter on, the key last.
void BindRow(Cursor& cursor, const HashRow& row, Key key);
void BindRow(Cursor& cursor, const StringRow& row, Key key);
void BindRow(Cursor& cursor, const DateRow& row, Key key);
void BindRow(Cursor& cursor, const NumberRow& row, Key key);

}  // namespace server::storage::sql
