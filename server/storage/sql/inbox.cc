// See inbox.h.
#include "server/storage/sql/inbox.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "server/storage/bytes.h"
#include "server/storage/cursor.h"

namespace server::storage::sql {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

// Bytes of one row: large enough that a file has few rows, small enough that a reader holds little.
constexpr std::size_t kPieceBytes = 256 * 1024;

// As the table has it: state 0 is kReceiving.
static_assert(static_cast<int>(MessageState::kReceiving) == 0);

#define MESSAGE_COLUMNS "id, position, state, adapter, name, options, sha256, size_bytes, received_us, settled_us, scope, period_from, period_to, report"

Message TakeMessage(const Cursor& cursor) {
  Message message;
  message.id = std::string(cursor.Bytes(0));
  message.position = cursor.Int(1);
  message.state = static_cast<MessageState>(cursor.Int(2));
  message.adapter = std::string(cursor.Bytes(3));
  message.name = std::string(cursor.Bytes(4));
  message.options = std::string(cursor.Bytes(5));
  message.sha256 = std::string(cursor.Bytes(6));
  message.size_bytes = cursor.Int(7);
  message.received_us = cursor.Int(8);
  message.settled_us = cursor.Int(9);
  message.scope = std::string(cursor.Bytes(10));
  message.from = std::string(cursor.Bytes(11));
  message.to = std::string(cursor.Bytes(12));
  message.report = std::string(cursor.Bytes(13));
  return message;
}

Error NotFound(std::string_view id) { return Error(ErrorKind::kNotFound, "There is no message " + std::string(id.substr(0, 64)) + " in the inbox."); }

Error Acknowledged(const std::string& what) {
  return Error(ErrorKind::kConflict, "The message was acknowledged: " + what + " Send what is different as a new message.");
}

// What stands of a message that decides on what may be done with it.
struct Standing {
  std::int64_t number = 0, size_bytes = 0;
  bool receiving = true;
  std::string sha256;
};

Result<std::optional<Standing>> FindStanding(Connection& connection, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT number, state, size_bytes, sha256 FROM message WHERE id=?1"));
  TRY_ASSIGN(const bool found, cursor.BindText(1, id).Step());
  if (!found) return std::optional<Standing>();
  return std::optional<Standing>(Standing{cursor.Int(0), cursor.Int(2), cursor.Int(1) == 0, std::string(cursor.Bytes(3))});
}

Result<Standing> StandingOf(Connection& connection, std::string_view id) {
  TRY_ASSIGN(std::optional<Standing> standing, FindStanding(connection, id));
  if (!standing) return NotFound(id);
  return *std::move(standing);
}

// How many bytes were appended.
Result<std::int64_t> BytesThere(Connection& connection, std::int64_t number) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT start+length(bytes) FROM message_piece WHERE message=?1 ORDER BY start DESC LIMIT 1"));
  TRY_ASSIGN(const bool found, cursor.Bind(1, number).Step());
  return found ? cursor.Int(0) : 0;
}

Result<void> CheckChange(Connection& connection, const Message& message, const std::optional<Standing>& standing) {
  const bool receiving = message.state == MessageState::kReceiving;
  if (standing && !standing->receiving) {
    if (receiving) return Acknowledged("no more bytes can come.");
    if (message.size_bytes != standing->size_bytes || message.sha256 != standing->sha256) return Acknowledged("its size and its hash stay as they are.");
    return {};
  }
  if (receiving) return {};
  std::int64_t there = 0;
  if (standing) {
    TRY_ASSIGN(there, BytesThere(connection, standing->number));
  }
  if (there == message.size_bytes) return {};
  return Error(ErrorKind::kInvalid, "The message is said to have " + std::to_string(message.size_bytes) + " bytes and has " + std::to_string(there) + ". Send it again.");
}

// Which index a query walks: the first that narrows it.
enum Driver : std::uint8_t { kBySha256, kByScope, kByState, kByPosition, kDrivers };

Driver DriverOf(const MessageQuery& query) {
  if (!query.sha256.empty()) return kBySha256;
  if (!query.scope.empty()) return kByScope;
  return query.state ? kByState : kByPosition;
}

