// The reads of one connection, for readers and for the writer's transactions alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/inbox.h"
#include "server/storage/sqlite/layout.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

fhir::Result<Version> ReadCurrent(Database& database, const Layout& layout, std::string_view type, std::string_view id);
fhir::Result<Version> ReadOne(Database& database, const Layout& layout, std::string_view type, std::string_view id, std::int64_t version);
fhir::Result<HistoryPage> ReadHistory(Database& database, const Layout& layout, std::string_view type, std::string_view id, std::int64_t before_version, int count);

// Implements the reading half of Reader or WriteTransaction over those functions.
template <typename Interface>
class Session : public Interface {
 public:
  Session(Database& database, const Layout& layout) : database_(database), layout_(layout) {}

  fhir::Result<Version> Read(std::string_view type, std::string_view id) override { return ReadCurrent(database_, layout_, type, id); }
  fhir::Result<Version> ReadVersion(std::string_view type, std::string_view id, std::int64_t version) override {
    return ReadOne(database_, layout_, type, id, version);
  }
  fhir::Result<HistoryPage> History(std::string_view type, std::string_view id, std::int64_t before_version, int count) override {
    return ReadHistory(database_, layout_, type, id, before_version, count);
  }
  fhir::Result<SearchPage> Search(const search::Query& query) override;
  fhir::Result<SearchPage> Everything(std::string_view patient_id, int count, std::string_view cursor, bool joined) override;
  fhir::Result<std::vector<std::string>> PersonOf(std::string_view patient_id) override;

  fhir::Result<Message> ReadMessage(std::string_view id) override { return sqlite::ReadMessage(database_, id); }
  fhir::Result<std::string> ReadMessageBytes(std::string_view id, std::int64_t offset, std::size_t most_bytes) override {
    return sqlite::ReadMessageBytes(database_, id, offset, most_bytes);
  }
  fhir::Result<MessagePage> FindMessages(const MessageQuery& query, int count, std::string_view cursor) override {
    return sqlite::FindMessages(database_, layout_.cursor_secret, query, count, cursor);
  }
  fhir::Result<bool> IsPartDone(std::string_view id, std::string_view part) override { return sqlite::IsPartDone(database_, id, part); }
  fhir::Result<std::int64_t> CountPartsDone(std::string_view id) override { return sqlite::CountPartsDone(database_, id); }

 protected:
  Database& database_;
  const Layout& layout_;
};

}  // namespace server::storage::sqlite
