// See verify.h. Every message's bytes are read once, in order.
#include <string>

#include "server/storage/inbox.h"
#include "server/storage/sha256.h"
#include "server/storage/sql/verify.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// What the pieces of a message add up to.
struct Bytes {
  std::int64_t size = 0;
  bool whole = true;    // each begins where the one before ended
  std::string sha256;
};

Result<Bytes> AddUp(Connection& connection, std::int64_t number) {
  Bytes bytes;
  Sha256 hash;
  TRY_ASSIGN(Cursor cursor, connection.Scan("SELECT start, bytes FROM message_piece WHERE message=?1 ORDER BY start"));
  cursor.Bind(1, number);
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    bytes.whole = bytes.whole && cursor.Int(0) == bytes.size;
    bytes.size += static_cast<std::int64_t>(cursor.Bytes(1).size());
    hash.Add(cursor.Bytes(1));
  }
  bytes.sha256 = hash.Finish();
  return bytes;
}

}  // namespace

Result<void> VerifyInbox(Verification& run) {
  TRY_ASSIGN(Cursor cursor, run.connection.Scan("SELECT number, id, state, size_bytes, sha256 FROM message ORDER BY number"));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) return {};
    TRY_ASSIGN(const Bytes bytes, AddUp(run.connection, cursor.Int(0)));
    ++run.counts.messages;
    run.counts.message_bytes += bytes.size;
    const std::string where = "message " + std::string(cursor.Bytes(1));
    // One still coming in has neither size nor hash yet.
    const bool receiving = cursor.Int(2) == static_cast<std::int64_t>(MessageState::kReceiving);
    if (!bytes.whole) run.Found(VerifyKind::kMessage, where, "a piece of its bytes is missing");
    else if (!receiving && bytes.size != cursor.Int(3)) run.Found(VerifyKind::kMessage, where, "it has " + std::to_string(bytes.size) + " bytes of " + std::to_string(cursor.Int(3)));
    else if (!receiving && bytes.sha256 != cursor.Bytes(4)) run.Found(VerifyKind::kMessage, where, "its bytes are not those that were received: their SHA-256 is another");
  }
}

}  // namespace server::storage::sql