// The statement of each driver, in both directions; each keeps the order of its index.
const std::string& FindStatement(Driver driver, bool oldest_first) {
  static const auto statements = [] {
    constexpr std::array<const char*, kDrivers> kNarrowed = {"sha256=?5", "scope=?4", "state=?2", "?2=-1"};
    std::array<std::array<std::string, 2>, kDrivers> made;
    for (std::size_t i = 0; i < kDrivers; ++i) {
      for (const bool up : {false, true}) {
        made[i][up] = std::string("SELECT " MESSAGE_COLUMNS " FROM message WHERE ") + kNarrowed[i] + (up ? " AND position>?1" : " AND position<?1") +
                      " AND CASE WHEN ?2=-1 THEN state<>0 ELSE state=?2 END AND (?3='' OR adapter=?3) AND (?4='' OR scope=?4) AND (?5='' OR sha256=?5) ORDER BY position" +
                      (up ? "" : " DESC") + " LIMIT ?6";
      }
    }
    return made;
  }();
  return statements[driver][oldest_first];
}

// What a cursor is good for.
std::string CursorScope(const MessageQuery& query) {
  std::string scope = "inbox";
  PutVarint(scope, query.state ? static_cast<std::uint64_t>(*query.state) + 1 : 0);
  PutVarint(scope, query.oldest_first ? 1 : 0);
  for (const std::string* text : {&query.adapter, &query.scope, &query.sha256}) PutText(scope, *text);
  return scope;
}

// Where what is asked for ends, at the most.
std::int64_t EndOf(std::int64_t offset, std::size_t most_bytes) {
  const auto room = static_cast<std::size_t>(INT64_MAX - std::max<std::int64_t>(0, offset));
  return most_bytes > room ? INT64_MAX : offset + static_cast<std::int64_t>(most_bytes);
}

Result<void> DeleteRows(Connection& connection, std::int64_t number) {
  for (const std::string_view sql : {"DELETE FROM message_piece WHERE message=?1", "DELETE FROM message_part WHERE message=?1", "DELETE FROM message WHERE number=?1"}) {
    TRY_ASSIGN(Cursor cursor, connection.Query(sql));
    TRY(cursor.Bind(1, number).Run());
  }
  return {};
}

}  // namespace

Result<Message> ReadMessage(Connection& connection, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT " MESSAGE_COLUMNS " FROM message WHERE id=?1"));
  TRY_ASSIGN(const bool found, cursor.BindText(1, id).Step());
  if (!found) return NotFound(id);
  return TakeMessage(cursor);
}

Result<std::string> ReadMessageBytes(Connection& connection, std::string_view id, std::int64_t offset, std::size_t most_bytes) {
  TRY_ASSIGN(const Standing standing, StandingOf(connection, id));
  // No piece is longer than kPieceBytes, so the one that holds `offset` begins after this.
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT start, bytes FROM message_piece WHERE message=?1 AND start>?2 AND start<?3 ORDER BY start"));
  cursor.Bind(1, standing.number).Bind(2, offset - static_cast<std::int64_t>(kPieceBytes)).Bind(3, EndOf(offset, most_bytes));
  std::string bytes;
  while (bytes.size() < most_bytes) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    const std::int64_t skipped = std::max<std::int64_t>(0, offset - cursor.Int(0));
    const std::string_view piece = cursor.Bytes(1);
    if (skipped >= static_cast<std::int64_t>(piece.size())) continue;
    bytes += piece.substr(static_cast<std::size_t>(skipped), most_bytes - bytes.size());
  }
  return bytes;
}

Result<MessagePage> FindMessages(Connection& connection, std::string_view secret, const MessageQuery& query, int count, std::string_view cursor_text) {
  const std::string scope = CursorScope(query);
  auto after = query.oldest_first ? std::int64_t{0} : INT64_MAX;
  if (!cursor_text.empty()) {
    TRY_ASSIGN(const std::string payload, OpenCursor(secret, scope, cursor_text));
    after = static_cast<std::int64_t>(ByteReader{payload}.Varint());
  }
  TRY_ASSIGN(Cursor cursor, connection.Query(FindStatement(DriverOf(query), query.oldest_first)));
  cursor.Bind(1, after).Bind(2, query.state ? static_cast<std::int64_t>(*query.state) : -1);
  cursor.BindText(3, query.adapter).BindText(4, query.scope).BindText(5, query.sha256).Bind(6, std::int64_t{count} + 1);
  MessagePage page;
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    if (static_cast<int>(page.messages.size()) == count) {
      std::string payload;
      if (!page.messages.empty()) after = page.messages.back().position;
      PutVarint(payload, static_cast<std::uint64_t>(after));
      page.next_cursor = SealCursor(secret, scope, payload);
      break;
    }
    page.messages.push_back(TakeMessage(cursor));
  }
  return page;
}

