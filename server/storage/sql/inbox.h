// The inbox in SQL: messages, their bytes in pieces, their parts. What each function does is in the contract,
// server/storage/inbox.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "server/storage/inbox.h"
#include "server/storage/sql/connection.h"

namespace server::storage::sql {

fhir::Result<Message> ReadMessage(Connection& connection, std::string_view id);
fhir::Result<std::string> ReadMessageBytes(Connection& connection, std::string_view id, std::int64_t offset, std::size_t most_bytes);
// `secret` signs the cursors.
fhir::Result<MessagePage> FindMessages(Connection& connection, std::string_view secret, const MessageQuery& query, int count, std::string_view cursor);
fhir::Result<MessageCounts> CountMessages(Connection& connection);
fhir::Result<bool> IsPartDone(Connection& connection, std::string_view id, std::string_view part);
fhir::Result<std::int64_t> CountPartsDone(Connection& connection, std::string_view id);

// `next_position` gives the place at the end of the order; asked when the message moves there.
fhir::Result<void> PutMessage(Connection& connection, const Message& message, const std::function<fhir::Result<std::int64_t>()>& next_position);
fhir::Result<void> AppendMessageBytes(Connection& connection, std::string_view id, std::string_view bytes);
fhir::Result<void> MarkPartDone(Connection& connection, std::string_view id, std::string_view part);
fhir::Result<void> ForgetParts(Connection& connection, std::string_view id);
fhir::Result<void> DeleteMessage(Connection& connection, std::string_view id);
// Takes away what a process that ended left half received: when a store is opened for writing that no other process writes.
fhir::Result<void> DeleteUnfinishedMessages(Connection& connection);

}  // namespace server::storage::sql
