// See schema.h.
#include "server/storage/sqlite/schema.h"

#include <array>
#include <string>

namespace server::storage::sqlite {

namespace {

using fhir::Result;

// One entry a schema version; a file at version n has had the first n. Never edit one that was released.
constexpr std::array<const char*, 4> kMigrations = {R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE type(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE slot(id INTEGER PRIMARY KEY, type INTEGER NOT NULL, code TEXT NOT NULL, UNIQUE(type, code)) STRICT;
CREATE TABLE version(seq INTEGER PRIMARY KEY, key INTEGER NOT NULL, version INTEGER NOT NULL, updated_us INTEGER NOT NULL,
  method INTEGER NOT NULL, body BLOB) STRICT;
CREATE TABLE older(key INTEGER NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(key, version)) STRICT, WITHOUT ROWID;
CREATE TABLE resource(key INTEGER PRIMARY KEY, type INTEGER NOT NULL, id TEXT NOT NULL, home INTEGER NOT NULL, seq INTEGER NOT NULL,
  version INTEGER NOT NULL, updated_us INTEGER NOT NULL, method INTEGER NOT NULL, as_of_us INTEGER, facts BLOB NOT NULL) STRICT;
CREATE TABLE directory(type INTEGER NOT NULL, id TEXT NOT NULL, key INTEGER NOT NULL, home INTEGER NOT NULL, PRIMARY KEY(type, id)) STRICT, WITHOUT ROWID;
CREATE TABLE hash_row(slot INTEGER NOT NULL, hash INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(slot, hash, key)) STRICT, WITHOUT ROWID;
CREATE TABLE string_row(slot INTEGER NOT NULL, prefix BLOB NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(slot, prefix, key)) STRICT, WITHOUT ROWID;
CREATE TABLE date_row(slot INTEGER NOT NULL, low_us INTEGER NOT NULL, high_us INTEGER NOT NULL, key INTEGER NOT NULL,
  PRIMARY KEY(slot, low_us, high_us, key)) STRICT, WITHOUT ROWID;
CREATE TABLE number_row(slot INTEGER NOT NULL, value REAL NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(slot, value, key)) STRICT, WITHOUT ROWID;
CREATE TABLE counter(type INTEGER PRIMARY KEY, live INTEGER NOT NULL, versions INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
)sql",
// Patients merged into others, from the links of those that are stored already too: canonical JSON names the type so.
R"sql(
CREATE TABLE person(id TEXT NOT NULL, merged_into TEXT NOT NULL, PRIMARY KEY(id, merged_into)) STRICT, WITHOUT ROWID;
CREATE INDEX person_merged_into ON person(merged_into);
INSERT OR IGNORE INTO person(id, merged_into)
  SELECT id, CASE instr(other, '/') WHEN 0 THEN other ELSE substr(other, 1, instr(other, '/') - 1) END
  FROM (SELECT r.id AS id, substr(json_extract(link.value, '$.other.reference'), 9) AS other
        FROM type t JOIN directory d ON d.type=t.id JOIN resource r ON r.key=d.key JOIN version v ON v.seq=r.seq,
             json_each(CAST(v.body AS TEXT), '$.link') link
        WHERE t.name='Patient' AND r.method<>2 AND instr(v.body, CAST('"replaced-by"' AS BLOB))>0
          AND json_extract(link.value, '$.type')='replaced-by' AND json_extract(link.value, '$.other.reference') LIKE 'Patient/_%')
  WHERE other<>id;
)sql",
                                                    R"sql(
CREATE TABLE message(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, position INTEGER NOT NULL UNIQUE, state INTEGER NOT NULL,
  adapter TEXT NOT NULL, name TEXT NOT NULL, options TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL, received_us INTEGER NOT NULL,
  settled_us INTEGER NOT NULL, scope TEXT NOT NULL, period_from TEXT NOT NULL, period_to TEXT NOT NULL, report TEXT NOT NULL) STRICT;
CREATE INDEX message_state ON message(state, position);
CREATE INDEX message_scope ON message(scope, position);
CREATE INDEX message_sha256 ON message(sha256, position);
CREATE TABLE message_piece(message INTEGER NOT NULL, start INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(message, start)) STRICT;
CREATE TABLE message_part(message INTEGER NOT NULL, part TEXT NOT NULL, PRIMARY KEY(message, part)) STRICT, WITHOUT ROWID;
)sql",
                                                    // body_check.h; NULL for what was stored before.
                                                    "ALTER TABLE version ADD COLUMN body_check INTEGER;"};

Result<void> Migrate(Database& database, bool read_only) {
  TRY_ASSIGN(const std::int64_t version, QueryInt(database, "PRAGMA user_version", 0));
  const auto newest = static_cast<std::int64_t>(kMigrations.size());
  if (version > newest) {
    return fhir::Error(fhir::ErrorKind::kUnsupported, "A newer Careloom wrote this store (its schema is " + std::to_string(version) + ", this one knows " +
                                                          std::to_string(newest) + "). Run that version, or restore a backup of before the upgrade.");
  }
  if (read_only && version < newest) return fhir::Error(fhir::ErrorKind::kUnavailable, "The store is empty or of an older schema; it can only be read once a server has opened it.");
  for (std::int64_t at = version; at < newest; ++at) {
    TRY(database.Execute(kMigrations[static_cast<std::size_t>(at)]));
    TRY(database.Execute(("PRAGMA user_version=" + std::to_string(at + 1)).c_str()));
  }
  return {};
}

}  // namespace

Result<void> Prepare(Database& database, sql::Layout& layout, bool read_only) {
  TRY(database.Execute(read_only ? "BEGIN" : "BEGIN IMMEDIATE"));
  const auto load = [&]() -> Result<void> {
    TRY(Migrate(database, read_only));
    return sql::LoadLayout(database, layout, read_only);
  };
  Result<void> loaded = load();
  if (!loaded) {
    // The first error is the one to tell; what a failed rollback leaves goes with the connection.
    static_cast<void>(database.Execute("ROLLBACK").has_value());
    return loaded;
  }
  return database.Execute("COMMIT");
}

}  // namespace server::storage::sqlite