Result<MessageCounts> CountMessages(Connection& connection) {
  MessageCounts counts;
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT state, count(*) FROM message GROUP BY state"));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    const auto state = static_cast<std::size_t>(cursor.Int(0));
    if (state < counts.by_state.size()) counts.by_state[state] = cursor.Int(1);
  }
  // By the index of states: 1 is kReceived.
  TRY_ASSIGN(counts.oldest_waiting_us, QueryInt(connection, "SELECT received_us FROM message WHERE state=1 ORDER BY position LIMIT 1", 0));
  return counts;
}

Result<bool> IsPartDone(Connection& connection, std::string_view id, std::string_view part) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT 1 FROM message_part WHERE message=(SELECT number FROM message WHERE id=?1) AND part=?2"));
  return cursor.BindText(1, id).BindText(2, part).Step();
}

Result<std::int64_t> CountPartsDone(Connection& connection, std::string_view id) {
  TRY_ASSIGN(Cursor cursor, connection.Query("SELECT count(*) FROM message_part WHERE message=(SELECT number FROM message WHERE id=?1)"));
  TRY(cursor.BindText(1, id).Step());
  return cursor.Int(0);
}

Result<void> PutMessage(Connection& connection, const Message& message, const std::function<Result<std::int64_t>()>& next_position) {
  if (message.id.empty()) return Error(ErrorKind::kInvalid, "A message has an id.");
  TRY_ASSIGN(const std::optional<Standing> standing, FindStanding(connection, message.id));
  TRY(CheckChange(connection, message, standing));
  // A new message and one that is now whole go to the end of the order; 0: it keeps its place.
  std::int64_t position = 0;
  if (!standing || (standing->receiving && message.state != MessageState::kReceiving)) {
    TRY_ASSIGN(position, next_position());
  }
  TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO message(" MESSAGE_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
                                             "ON CONFLICT(id) DO UPDATE SET position=CASE WHEN ?2=0 THEN message.position ELSE ?2 END, state=?3, adapter=?4, name=?5, "
                                             "options=?6, sha256=?7, size_bytes=?8, received_us=?9, settled_us=?10, scope=?11, period_from=?12, period_to=?13, report=?14"));
  cursor.BindText(1, message.id).Bind(2, position).Bind(3, static_cast<std::int64_t>(message.state)).BindText(4, message.adapter);
  cursor.BindText(5, message.name).BindText(6, message.options).BindText(7, message.sha256).Bind(8, message.size_bytes).Bind(9, message.received_us);
  cursor.Bind(10, message.settled_us).BindText(11, message.scope).BindText(12, message.from).BindText(13, message.to).BindText(14, message.report);
  return cursor.Run();
}

Result<void> AppendMessageBytes(Connection& connection, std::string_view id, std::string_view bytes) {
  TRY_ASSIGN(const Standing standing, StandingOf(connection, id));
  if (!standing.receiving) return Acknowledged("no more bytes can come.");
  TRY_ASSIGN(std::int64_t start, BytesThere(connection, standing.number));
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO message_piece(message, start, bytes) VALUES(?1, ?2, ?3)"));
    TRY(cursor.Bind(1, standing.number).Bind(2, start).BindBlob(3, piece).Run());
    start += static_cast<std::int64_t>(piece.size());
    bytes.remove_prefix(piece.size());
  }
  return {};
}

Result<void> MarkPartDone(Connection& connection, std::string_view id, std::string_view part) {
  TRY_ASSIGN(const Standing standing, StandingOf(connection, id));
  TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO message_part(message, part) VALUES(?1, ?2) ON CONFLICT DO NOTHING"));
  return cursor.Bind(1, standing.number).BindText(2, part).Run();
}

Result<void> ForgetParts(Connection& connection, std::string_view id) {
  TRY_ASSIGN(const Standing standing, StandingOf(connection, id));
  TRY_ASSIGN(Cursor cursor, connection.Query("DELETE FROM message_part WHERE message=?1"));
  return cursor.Bind(1, standing.number).Run();
}

Result<void> DeleteMessage(Connection& connection, std::string_view id) {
  TRY_ASSIGN(const Standing standing, StandingOf(connection, id));
  if (!standing.receiving) return Error(ErrorKind::kConflict, "The message was acknowledged: it is kept.");
  return DeleteRows(connection, standing.number);
}

Result<void> DeleteUnfinishedMessages(Connection& connection) {
  while (true) {
    // One a transaction, so that a large one takes no more room than itself.
    TRY_ASSIGN(const std::int64_t number, QueryInt(connection, "SELECT number FROM message WHERE state=0 LIMIT 1", 0));
    if (number == 0) return {};
    TRY(connection.Execute("BEGIN"));
    TRY(DeleteRows(connection, number));
    TRY(connection.Execute("COMMIT"));
  }
}

}  // namespace server::storage::sql
