// One caller's job inside a group commit, on the writer's connection. What it changes besides the database (next key,
// counters) is handed over only when it succeeds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/storage/sql/transaction.h"
#include "server/storage/sqlite/database.h"

namespace server::storage::sqlite {

// What the writer holds in memory of the store as of the last savepoint that was released.
struct WriterState {
  Key last_key = 0;
  Sequence last_seq = 0;
  sql::TypeCounts counts;   // what the group adds, not yet in the counter table
};

// There is one writer, so nothing has to be locked.
class Transaction final : public sql::Transaction {
 public:
  Transaction(Database& database, const sql::Layout& layout, const WriterState& state)
      : sql::Transaction(database, layout), database_(database), last_key_(state.last_key), last_seq_(state.last_seq) {}

  void HandOver(WriterState& state) const;

  fhir::Result<void> Lock(std::string_view) override { return {}; }

 protected:
  fhir::Result<Row> FindForWrite(std::int64_t type, std::string_view id) override { return FindRow(database_, type, id); }
  fhir::Result<Key> NextKey() override { return ++last_key_; }
  fhir::Result<Sequence> NextSequence() override { return ++last_seq_; }
  fhir::Result<std::int64_t> NextMessagePosition() override;
  fhir::Result<void> WriteVersion(const sql::ResourceRow& row, const Row& stored, const std::string& body) override;
  fhir::Result<void> WriteIndexRows(const sql::ResourceRow& row, const IndexRows& before, const IndexRows& after) override;
  fhir::Result<void> LockMatch(const search::Query&) override { return {}; }
  fhir::Result<void> LockMessage(std::string_view) override { return {}; }

 private:
  Database& database_;
  Key last_key_;
  Sequence last_seq_;
};

}  // namespace server::storage::sqlite
