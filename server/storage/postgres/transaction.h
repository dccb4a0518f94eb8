// One caller's job inside a group commit, on one of the writers' connections. READ COMMITTED with locks: a resource's row while it is
// written, criteria while what they match is decided on, a message while it changes.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "server/storage/postgres/blocks.h"
#include "server/storage/postgres/connection.h"
#include "server/storage/sql/transaction.h"

namespace server::storage::postgres {

// What the transactions of one group share: they are one to the database.
struct GroupLocks {
  std::int64_t matches = 0;         // locks on criteria that are held
  bool all_matches = false;         // the lock on all of them is held instead
};

class Transaction final : public sql::Transaction {
 public:
  Transaction(PostgresConnection& connection, const sql::Layout& layout, Blocks& blocks, GroupLocks& locks)
      : sql::Transaction(connection, layout), postgres_(connection), blocks_(blocks), locks_(locks) {}

  std::string NewId() override;
  fhir::Result<void> Lock(std::string_view what) override { return LockText(what); }
  // What is decided on by what was found, such as whether a message came before, stays so until the commit.
  fhir::Result<MessagePage> FindMessages(const MessageQuery& query, int count, std::string_view cursor) override;

 protected:
  fhir::Result<Row> FindForWrite(std::int64_t type, std::string_view id) override;
  fhir::Result<Key> NextKey() override { return blocks_.NextKey(postgres_); }
  fhir::Result<Sequence> NextSequence() override { return blocks_.NextSequence(postgres_); }
  fhir::Result<std::int64_t> NextMessagePosition() override;
  fhir::Result<void> WriteVersion(const sql::ResourceRow& row, const Row& stored, const std::string& body) override;
  fhir::Result<void> WriteIndexRows(const sql::ResourceRow& row, const IndexRows& before, const IndexRows& after) override;
  fhir::Result<void> LockMatch(const search::Query& criteria) override;
  fhir::Result<void> LockMessage(std::string_view id) override;

 private:
  fhir::Result<void> Take(std::string_view sql, std::int64_t number);
  fhir::Result<void> LockText(std::string_view text);

  PostgresConnection& postgres_;
  Blocks& blocks_;
  GroupLocks& locks_;
  std::set<std::string, std::less<>> new_ids_;   // made here and not written yet: nobody else knows them
  std::int64_t left_home_ = 0;                   // where the resource that is being written was at home, when it has moved
  bool moved_ = false;
};

}  // namespace server::storage::postgres
