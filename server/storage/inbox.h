// The part of the storage contract (store.h) that keeps what others send: a message's bytes as they came, what became
// of it, and which of its parts are stored. Bytes come in pieces and are read in pieces; a message may be larger than
// memory.
//
// A message begins as kReceiving. Once it is kReceived it may be acknowledged to its sender: from then on its bytes, size and
// hash never change, it is never taken away, and it keeps its place in the order of arrival.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace server::storage {

enum class MessageState : std::uint8_t {
  kReceiving,   // bytes are still coming; what is left of it is removed when the store is opened next
  kReceived,    // whole and durable, not (wholly) stored as resources yet
  kStored,      // everything in it that can be stored is
  kHeld,        // a person has to look; the report says at what
};

struct Message {
  std::string id = {};                            // a UUID, the caller's own (WriteTransaction::NewId)
  std::string adapter = {};                       // "cld"
  std::string name = {};                          // of the file as its sender has it, without folders
  std::string options = {};                       // as given: "encoding=windows-1252&strict=true"
  std::string sha256 = {};                        // of the bytes, 64 hex digits (sha256.h)
  std::int64_t size_bytes = 0;
  std::int64_t received_us = 0, settled_us = 0;   // microseconds since 1970 UTC; 0: not yet
  MessageState state = MessageState::kReceiving;
  std::string scope = {}, from = {}, to = {};     // of a file of many people: whose it is, and the period it speaks of
  std::string report = {};                        // FHIR Parameters as JSON: counts and the OperationOutcome; empty until settled
  std::int64_t position = 0;                      // place in the order of arrival, ascending; the store's own
};

// Empty: any. Messages that are still kReceiving are only found by asking for that state.
struct MessageQuery {
  std::optional<MessageState> state = {};
  std::string adapter = {}, scope = {}, sha256 = {};
  bool oldest_first = false;
};

// How many messages there are in each state, by the state's number, and when the oldest that waits to be processed came.
struct MessageCounts {
  std::array<std::int64_t, 4> by_state = {};
  std::int64_t oldest_waiting_us = 0;   // 0: none waits
};

struct MessagePage {
  std::vector<Message> messages;   // newest first unless asked otherwise
  std::string next_cursor;         // opaque, for the same query; empty on the last page
};

// The reading half; every Reader is one.
class InboxReader {
 public:
  virtual ~InboxReader() = default;
  // kNotFound when there is none.
  virtual fhir::Result<Message> ReadMessage(std::string_view id) = 0;
  // Bytes from `offset` on, at most `most_bytes`; empty at the end and past it. kNotFound as above.
  virtual fhir::Result<std::string> ReadMessageBytes(std::string_view id, std::int64_t offset, std::size_t most_bytes) = 0;
  // kInvalid: a cursor that this store did not give for this query.
  virtual fhir::Result<MessagePage> FindMessages(const MessageQuery& query, int count, std::string_view cursor) = 0;
  virtual fhir::Result<MessageCounts> CountMessages() = 0;
  // False too when there is no such message.
  virtual fhir::Result<bool> IsPartDone(std::string_view id, std::string_view part) = 0;
  virtual fhir::Result<std::int64_t> CountPartsDone(std::string_view id) = 0;
};

// The writing half; every WriteTransaction is one, so that a message's change commits with the resources of the same job.
class InboxWriter {
 public:
  virtual ~InboxWriter() = default;
  // Adds the message, or replaces all that is said of it but its bytes and its position (`position` is not looked at).
  // A message takes its final position when it stops being kReceiving. kInvalid: no id, or it stops being kReceiving and size_bytes is not
  // what was appended. kConflict: an acknowledged message would go back to kReceiving, or get another size or hash.
  virtual fhir::Result<void> PutMessage(const Message& message) = 0;
  // kNotFound; kConflict when the message is no longer kReceiving.
  virtual fhir::Result<void> AppendMessageBytes(std::string_view id, std::string_view bytes) = 0;
  // Notes that the part (a person of a file) is stored; again changes nothing. kNotFound.
  virtual fhir::Result<void> MarkPartDone(std::string_view id, std::string_view part) = 0;
  // Before everything in the message is stored anew.
  virtual fhir::Result<void> ForgetParts(std::string_view id) = 0;
  // Gives up a message that is still kReceiving: kConflict when it is not. kNotFound.
  virtual fhir::Result<void> DeleteMessage(std::string_view id) = 0;
};

}  // namespace server::storage
