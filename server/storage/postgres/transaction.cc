// See transaction.h.
#include "server/storage/postgres/transaction.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/storage/bytes.h"
#include "server/storage/postgres/index_writer.h"
#include "server/storage/postgres/locks.h"

namespace server::storage::postgres {

namespace {

using fhir::Result;
using sql::Cursor;

// Locks on criteria that a transaction holds before it takes the one on all instead: the server's table of locks is finite.
constexpr std::int64_t kMostMatchLocks = 256;

std::string TextOf(const search::Criterion& criterion) {
  std::string text;
  PutText(text, criterion.name);
  PutText(text, criterion.modifier);
  PutVarint(text, criterion.values.size());
  for (const search::Value& value : criterion.values) {
    text += static_cast<char>(value.prefix);
    text += value.has_system ? 's' : 'n';
    for (const std::string* part : {&value.text, &value.system, &value.code, &value.reference_type}) PutText(text, *part);
  }
  PutVarint(text, criterion.chains.size());
  for (const search::Chain& chain : criterion.chains) {
    PutText(text, chain.type);
    text += TextOf(*chain.criterion);
  }
  return text;
}

// The same for the same criteria in any order.
std::string TextOf(const search::Query& query) {
  std::vector<std::string> texts;
  for (const search::Criterion& criterion : query.criteria) texts.push_back(TextOf(criterion));
  std::sort(texts.begin(), texts.end());
  std::string text;
  PutText(text, query.type);
  for (const std::string& each : texts) PutText(text, each);
  return text;
}

}  // namespace

std::string Transaction::NewId() {
  std::string id = sql::Transaction::NewId();
  new_ids_.insert(id);
  return id;
}

Result<sql::Transaction::Row> Transaction::FindForWrite(std::int64_t type, std::string_view id) {
  // Not asked for: if it is there after all, the directory's key says so and the job is run again.
  if (const auto made = new_ids_.find(id); made != new_ids_.end()) {
    new_ids_.erase(made);
    return Row();
  }
  // The lock first, then a statement of its own: it sees what the one who held the lock has committed.
  TRY_ASSIGN(Cursor lock, postgres_.Query("SELECT r.key FROM directory d JOIN resource r ON r.key=d.key WHERE d.type=?1 AND d.id=?2 FOR UPDATE OF r"));
  TRY(lock.Bind(1, type).BindText(2, id).Run());
  return FindRow(postgres_, type, id);
}

Result<void> Transaction::Take(std::string_view sql, std::int64_t number) {
  TRY_ASSIGN(Cursor lock, postgres_.Query(sql));
  return lock.Bind(1, number).Run();
}

Result<std::int64_t> Transaction::NextMessagePosition() {
  TRY(Take("SELECT pg_advisory_xact_lock(?1)", kPositionLock));
  return QueryInt(postgres_, "SELECT coalesce(max(position), 0)+1 FROM message", 1);
}

Result<MessagePage> Transaction::FindMessages(const MessageQuery& query, int count, std::string_view cursor) {
  TRY(Take("SELECT pg_advisory_xact_lock(?1)", kPositionLock));
  return sql::Transaction::FindMessages(query, count, cursor);
}

Result<void> Transaction::LockMatch(const search::Query& criteria) { return LockText(TextOf(criteria)); }

Result<void> Transaction::LockText(std::string_view text) {
  if (locks_.all_matches) return {};
  if (locks_.matches == 0) {
    TRY(Take("SELECT pg_advisory_xact_lock_shared(?1)", kAllMatchesLock));
  }
  if (++locks_.matches > kMostMatchLocks) {
    TRY(Take("SELECT pg_advisory_xact_lock(?1)", kAllMatchesLock));
    locks_.all_matches = true;
    return {};
  }
  return Take("SELECT pg_advisory_xact_lock(?1)", layout_.hasher.IdentifierValue(text));
}

Result<void> Transaction::LockMessage(std::string_view id) {
  TRY_ASSIGN(Cursor lock, postgres_.Query("SELECT number FROM message WHERE id=?1 FOR UPDATE"));
  return lock.BindText(1, id).Run();
}

Result<void> Transaction::WriteVersion(const sql::ResourceRow& row, const Row& stored, const std::string& body) {
  moved_ = stored && stored->home != row.home;
  left_home_ = stored ? stored->home : row.home;
  // First, so that of two that store a new id at once the second waits here, and is then run again.
  if (!stored) {
    TRY_ASSIGN(Cursor cursor, postgres_.Query("INSERT INTO directory(type, id, key, home) VALUES(?1, ?2, ?3, ?4)"));
    TRY(cursor.Bind(1, row.type).BindText(2, row.id).Bind(3, row.key).Bind(4, row.home).Run());
  } else {
    TRY_ASSIGN(Cursor cursor, postgres_.Query("INSERT INTO older(key, version, seq, home) VALUES(?1, ?2, ?3, ?4)"));
    TRY(cursor.Bind(1, stored->key).Bind(2, stored->version).Bind(3, stored->seq).Bind(4, stored->home).Run());
  }
  if (moved_) {
    TRY_ASSIGN(Cursor cursor, postgres_.Query("UPDATE directory SET home=?3 WHERE type=?1 AND id=?2"));
    TRY(cursor.Bind(1, row.type).BindText(2, row.id).Bind(3, row.home).Run());
  }
  {
    TRY_ASSIGN(Cursor cursor, postgres_.Query("INSERT INTO version(seq, key, version, updated_us, method, home, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    cursor.Bind(1, row.seq).Bind(2, row.key).Bind(3, row.version).Bind(4, row.updated_us).Bind(5, static_cast<std::int64_t>(row.method)).Bind(6, row.home);
    if (!row.deleted()) cursor.BindBlob(7, body);
    TRY(cursor.Run());
  }
  return WriteRow(row, !stored);
}

Result<void> Transaction::WriteIndexRows(const sql::ResourceRow& row, const IndexRows& before, const IndexRows& after) {
  if (moved_) {
    TRY(RemoveIndexRows(postgres_, row.key, left_home_, before));
    return AddIndexRows(postgres_, row.key, row.home, after);
  }
  TRY(RemoveIndexRows(postgres_, row.key, row.home, Without(before, after)));
  return AddIndexRows(postgres_, row.key, row.home, Without(after, before));
}

}  // namespace server::storage::postgres
