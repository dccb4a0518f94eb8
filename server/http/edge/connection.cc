// Driving a connection: handshake, request, answer, farewell.
#include "server/http/edge/connection.h"

#include <algorithm>

#include "server/http/error_response.h"

namespace server::http::edge {
namespace {

using State = Moved::State;
using std::chrono::milliseconds;

// After a refusal what the caller still sends is read and dropped, so that he gets to read the refusal: a socket that is
// closed with bytes unread takes back what it sent.
constexpr std::size_t kMostDrained = 64u << 10;
constexpr milliseconds kDrainTime{2000};

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

milliseconds TimeFor(std::size_t bytes, std::size_t bytes_per_second) {
  return milliseconds(bytes_per_second == 0 ? 0 : static_cast<std::int64_t>(bytes * 1000 / bytes_per_second));
}

std::string Seconds(milliseconds time) { return std::to_string((time.count() + 999) / 1000) + " s"; }

Response Overload(std::string text) {
  Response answer = Refuse(503, "throttled", std::move(text));
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace

Connection::Connection(Shared& shared, std::unique_ptr<Channel> channel, std::string peer, bool plain)
    : shared_(shared),
      channel_(std::move(channel)),
      peer_(std::move(peer)),
      phase_(plain ? Phase::kReading : Phase::kHandshake),
      deadline_(Clock::now() + (plain ? shared.options.head_time : shared.options.handshake_time)) {
  Add(shared_.counters.connections_open);
}

Connection::~Connection() {
  if (phase_ == Phase::kWriting) Tell(false);
  Hold(0);
  Subtract(shared_.counters.connections_open);
}

Connection::Next Connection::Drive(Scratch& scratch) {
  for (;;) {
    Step step = Step::kClose;
    switch (phase_) {
      case Phase::kHandshake: step = DoHandshake(); break;
      case Phase::kReading: step = Read(scratch); break;
      case Phase::kHandling: step = Step::kHandle; break;
      case Phase::kWriting: step = Write(); break;
      case Phase::kDraining: step = Drain(scratch); break;
    }
    switch (step) {
      case Step::kAgain: continue;
      case Step::kWait: return Next::kWait;
      case Step::kHandle: return Next::kHandle;
      case Step::kClose: return Next::kClose;
    }
  }
}

Connection::Step Connection::DoHandshake() {
  const Moved moved = channel_->Handshake();
  switch (moved.state) {
    case State::kDone:
      phase_ = Phase::kReading;
      deadline_ = Clock::now() + shared_.options.head_time;
      return Step::kAgain;
    case State::kWaitWrite: wants_room_ = true; return Step::kWait;
    case State::kWaitRead: return Step::kWait;
    case State::kClosed:
    case State::kFailed: Add(shared_.counters.handshakes_failed); return Step::kClose;
  }
  return Step::kClose;
}

Connection::Step Connection::Read(Scratch& scratch) {
  if (!unread_.empty()) {
    const std::string bytes = std::move(unread_);
    unread_ = {};
    return Feed(bytes, scratch);
  }
  if (drained_) return Step::kWait;
  const Moved moved = channel_->Read(scratch.bytes.get(), Scratch::kBytes);
  switch (moved.state) {
    case State::kDone:
      Add(shared_.counters.bytes_read, moved.bytes);
      drained_ = moved.bytes < Scratch::kBytes && !may_have_ended_ && !channel_->HasUnread();
      return Feed({scratch.bytes.get(), moved.bytes}, scratch);
    case State::kWaitWrite: wants_room_ = true; return Step::kWait;
    case State::kWaitRead:
      drained_ = true;
      may_have_ended_ = false;
      return Step::kWait;
    case State::kClosed:
      ended_ = true;
      if (!exchange_) return Step::kClose;
      exchange_->parser.End();
      if (exchange_->parser.stage() != RequestParser::Stage::kRefused) return Step::kClose;
      Send(std::move(exchange_->parser.refusal()), true, false, scratch);
      return Step::kAgain;
    case State::kFailed: return Step::kClose;
  }
  return Step::kClose;
}

Connection::Step Connection::Feed(std::string_view bytes, Scratch& scratch) {
  if (!exchange_) {
    exchange_ = std::make_unique<Exchange>(shared_.limits);
    deadline_ = exchange_->began + shared_.options.head_time;
  }
  RequestParser& parser = exchange_->parser;
  for (;;) {
    const std::size_t taken = parser.Take(bytes);
    exchange_->bytes_in += taken;
    bytes.remove_prefix(taken);
    switch (parser.stage()) {
      case RequestParser::Stage::kHead: return MoreToRead();
      case RequestParser::Stage::kHeadDone:
        if (OnHead(!bytes.empty(), scratch)) continue;
        unread_ = bytes;
        return Step::kAgain;
      case RequestParser::Stage::kBody: return OnBodyBytes(scratch) ? MoreToRead() : Step::kAgain;
      case RequestParser::Stage::kDone:
        if (parser.has_body()) Hold(parser.request().body.capacity());
        unread_ = bytes;
        phase_ = Phase::kHandling;
        return Step::kHandle;
      case RequestParser::Stage::kRefused:
        Send(std::move(parser.refusal()), true, false, scratch);
        return Step::kAgain;
    }
  }
}

void Connection::NameRequest() {
  Request& request = exchange_->parser.request();
  if (!request.id.empty()) return;
  const std::string_view id = FindHeader(request.headers, "X-Request-ID");
  request.id = IsRequestId(id) ? std::string(id) : shared_.NewRequestId();
  request.peer = peer_;
}

// The head is whole: may the body come? False when an answer was given instead.
bool Connection::OnHead(bool body_in_hand, Scratch& scratch) {
  NameRequest();
  const EdgeOptions& options = shared_.options;
  RequestParser& parser = exchange_->parser;
  if (options.refuse_head) {
    if (auto refusal = options.refuse_head(parser.request())) {
      Send(*std::move(refusal), true, !parser.has_body(), scratch);
      return false;
    }
  }
  const std::size_t limit = options.body_bytes_of ? options.body_bytes_of(parser.request()) : options.body_bytes;
  parser.TakeBody(limit);
  if (parser.stage() != RequestParser::Stage::kBody) return true;
  exchange_->body_began = Clock::now();
  const std::size_t times = std::max<std::size_t>(1, limit / std::max<std::size_t>(1, options.body_bytes));
  exchange_->body_time = options.body_time * static_cast<std::int64_t>(times);
  if (parser.wants_continue() && !body_in_hand) {
    // Into an empty send buffer: what does not fit there at once is not taken by anybody.
    const Moved moved = channel_->Write(kContinue, {});
    if (moved.state != State::kDone || moved.bytes != kContinue.size()) keep_ = false;
  }
  return true;
}

// Some of the body has come: until when may the rest take? False when an answer was given instead.
bool Connection::OnBodyBytes(Scratch& scratch) {
  const RequestParser& parser = exchange_->parser;
  Hold(exchange_->parser.request().body.capacity());
  if (HoldsTooMuch()) {
    Add(shared_.counters.requests_shed);
    Send(Overload("The server holds as many bytes of requests as it may. Nothing was done; send the request again in a moment."), true, false, scratch);
    return false;
  }
  const milliseconds at_rate = TimeFor(parser.body_bytes(), shared_.options.body_bytes_per_second);
  deadline_ = exchange_->body_began + std::min(exchange_->body_time, std::max(shared_.options.body_grace, at_rate));
  return true;
}

void Connection::Hold(std::size_t bytes) {
  if (bytes > held_) Add(shared_.counters.bytes_held, bytes - held_);
  if (bytes < held_) Subtract(shared_.counters.bytes_held, held_ - bytes);
  held_ = bytes;
}

void Connection::Answer(Response answer, Scratch& scratch) {
  Add(shared_.counters.requests);
  Send(std::move(answer), false, true, scratch);
}

void Connection::Shed(Scratch& scratch) {
  Add(shared_.counters.requests_shed);
  Send(Overload("The server has as many requests waiting as it takes. Nothing was done; send the request again in a moment."), true, true, scratch);
}

void Connection::Refuse(std::string text, Scratch& scratch) {
  exchange_ = std::make_unique<Exchange>(shared_.limits);
  Send(Overload(std::move(text)), true, false, scratch);
}

void Connection::Send(Response answer, bool by_edge, bool keep, Scratch& scratch) {
  NameRequest();
  Exchange& exchange = *exchange_;
  const Request& request = exchange.parser.request();
  if (!IsSendable(answer)) {
    answer = ErrorResponse(fhir::Error(fhir::ErrorKind::kInternal, "Failed.").WithDetail("a header of the answer holds what may not be sent"));
    keep = false;
  }
  if (by_edge) Add(shared_.counters.requests_refused);
  Add(shared_.counters.answers[static_cast<std::size_t>(answer.status / 100)]);
  ++requests_;
  keep_ = keep_ && keep && exchange.parser.keeps_alive() && requests_ < shared_.options.requests_per_connection &&
          !shared_.stopping.load(std::memory_order_relaxed);
  exchange.parser.request().body = {};
  Hold(0);
  exchange.answer = std::move(answer);
  const Persistence persistence = !keep_ ? Persistence::kClose : exchange.parser.is_http_1_0() ? Persistence::kKeepTold : Persistence::kKeep;
  exchange.head_out = AnswerHead(exchange.answer, request.id, persistence, scratch.date.Now());
  if (request.method != "HEAD" && exchange.answer.status != 204 && exchange.answer.status != 304) exchange.body_out = exchange.answer.body;
  phase_ = Phase::kWriting;
}

Connection::Step Connection::Write() {
  Exchange& exchange = *exchange_;
  const std::size_t head_size = exchange.head_out.size(), size = head_size + exchange.body_out.size();
  const std::string_view head = std::string_view(exchange.head_out).substr(std::min(exchange.written, head_size));
  const std::string_view body = exchange.body_out.substr(exchange.written > head_size ? exchange.written - head_size : 0);
  const Moved moved = channel_->Write(head, body);
  if (moved.state == State::kClosed || moved.state == State::kFailed) return Step::kClose;
  if (moved.state == State::kDone) {
    Add(shared_.counters.bytes_written, moved.bytes);
    exchange.written += moved.bytes;
    if (exchange.written == size) return OnWritten();
  }
  // A caller who takes little is given time for that little, and no longer than the stall from his last byte.
  const Clock::time_point now = Clock::now();
  const bool first = exchange.write_began == Clock::time_point{};
  if (first) {
    exchange.write_began = now;
    Hold(exchange.head_out.capacity() + exchange.answer.body.capacity());
  }
  if (HoldsTooMuch()) return Step::kClose;
  const milliseconds stall = shared_.options.write_stall;
  const Clock::time_point at_rate = exchange.write_began + stall + TimeFor(exchange.written, shared_.options.body_bytes_per_second);
  if (first || moved.state == State::kDone) deadline_ = std::min(now + stall, at_rate);
  if (moved.state == State::kDone) return Step::kAgain;
  if (moved.state == State::kWaitWrite) wants_room_ = true;
  return Step::kWait;
}

void Connection::Tell(bool complete) {
  if (!shared_.options.on_answered || !exchange_) return;
  Sent sent;
  sent.bytes_in = exchange_->bytes_in;
  sent.bytes_out = exchange_->written;
  sent.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - exchange_->began).count();
  sent.complete = complete;
  shared_.options.on_answered(exchange_->parser.request(), exchange_->answer, sent);
}

Connection::Step Connection::OnWritten() {
  Tell(true);
  Hold(0);
  exchange_.reset();
  if (keep_) {
    phase_ = Phase::kReading;
    deadline_ = Clock::now() + shared_.options.keep_alive;
    return unread_.empty() ? MoreToRead() : Step::kAgain;
  }
  if (ended_) {
    phase_ = Phase::kDraining;
    return Step::kClose;
  }
  channel_->EndWriting();
  phase_ = Phase::kDraining;
  drain_left_ = kMostDrained;
  unread_ = {};
  deadline_ = Clock::now() + kDrainTime;
  return Step::kAgain;
}

Connection::Step Connection::Drain(Scratch& scratch) {
  const Moved moved = channel_->Read(scratch.bytes.get(), std::min(Scratch::kBytes, drain_left_));
  switch (moved.state) {
    case State::kDone:
      drain_left_ -= moved.bytes;
      return drain_left_ == 0 ? Step::kClose : Step::kAgain;
    case State::kWaitWrite: wants_room_ = true; return Step::kWait;
    case State::kWaitRead: return Step::kWait;
    case State::kClosed:
    case State::kFailed: return Step::kClose;
  }
  return Step::kClose;
}

bool Connection::TakeWriteInterest() {
  if (!wants_room_ || watched_for_room_) return false;
  watched_for_room_ = true;
  return true;
}

bool Connection::OnDeadline(Scratch& scratch) {
  Counters& counters = shared_.counters;
  switch (phase_) {
    case Phase::kHandshake: Add(counters.timeouts_handshake); return false;
    case Phase::kWriting: Add(counters.timeouts_write); return false;
    case Phase::kHandling:
    case Phase::kDraining: return false;
    case Phase::kReading: break;
  }
  if (!exchange_ || !exchange_->parser.HasBegun()) {
    Add(counters.timeouts_idle);
    return false;
  }
  const bool in_body = exchange_->parser.stage() == RequestParser::Stage::kBody;
  Add(in_body ? counters.timeouts_body : counters.timeouts_head);
  Send(http::Refuse(408, "timeout", in_body ? "The body came too slowly: after " + Seconds(shared_.options.body_grace) + " at least " + std::to_string(shared_.options.body_bytes_per_second) +
                                                  " bytes a second are expected, and the whole within " + Seconds(exchange_->body_time) + ". Nothing was done; send the request again."
                                            : "The request's head did not arrive within " + Seconds(shared_.options.head_time) + ". Nothing was done; send the request again."),
       true, false, scratch);
  return true;
}

}  // namespace server::http::edge
