// See reindex.h.
#include "server/storage/sql/reindex.h"

#include <optional>
#include <string>
#include <vector>

#include "fhir/json/reader.h"
#include "server/storage/facts.h"
#include "server/storage/index_rows.h"
#include "server/storage/sql/person.h"
#include "server/storage/sql/rows.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// Fills in the facts and the home of a live resource. Where its body is gone or no JSON they stay as they were.
Result<void> ReadFacts(Connection& connection, const Layout& layout, ResourceRow& row) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT body FROM version WHERE seq=?1"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, row.seq).Step());
  if (!found) return {};
  const Result<fhir::Document> document = fhir::json::Read(cursor.Bytes(0), {.max_depth = 1000});
  if (!document) return {};
  fhir::schema::Bind(*document->root, layout.registry);
  TRY_ASSIGN(const std::vector<fhir::search::IndexValue> values, layout.extractor->Extract(*document->root));
  row.facts = PackFacts(values, layout.slots, row.type);
  const std::string home = layout.placement.HomeOf(row.type, row.id, row.facts);
  row.home = home.empty() ? 0 : layout.hasher.Home(home);
  return row.type == layout.slots.TypeNumber("Patient") ? KeepJoins(connection, row.id, ReplacedBy(*document->root)) : Result<void>();
}

Result<void> ReindexOne(Connection& connection, const Layout& layout, const WriteRows& write_rows, ResourceRow row) {
  if (!row.deleted()) {
    TRY(ReadFacts(connection, layout, row));
    const std::string facts = SqueezeFacts(row.facts);   // before the cursor that borrows it
    TRY_ASSIGN(Cursor cursor, connection.Query("UPDATE resource SET facts=?2, home=?3 WHERE key=?1"));
    TRY(cursor.Bind(1, row.key).BindBlob(2, facts).Bind(3, row.home).Run());
    TRY(write_rows(row, RowsOf(row.facts, layout.slots.TypeSlot(row.type), row.home, layout.hasher)));
  }
  TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO directory(type, id, key, home) VALUES(?1, ?2, ?3, ?4)"));
  return cursor.Bind(1, row.type).BindText(2, row.id).Bind(3, row.key).Bind(4, row.home).Run();
}

Result<void> ReindexAll(Connection& connection, const Layout& layout, const WriteRows& write_rows) {
  std::vector<Key> keys;
  for (Key last = 0;; last = keys.back()) {
    keys.clear();
    {
      TRY_ASSIGN(Cursor next, connection.Query("SELECT key FROM resource WHERE key>?1 ORDER BY key LIMIT ?2"));
      next.Bind(1, last).Bind(2, static_cast<std::int64_t>(kRowsAtOnce));
      while (true) {
        TRY_ASSIGN(const bool found, next.Step());
        if (!found) break;
        keys.push_back(next.Int(0));
      }
    }
    if (keys.empty()) return {};
    TRY_ASSIGN(std::vector<std::optional<ResourceRow>> rows, FindRows(connection, keys));
    for (std::optional<ResourceRow>& row : rows) {
      if (!row) continue;
      TRY(ReindexOne(connection, layout, write_rows, *std::move(row)));
    }
  }
}

constexpr const char* kForget =
    "DELETE FROM hash_row;DELETE FROM string_row;DELETE FROM date_row;DELETE FROM number_row;DELETE FROM directory;DELETE FROM person;DELETE FROM counter";

static_assert(static_cast<int>(Method::kDelete) == 2);   // as the statement below has it
constexpr const char* kRecount =
    "INSERT INTO counter(type, live, versions, bytes) "
    "SELECT r.type, CAST(sum(CASE WHEN v.seq=r.seq AND r.method<>2 THEN 1 ELSE 0 END) AS BIGINT), count(*), CAST(coalesce(sum(length(v.body)), 0) AS BIGINT) "
    "FROM version v JOIN resource r ON r.key=v.key GROUP BY r.type";

}  // namespace

Result<void> Reindex(Connection& connection, const Layout& layout, const WriteRows& write_rows) {
  TRY(connection.Execute(kForget));
  TRY(ReindexAll(connection, layout, write_rows));
  return connection.Execute(kRecount);
}

}  // namespace server::storage::sql
