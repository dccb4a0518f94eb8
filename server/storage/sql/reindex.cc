// See reindex.h.
#include "server/storage/sqlite/reindex.h"

#include <map>
#include <optional>
#include <string>

#include "fhir/json/reader.h"
#include "server/storage/facts.h"
#include "server/storage/index_rows.h"
#include "server/storage/sqlite/index_writer.h"
#include "server/storage/sqlite/person.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/transaction.h"

namespace server::storage::sqlite {

namespace {

using fhir::Result;

// Fills in the facts and the home of a live resource. Where its body is gone or no JSON they stay as they were.
Result<void> ReadFacts(Database& database, const Layout& layout, ResourceRow& row) {
  TRY_ASSIGN(Cursor cursor, database.Query("SELECT body FROM version WHERE seq=?1"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, row.seq).Step());
  if (!found) return {};
  const Result<fhir::Document> document = fhir::json::Read(cursor.Bytes(0), {.max_depth = 1000});
  if (!document) return {};
  fhir::schema::Bind(*document->root, layout.registry);
  TRY_ASSIGN(const std::vector<fhir::search::IndexValue> values, layout.extractor->Extract(*document->root));
  row.facts = PackFacts(values, layout.slots, row.type);
  const std::string home = layout.placement.HomeOf(row.type, row.id, row.facts);
  row.home = home.empty() ? 0 : layout.hasher.Home(home);
  return row.type == layout.slots.TypeNumber("Patient") ? KeepJoins(database, row.id, ReplacedBy(*document->root)) : Result<void>();
}

Result<void> ReindexOne(Database& database, const Layout& layout, ResourceRow row) {
  if (!row.deleted()) {
    TRY(ReadFacts(database, layout, row));
    TRY_ASSIGN(Cursor cursor, database.Query("UPDATE resource SET facts=?2, home=?3 WHERE key=?1"));
    const std::string facts = SqueezeFacts(row.facts);
    TRY(cursor.Bind(1, row.key).BindBlob(2, facts).Bind(3, row.home).Run());
    TRY(ReplaceIndexRows(database, row.key, IndexRows(), RowsOf(row.facts, layout.slots.TypeSlot(row.type), row.home, layout.hasher)));
  }
  TRY_ASSIGN(Cursor cursor, database.Query("INSERT INTO directory(type, id, key, home) VALUES(?1, ?2, ?3, ?4)"));
  return cursor.Bind(1, row.type).BindText(2, row.id).Bind(3, row.key).Bind(4, row.home).Run();
}

Result<void> ReindexAll(Database& database, const Layout& layout) {
  Key key = 0;
  while (true) {
    TRY_ASSIGN(Cursor next, database.Query("SELECT key FROM resource WHERE key>?1 ORDER BY key LIMIT 1"));
    TRY_ASSIGN(const bool found, next.Bind(1, key).Step());
    if (!found) return {};
    key = next.Int(0);
    TRY_ASSIGN(std::optional<ResourceRow> row, FindRow(database, key));
    if (!row) continue;
    TRY(ReindexOne(database, layout, *std::move(row)));
  }
}

Result<void> Recount(Database& database) {
  std::map<std::int64_t, TypeCount> counts;
  {
    TRY_ASSIGN(Cursor cursor, database.Query("SELECT r.type, v.seq=r.seq AND r.method<>?1, coalesce(length(v.body), 0) FROM version v JOIN resource r ON r.key=v.key"));
    cursor.Bind(1, static_cast<std::int64_t>(Method::kDelete));
    while (true) {
      TRY_ASSIGN(const bool found, cursor.Step());
      if (!found) break;
      TypeCount& count = counts[cursor.Int(0)];
      count.live += cursor.Int(1);
      count.versions += 1;
      count.bytes += cursor.Int(2);
    }
  }
  for (const auto& [type, count] : counts) {
    TRY_ASSIGN(Cursor cursor, database.Query("INSERT INTO counter(type, live, versions, bytes) VALUES(?1, ?2, ?3, ?4)"));
    TRY(cursor.Bind(1, type).Bind(2, count.live).Bind(3, count.versions).Bind(4, count.bytes).Run());
  }
  return {};
}

}  // namespace

Result<void> Reindex(Database& database, const Layout& layout) {
  TRY(database.Execute("BEGIN IMMEDIATE;"
                       "DELETE FROM hash_row;DELETE FROM string_row;DELETE FROM date_row;DELETE FROM number_row;"
                       "DELETE FROM directory;DELETE FROM person;DELETE FROM counter"));
  Result<void> done = ReindexAll(database, layout);
  if (done) done = Recount(database);
  if (done) return database.Execute("COMMIT");
  // The first error is the one to tell; what a failed rollback leaves goes with the connection.
  static_cast<void>(database.Execute("ROLLBACK").has_value());
  return done;
}

}  // namespace server::storage::sqlite
