// Receiving, and one message after the other.
#include "server/inbox/inbox.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "fhir/base/utf8.h"
#include "fhir/json/reader.h"
#include "server/log/log.h"
#include "server/inbox/message_text.h"
#include "server/inbox/process.h"
#include "server/storage/sha256.h"

namespace server::inbox {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using storage::Message;
using storage::MessageState;
using storage::WriteTransaction;

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;       // of a message, in one commit
constexpr auto kPatience = std::chrono::seconds(5);             // before a failure of ours is tried again, and with another process that leads
constexpr auto kLookAgain = std::chrono::milliseconds(100);     // whether it still does
constexpr std::size_t kNameBytes = 255;

// The file's own name without folders, of bounded length; what is no text in it becomes '?'.
std::string NameOf(const std::string& path) {
  std::string name;
  for (std::string_view rest = std::string_view(path).substr(path.find_last_of("/\\") + 1); !rest.empty() && name.size() < kNameBytes;) {
    const std::size_t size = fhir::utf8::CharacterAt(rest);
    const bool is_text = size > 1 || (size == 1 && rest[0] >= ' ' && rest[0] != 0x7F);
    name += is_text ? rest.substr(0, size) : "?";
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return name;
}

// A message's state and the numbers of its report: nothing of what is in it, nor its name, which is its sender's.
void LogSettled(log::Log& log, const Message& message) {
  if (!log.is_on()) return;
  log::Line line(message.state == MessageState::kHeld ? log::Level::kWarning : log::Level::kInfo, "message");
  line.Add("message", message.id).Add("adapter", message.adapter).Add("state", StateName(message.state)).Add("bytes", message.size_bytes);
  if (const auto report = fhir::json::Read(message.report)) {
    for (const fhir::Element& parameter : fhir::Repeats(*report->root, "parameter")) {
      std::int64_t count = 0;
      const std::string_view value = parameter.ValueOf("valueInteger");
      if (std::from_chars(value.data(), value.data() + value.size(), count).ec == std::errc()) line.Add(parameter.ValueOf("name"), count);
    }
  }
  log.Write(std::move(line));
}

// Adds bytes to a message that is still on its way; nothing is written before there is more than one piece.
class Receiving {
 public:
  Receiving(App& app, Message message) : app_(app), message_(std::move(message)) {}

  Result<void> Add(std::string_view bytes) {
    sha256_.Add(bytes);
    message_.size_bytes += static_cast<std::int64_t>(bytes.size());
    while (!bytes.empty()) {
      if (piece_.size() == kPieceBytes) {
        TRY(app_.store->Write([this](WriteTransaction& transaction) { return Flush(transaction); }));
        begun_ = true;
        piece_.clear();
      }
      const std::string_view fits = bytes.substr(0, kPieceBytes - piece_.size());
      piece_ += fits;
      bytes.remove_prefix(fits.size());
    }
    return {};
  }

  // The message as it stands from then on, or the one that it is the same as.
  Result<Message> Finish() {
    message_.sha256 = sha256_.Finish();
    Message result;
    TRY(app_.store->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY_ASSIGN(const std::optional<Message> same, Same(transaction));
      if (same) {
        result = *same;
        if (begun_) { TRY(transaction.DeleteMessage(id_)); }
        if (same->state != MessageState::kHeld) return {};
        TRY(transaction.ForgetParts(result.id));
        result.state = MessageState::kReceived;
        return transaction.PutMessage(result);
      }
      TRY(Flush(transaction));
      result = message_;
      result.id = id_;
      result.state = MessageState::kReceived;
      TRY_ASSIGN(result.received_us, NextTime(transaction));
      return transaction.PutMessage(result);
    }));
    return result;
  }

  // What is on the disk of a message that did not come to its end; what this leaves, the next start removes.
  void GiveUp() {
    if (begun_) static_cast<void>(app_.store->Write([this](WriteTransaction& transaction) { return transaction.DeleteMessage(id_); }));
  }

  bool empty() const { return message_.size_bytes == 0; }

 private:
  Result<void> Flush(WriteTransaction& transaction) {
    if (!begun_) {
      id_ = transaction.NewId();
      Message begun = message_;
      begun.id = id_;
      begun.sha256.clear();
      begun.size_bytes = 0;
      begun.state = MessageState::kReceiving;
      TRY(transaction.PutMessage(begun));
    }
    return transaction.AppendMessageBytes(id_, piece_);
  }

  // Later than any message before, whatever the clock does: files rank by it.
  Result<std::int64_t> NextTime(WriteTransaction& transaction) const {
    TRY_ASSIGN(const storage::MessagePage last, transaction.FindMessages({}, 1, {}));
    const std::int64_t now = app_.now_us();
    return last.messages.empty() ? now : std::max(now, last.messages.front().received_us + 1);
  }

  Result<std::optional<Message>> Same(WriteTransaction& transaction) {
    storage::MessageQuery query;
    query.adapter = message_.adapter;
    query.sha256 = message_.sha256;
    TRY_ASSIGN(const storage::MessagePage page, transaction.FindMessages(query, 100, {}));
    for (const Message& other : page.messages) {
      if (other.options == message_.options && other.state != MessageState::kReceiving) return std::optional(other);
    }
    return std::optional<Message>();
  }

