// One caller's connection: what it has sent of a request, what is left to send of an answer, and until when it may take.
// Never waits: Drive goes as far as the bytes allow. One thread at a time has it (connection_table.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/channel.h"
#include "server/http/edge/answer.h"
#include "server/http/edge/shared.h"

namespace server::http::edge {

// What a thread that drives connections keeps for all of them.
struct Scratch {
  static constexpr std::size_t kBytes = 64u << 10;
  std::unique_ptr<char[]> bytes = std::make_unique<char[]>(kBytes);
  DateText date;
};

class Connection {
 public:
  enum class Next {
    kWait,           // for the caller, until deadline()
    kHandle,         // request() is whole: call Answer, then Drive
    kClose,          // it is over: destroy it
  };

  // `plain`: there is no handshake to wait for.
  Connection(Shared& shared, std::unique_ptr<Channel> channel, std::string peer, bool plain);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Bytes, or room for bytes, may have come: call before Drive when the descriptor said so. `may_have_ended`: the caller may
  // have closed his side behind those bytes, of which there is no event of its own.
  void OnEvent(bool may_have_ended) {
    drained_ = false;
    may_have_ended_ = may_have_ended_ || may_have_ended;
  }
  Next Drive(Scratch& scratch);
  const Request& request() const { return exchange_->parser.request(); }
  // The handler's answer.
  void Answer(Response answer, Scratch& scratch);
  // 503 in place of the handler's: too many requests wait.
  void Shed(Scratch& scratch);
  // 503 before anything is read: the connection is one too many.
  void Refuse(std::string text, Scratch& scratch);
  // deadline() has passed. False: there is nothing to say, close it; true: call Drive.
  bool OnDeadline(Scratch& scratch);

  Clock::time_point deadline() const { return deadline_; }
  int descriptor() const { return channel_->descriptor(); }
  const std::string& peer() const { return peer_; }
  // No request has been accepted that is not answered: not even the head of one is whole.
  bool idle() const { return phase_ != Phase::kHandling && phase_ != Phase::kWriting && !(phase_ == Phase::kReading && exchange_ && exchange_->parser.stage() == RequestParser::Stage::kBody); }
  // True once, after a write did not fit: the descriptor must be watched for room from now on.
  bool TakeWriteInterest();

 private:
  enum class Phase { kHandshake, kReading, kHandling, kWriting, kDraining };
  enum class Step { kAgain, kWait, kHandle, kClose };
  // One request and its answer; an idle connection has none.
  struct Exchange {
    explicit Exchange(const HeadLimits& limits) : parser(limits) {}
    RequestParser parser;
    Clock::time_point began = Clock::now();
    Clock::time_point body_began{};
    std::chrono::milliseconds body_time{};
    Response answer;
    std::string head_out;
    std::string_view body_out;         // of `answer`; empty for HEAD
    Clock::time_point write_began{};
    std::size_t written = 0;
    std::size_t bytes_in = 0;
  };

  Step DoHandshake();
  Step Read(Scratch& scratch);
  Step Feed(std::string_view bytes, Scratch& scratch);
  Step MoreToRead() const { return drained_ ? Step::kWait : Step::kAgain; }
  bool OnHead(bool body_in_hand, Scratch& scratch);
  bool OnBodyBytes(Scratch& scratch);
  Step Write();
  Step OnWritten();
  Step Drain(Scratch& scratch);
  // `by_edge`: not the handler's. `keep`: the connection may go on, if all else allows it.
  void Send(Response answer, bool by_edge, bool keep, Scratch& scratch);
  void NameRequest();
  // Counts so many bytes as held by this connection instead of those before.
  void Hold(std::size_t bytes);
  bool HoldsTooMuch() const { return held_ > 0 && shared_.counters.bytes_held.load(std::memory_order_relaxed) > shared_.options.held_bytes; }
  void Tell(bool complete);

  Shared& shared_;
  std::unique_ptr<Channel> channel_;
  const std::string peer_;
  Phase phase_ = Phase::kHandshake;
  Clock::time_point deadline_;
  std::unique_ptr<Exchange> exchange_;
  std::string unread_;              // came with a request and belongs to the next
  std::size_t held_ = 0;            // counted in Counters::bytes_held
  std::size_t drain_left_ = 0;
  int requests_ = 0;
  bool drained_ = false;            // the last Read took all: only an event brings more
  bool may_have_ended_ = false;     // a Read that takes less than there is room for may have left the end
  bool ended_ = false;              // the caller has closed his side
  bool keep_ = true;
  bool wants_room_ = false, watched_for_room_ = false;
};

}  // namespace server::http::edge
