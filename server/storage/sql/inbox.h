// The inbox in SQLite: messages, their bytes in pieces, their parts. What each function does is in the contract,
// server/storage/inbox.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "server/storage/inbox.h"
#include "server/storage/sqlite/database.h"

namespace server::storage::sqlite {

fhir::Result<Message> ReadMessage(Database& database, std::string_view id);
fhir::Result<std::string> ReadMessageBytes(Database& database, std::string_view id, std::int64_t offset, std::size_t most_bytes);
// `secret` signs the cursors.
fhir::Result<MessagePage> FindMessages(Database& database, std::string_view secret, const MessageQuery& query, int count, std::string_view cursor);
fhir::Result<bool> IsPartDone(Database& database, std::string_view id, std::string_view part);
fhir::Result<std::int64_t> CountPartsDone(Database& database, std::string_view id);

fhir::Result<void> PutMessage(Database& database, const Message& message);
fhir::Result<void> AppendMessageBytes(Database& database, std::string_view id, std::string_view bytes);
fhir::Result<void> MarkPartDone(Database& database, std::string_view id, std::string_view part);
fhir::Result<void> ForgetParts(Database& database, std::string_view id);
fhir::Result<void> DeleteMessage(Database& database, std::string_view id);
// Takes away what a process that ended left half received. When the store is opened for writing.
fhir::Result<void> DeleteUnfinishedMessages(Database& database);

}  // namespace server::storage::sqlite
