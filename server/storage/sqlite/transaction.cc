// See transaction.h.
#include "server/storage/sqlite/transaction.h"

#include "server/storage/sqlite/body_check.h"
#include "server/storage/sqlite/index_writer.h"

namespace server::storage::sqlite {

using fhir::Result;

void Transaction::HandOver(WriterState& state) const {
  state.last_key = last_key_;
  state.last_seq = last_seq_;
  for (const auto& [type, added] : counts()) {
    sql::TypeCount& count = state.counts[type];
    count.live += added.live;
    count.versions += added.versions;
    count.bytes += added.bytes;
  }
}

Result<std::int64_t> Transaction::NextMessagePosition() { return QueryInt(database_, "SELECT coalesce(max(position), 0)+1 FROM message", 1); }

Result<void> Transaction::WriteIndexRows(const sql::ResourceRow& row, const IndexRows& before, const IndexRows& after) {
  return ReplaceIndexRows(database_, row.key, before, after);
}

Result<void> Transaction::WriteVersion(const sql::ResourceRow& row, const Row& stored, const std::string& body) {
  {
    TRY_ASSIGN(Cursor cursor, database_.Query("INSERT INTO version(seq, key, version, updated_us, method, body, body_check) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    cursor.Bind(1, row.seq).Bind(2, row.key).Bind(3, row.version).Bind(4, row.updated_us).Bind(5, static_cast<std::int64_t>(row.method));
    if (!row.deleted()) cursor.BindBlob(6, body).Bind(7, BodyCheck(row.key, row.seq, body));
    TRY(cursor.Run());
  }
  if (stored) {
    TRY_ASSIGN(Cursor cursor, database_.Query("INSERT INTO older(key, version, seq) VALUES(?1, ?2, ?3)"));
    TRY(cursor.Bind(1, stored->key).Bind(2, stored->version).Bind(3, stored->seq).Run());
  }
  if (!stored || stored->home != row.home) {
    TRY_ASSIGN(Cursor cursor, database_.Query("INSERT INTO directory(type, id, key, home) VALUES(?1, ?2, ?3, ?4) "
                                             "ON CONFLICT(type, id) DO UPDATE SET key=?3, home=?4"));
    TRY(cursor.Bind(1, row.type).BindText(2, row.id).Bind(3, row.key).Bind(4, row.home).Run());
  }
  return WriteRow(row, !stored);
}

}  // namespace server::storage::sqlite
