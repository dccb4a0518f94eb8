// The reads of one connection, for readers and for the writer's transactions alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/inbox.h"
#include "server/storage/sql/layout.h"
#include "server/storage/store.h"

namespace server::storage::sql {

fhir::Result<Version> ReadCurrent(Connection& connection, const Layout& layout, std::string_view type, std::string_view id);
fhir::Result<Version> ReadOne(Connection& connection, const Layout& layout, std::string_view type, std::string_view id, std::int64_t version);
fhir::Result<HistoryPage> ReadHistory(Connection& connection, const Layout& layout, std::string_view type, std::string_view id, std::int64_t before_version, int count);

// The counters of all types, and where the change sequence stands.
fhir::Result<Counters> ReadCounters(Connection& connection);

// Implements the reading half of Reader or WriteTransaction over those functions.
template <typename Interface>
class Session : public Interface {
 public:
  Session(Connection& connection, const Layout& layout) : connection_(connection), layout_(layout) {}

  fhir::Result<Version> Read(std::string_view type, std::string_view id) override { return ReadCurrent(connection_, layout_, type, id); }
  fhir::Result<Version> ReadVersion(std::string_view type, std::string_view id, std::int64_t version) override {
    return ReadOne(connection_, layout_, type, id, version);
  }
  fhir::Result<HistoryPage> History(std::string_view type, std::string_view id, std::int64_t before_version, int count) override {
    return ReadHistory(connection_, layout_, type, id, before_version, count);
  }
  fhir::Result<SearchPage> Search(const search::Query& query) override;
  fhir::Result<SearchPage> Everything(std::string_view patient_id, int count, std::string_view cursor, bool joined) override;
  fhir::Result<std::vector<std::string>> PersonOf(std::string_view patient_id) override;

  fhir::Result<Message> ReadMessage(std::string_view id) override { return sql::ReadMessage(connection_, id); }
  fhir::Result<std::string> ReadMessageBytes(std::string_view id, std::int64_t offset, std::size_t most_bytes) override {
    return sql::ReadMessageBytes(connection_, id, offset, most_bytes);
  }
  fhir::Result<MessagePage> FindMessages(const MessageQuery& query, int count, std::string_view cursor) override {
    return sql::FindMessages(connection_, layout_.cursor_secret, query, count, cursor);
  }
  fhir::Result<MessageCounts> CountMessages() override { return sql::CountMessages(connection_); }
  fhir::Result<bool> IsPartDone(std::string_view id, std::string_view part) override { return sql::IsPartDone(connection_, id, part); }
  fhir::Result<std::int64_t> CountPartsDone(std::string_view id) override { return sql::CountPartsDone(connection_, id); }

 protected:
  Connection& connection_;
  const Layout& layout_;
};

}  // namespace server::storage::sql