  App& app_;
  Message message_;
  storage::Sha256 sha256_;
  std::string id_, piece_;
  bool begun_ = false;
};

}  // namespace

Inbox::Inbox(App& app, std::string folder, AdapterLookup adapters) : app_(app), folder_(std::move(folder)), adapters_(std::move(adapters)) {}

Inbox::~Inbox() { Stop(); }

Result<Message> Inbox::Receive(const Arrival& arrival, const ByteSource& source) {
  TRY(adapters_(arrival.adapter));
  TRY(CheckOptions(arrival.options));
  Message message;
  message.adapter = arrival.adapter;
  message.name = NameOf(arrival.name);
  message.options = WriteOptions(arrival.options);
  Receiving receiving(app_, std::move(message));
  const auto all = [&]() -> Result<Message> {
    for (;;) {
      TRY_ASSIGN(const std::string_view piece, source());
      if (piece.empty()) break;
      TRY(receiving.Add(piece));
    }
    if (receiving.empty()) return Error(ErrorKind::kInvalid, "The message is empty. Send the file's bytes.").WithIssueType("required");
    return receiving.Finish();
  };
  auto received = all();
  if (!received) receiving.GiveUp();
  return received;
}

Result<void> Inbox::Lead() {
  if (lease_ && lease_->Holds()) return {};
  lease_.reset();
  for (const auto end = std::chrono::steady_clock::now() + kPatience;;) {
    TRY_ASSIGN(lease_, app_.store->Lead("inbox"));
    if (lease_) return {};
    if (stopping_ || std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(kLookAgain);
  }
  return Error(ErrorKind::kThrottled, "Another process is at work on the inbox. What was received is kept, and processed in its turn.");
}

Result<Message> Inbox::Process(const std::string& id) {
  const std::lock_guard lock(processing_);
  TRY(Lead());
  auto settled = ProcessHere(id);
  lease_.reset();
  return settled;
}

Result<Message> Inbox::ProcessHere(const std::string& id) {
  Message message;
  {
    TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app_.store->OpenReader());
    TRY_ASSIGN(message, reader->ReadMessage(id));
  }
  if (message.state != MessageState::kReceived) return message;
  const auto adapter = adapters_(message.adapter);
  if (!adapter) return Hold(app_, message, adapter.error(), {});
  return Settle(std::move(message), **adapter);
}

Result<Message> Inbox::Settle(Message message, const adapters::Adapter& adapter) {
  if (!adapter.people_file()) return ProcessOnePerson(app_, message, adapter);
  return ProcessPeopleFile(app_, message, *adapter.people_file(), {folder_, stopping_});
}

Result<void> Inbox::ProcessWaiting(const std::function<void(const Message&)>& each) {
  auto done = ProcessEach(each);
  const std::lock_guard lock(processing_);
  lease_.reset();
  return done;
}

Result<void> Inbox::ProcessEach(const std::function<void(const Message&)>& each) {
  storage::MessageQuery query;
  query.state = MessageState::kReceived;
  query.oldest_first = true;
  while (!stopping_) {
    storage::MessagePage page;
    {
      TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app_.store->OpenReader());
      TRY_ASSIGN(page, reader->FindMessages(query, 1, {}));
    }
    if (page.messages.empty()) return {};
    Message settled;
    {
      const std::lock_guard lock(processing_);
      TRY(Lead());
      TRY_ASSIGN(settled, ProcessHere(page.messages.front().id));
    }
    if (each) each(settled);
  }
  return {};
}

Result<Message> Inbox::Replay(const std::string& id) {
  Message message;
  TRY(app_.store->Write([&](WriteTransaction& transaction) -> Result<void> {
    TRY_ASSIGN(message, transaction.ReadMessage(id));
    if (message.state == MessageState::kReceived) return {};
    if (message.state == MessageState::kReceiving) return Error(ErrorKind::kConflict, "The message is still being received. Replay it when it is whole.");
    TRY(transaction.ForgetParts(id));
    message.state = MessageState::kReceived;
    return transaction.PutMessage(message);
  }));
  return message;
}

void Inbox::Start() {
  awake_ = true;
  worker_ = std::thread([this] { Work(); });
}

void Inbox::Wake() {
  {
    const std::lock_guard lock(mutex_);
    awake_ = true;
  }
  changed_.notify_one();
}

void Inbox::Stop() {
  stopping_ = true;
  Wake();
  if (worker_.joinable()) worker_.join();
}

void Inbox::Work() {
  bool failed = false;
  while (!stopping_) {
    {
      std::unique_lock lock(mutex_);
      // Now and then without being woken: a message may have come to another process, which is gone.
      changed_.wait_for(lock, kPatience, [&] { return stopping_ || (awake_ && !failed); });
      awake_ = false;
    }
    if (stopping_) return;
    const auto done = ProcessWaiting([this](const Message& message) { LogSettled(*app_.log, message); });
    failed = !done && !stopping_;
    if (!failed) failing_since_us_ = 0;
    if (!failed || done.error().kind() == ErrorKind::kThrottled) continue;
    if (failing_since_us_ == 0) failing_since_us_ = app_.now_us();
    log::Line line(log::Level::kError, "inbox-failed");
    app_.log->Write(line.Add("error", done.error().issue_type()).AddIf("detail", done.error().detail()));
  }
}

}  // namespace server::inbox
