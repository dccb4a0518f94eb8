// What a job does to the store, whichever database it is in: conditional matches, puts, deletes, messages. How a version
// and its index rows are written, where numbers come from and what is locked is the backend's, in the hooks below.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/index_rows.h"
#include "server/storage/sql/rows.h"
#include "server/storage/sql/session.h"

namespace server::storage::sql {

// The counter table's row of a type, or what is to be added to it.
struct TypeCount {
  std::int64_t live = 0, versions = 0, bytes = 0;
};

using TypeCounts = std::map<std::int64_t, TypeCount>;   // by type number

class Transaction : public Session<WriteTransaction> {
 public:
  fhir::Result<std::vector<std::string>> Match(const search::Query& criteria, int limit) override;
  fhir::Result<Written> Put(const PutRequest& request) override;
  fhir::Result<Written> Delete(std::string_view type, std::string_view id, std::optional<std::int64_t> expected_version) override;
  std::string NewId() override;

  fhir::Result<void> PutMessage(const Message& message) override;
  fhir::Result<void> AppendMessageBytes(std::string_view id, std::string_view bytes) override;
  fhir::Result<void> MarkPartDone(std::string_view id, std::string_view part) override;
  fhir::Result<void> ForgetParts(std::string_view id) override;
  fhir::Result<void> DeleteMessage(std::string_view id) override;

  // What was written adds to the counters; the backend writes it down.
  const TypeCounts& counts() const { return counts_; }

 protected:
  using Row = std::optional<ResourceRow>;
  Transaction(Connection& connection, const Layout& layout) : Session(connection, layout) {}

  // The resource, about to be written: until the commit nobody else may write it. Nothing when it never was.
  virtual fhir::Result<Row> FindForWrite(std::int64_t type, std::string_view id) = 0;
  // The key of a new resource, above all given before.
  virtual fhir::Result<Key> NextKey() = 0;
  // The place of a new version in the change sequence, above all of this transaction.
  virtual fhir::Result<Sequence> NextSequence() = 0;
  // The place at the end of the order of messages.
  virtual fhir::Result<std::int64_t> NextMessagePosition() = 0;
  // Appends `row`'s version with that body (empty: a deletion, NULL), files the `stored` one as older, and brings resource and directory
  // up to date. `stored` is what FindForWrite gave for it in this transaction; nothing: the resource is new.
  virtual fhir::Result<void> WriteVersion(const ResourceRow& row, const Row& stored, const std::string& body) = 0;
  // The part of that which every backend does alike: the resource row, added or brought up to date.
  fhir::Result<void> WriteRow(const ResourceRow& row, bool is_new);
  // Takes away the index rows of `row` (its key and home) that only `before` has and adds those that only `after` has.
  virtual fhir::Result<void> WriteIndexRows(const ResourceRow& row, const IndexRows& before, const IndexRows& after) = 0;
  // Until the commit nobody else gets past this with the same type and criteria: what Match finds stays so.
  virtual fhir::Result<void> LockMatch(const search::Query& criteria) = 0;
  // Until the commit nobody else changes the message, if there is one of that id.
  virtual fhir::Result<void> LockMessage(std::string_view id) = 0;

 private:
  // The stored version stands: what Put answers when nothing changes.
  fhir::Result<Written> Unchanged(const ResourceRow& row);
  fhir::Result<bool> SaysNothingNew(const PutRequest& request, const ResourceRow& stored);
  fhir::Result<Written> Store(const PutRequest& request, std::int64_t type, const Row& stored);
  std::int64_t NextTime(const Row& stored) const;

  TypeCounts counts_;
};

}  // namespace server::storage::sql
