// See transaction.h.
#include "server/storage/sqlite/transaction.h"

#include "server/storage/facts.h"
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

Result<void> Transaction::WriteRow(const sql::ResourceRow& row, bool is_new) {
  const std::string facts = SqueezeFacts(row.facts);   // before the cursor that borrows it
  TRY_ASSIGN(Cursor cursor, database_.Query(is_new ? "INSERT INTO resource(key, type, id, home, seq, version, updated_us, method, as_of_us, facts) "
                                                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                                                   : "UPDATE resource SET type=?2, id=?3, home=?4, seq=?5, version=?6, updated_us=?7, method=?8, as_of_us=?9, facts=?10 "
                                                     "WHERE key=?1"));
  cursor.Bind(1, row.key).Bind(2, row.type).BindText(3, row.id).Bind(4, row.home).Bind(5, row.seq).Bind(6, row.version);
  cursor.Bind(7, row.updated_us).Bind(8, static_cast<std::int64_t>(row.method)).BindBlob(10, facts);
  if (row.as_of_us) cursor.Bind(9, *row.as_of_us);
  return cursor.Run();
}

}  // namespace server::storage::sqlite
