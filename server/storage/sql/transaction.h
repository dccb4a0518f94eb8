// One caller's job inside a group commit: reads, conditional matches, puts and deletes on the writer's
// connection. What it changes besides the database (next key, counters) is handed over only when it succeeds.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "server/storage/index_rows.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/session.h"

namespace server::storage::sqlite {

struct TypeCount {
  std::int64_t live = 0, versions = 0, bytes = 0;
};

// What the writer holds in memory of the store as of the last savepoint that was released.
struct WriterState {
  Key last_key = 0;
  Sequence last_seq = 0;
  std::map<std::int64_t, TypeCount> counts;   // by type: what the group adds, not yet in the counter table
};

class Transaction final : public Session<WriteTransaction> {
 public:
  Transaction(Database& database, const Layout& layout, const WriterState& state) : Session(database, layout), state_(state) {}

  fhir::Result<std::vector<std::string>> Match(const search::Query& criteria, int limit) override;
  fhir::Result<Written> Put(const PutRequest& request) override;
  fhir::Result<Written> Delete(std::string_view type, std::string_view id, std::optional<std::int64_t> expected_version) override;
  std::string NewId() override;

  fhir::Result<void> PutMessage(const Message& message) override { return sqlite::PutMessage(database_, message); }
  fhir::Result<void> AppendMessageBytes(std::string_view id, std::string_view bytes) override { return sqlite::AppendMessageBytes(database_, id, bytes); }
  fhir::Result<void> MarkPartDone(std::string_view id, std::string_view part) override { return sqlite::MarkPartDone(database_, id, part); }
  fhir::Result<void> ForgetParts(std::string_view id) override { return sqlite::ForgetParts(database_, id); }
  fhir::Result<void> DeleteMessage(std::string_view id) override { return sqlite::DeleteMessage(database_, id); }

  WriterState& state() { return state_; }

 private:
  using Row = std::optional<ResourceRow>;
  // The stored version stands: what Put answers when nothing changes.
  fhir::Result<Written> Unchanged(const ResourceRow& row);
  fhir::Result<bool> SaysNothingNew(const PutRequest& request, const ResourceRow& stored);
  fhir::Result<Written> Store(const PutRequest& request, std::int64_t type, const Row& stored);
  // Appends `row`'s new version, files the one before as older and brings the resource row up to date.
  fhir::Result<void> WriteVersion(const ResourceRow& row, const Row& stored, const std::string& body);
  fhir::Result<void> WriteRow(const ResourceRow& row, bool is_new);
  std::int64_t NextTime(const Row& stored) const;

  WriterState state_;
};

}  // namespace server::storage::sqlite
