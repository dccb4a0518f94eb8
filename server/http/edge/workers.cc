// Workers: from an event to an answer.
#include "server/http/edge/workers.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <typeinfo>

#include "server/http/error_response.h"

namespace server::http::edge {
namespace {

using Key = ConnectionTable::Key;

// Keys that no connection has.
constexpr Key kWakeKey = ~Key{0}, kQuitKey = ~Key{0} - 1;

constexpr std::size_t kFewestWorkers = 4, kMostWorkers = 64;

// Handlers wait for the disk more than they compute, and writes that wait together are committed together: so there are more
// than cores, and no thread is started before it is needed.
std::size_t MostWorkers(int asked) {
  if (asked > 0) return static_cast<std::size_t>(asked);
  return std::max<std::size_t>(kMostWorkers, 2 * std::thread::hardware_concurrency());
}

bool Add(int epoll, int descriptor, Key key, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Signal(int eventfd) {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(eventfd, &one, sizeof one));   // full: then it is signalled already
}

}  // namespace

Workers::Workers(Shared& shared, ConnectionTable& table) : shared_(shared), table_(table), most_(MostWorkers(shared.options.workers)) {}

Workers::~Workers() {
  quitting_ = true;
  if (quit_ >= 0) Signal(quit_);
  for (;;) {
    std::vector<std::thread> threads;
    {
      const std::lock_guard<std::mutex> lock(threads_mutex_);
      threads.swap(threads_);
    }
    if (threads.empty()) break;
    for (std::thread& thread : threads) thread.join();
  }
  for (const int descriptor : {quit_, wake_, epoll_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

fhir::Result<void> Workers::Start() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  quit_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  // The wake-up is edge-triggered: one signal, one worker. The last call stays ready: all see it.
  const bool made = epoll_ >= 0 && wake_ >= 0 && quit_ >= 0 && Add(epoll_, wake_, kWakeKey, EPOLLIN | EPOLLET) && Add(epoll_, quit_, kQuitKey, EPOLLIN);
  if (!made) return fhir::Error(fhir::ErrorKind::kUnavailable, "The server cannot watch its connections: no file descriptor is free. Allow the process more open files.");
  for (std::size_t i = 0; i < std::min(kFewestWorkers, most_); ++i) {
    if (!Grow() && i == 0) return fhir::Error(fhir::ErrorKind::kUnavailable, "The server cannot start a single thread. Allow the user more processes, or the process more memory.");
  }
  return {};
}

bool Workers::Grow() {
  if (threads_started_.load(std::memory_order_relaxed) >= most_ || quitting_) return false;
  const std::lock_guard<std::mutex> lock(threads_mutex_);
  if (threads_.size() >= most_ || quitting_ || Clock::now() < no_thread_until_) return false;
  try {
    threads_.emplace_back([this] { Run(); });
  } catch (const std::system_error&) {   // fewer threads serve, and slower
    no_thread_until_ = Clock::now() + std::chrono::seconds(1);
    return false;
  }
  threads_started_.store(threads_.size(), std::memory_order_relaxed);
  return true;
}

bool Workers::Watch(Key key, int descriptor) { return Add(epoll_, descriptor, key, EPOLLIN | EPOLLRDHUP | EPOLLET); }

void Workers::Run() {
  Scratch scratch;
  while (!quitting_.load(std::memory_order_relaxed)) {
    if (queued_.load(std::memory_order_relaxed) > 0 && ServeQueued(scratch)) continue;
    epoll_event event{};
    polls_.fetch_add(1, std::memory_order_relaxed);
    const int count = ::epoll_wait(epoll_, &event, 1, -1);
    wakes_.fetch_add(1, std::memory_order_relaxed);
    if (count != 1 || event.data.u64 == kWakeKey) continue;
    if (event.data.u64 == kQuitKey) {
      Signal(quit_);   // and the next, whatever the system made of the last one
      return;
    }
    OnEvent(event.data.u64, event.events, scratch, true);
  }
}

void Workers::ReadInTheirPlace(Scratch& scratch) {
  epoll_event events[64];
  const int count = ::epoll_wait(epoll_, events, 64, 0);
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u64 < kQuitKey) OnEvent(events[i].data.u64, events[i].events, scratch, false);
  }
}

void Workers::OnEvent(Key key, std::uint32_t events, Scratch& scratch, bool may_handle) {
  Connection* connection = table_.Claim(key);
  if (!connection) return;
  connection->OnEvent((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
  Serve(key, *connection, scratch, may_handle);
}

void Workers::Serve(Key key, Connection& connection, Scratch& scratch, bool may_handle) {
  for (;;) {
    switch (connection.Drive(scratch)) {
      case Connection::Next::kHandle:
        if (may_handle) {
          if (!AnyFree()) Grow();
          Handle(connection, scratch);
        } else if (Enqueue(key)) {
          return;
        } else {
          connection.Shed(scratch);
        }
        break;
      case Connection::Next::kWait:
        if (connection.TakeWriteInterest()) {
          epoll_event event{};
          event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
          event.data.u64 = key;
          ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.descriptor(), &event);
        }
        if (table_.Park(key)) return;
        connection.OnEvent(true);   // what kind of event it was is not known
        break;
      case Connection::Next::kClose:
        table_.Close(key);
        return;
    }
  }
}

void Workers::Handle(Connection& connection, Scratch& scratch) {
  const Request& request = connection.request();
  edge::Add(shared_.counters.requests_running);
  Response answer;
  // Of an exception its type, for its text may hold what was sent.
  const auto fail = [&](std::string why) { answer = ErrorResponse(fhir::Error(fhir::ErrorKind::kInternal, "Failed.").WithDetail(std::move(why))); };
  try {
    answer = shared_.handler(request);
  } catch (const std::exception& failure) {
    fail(typeid(failure).name());
  } catch (...) {
    fail("with an exception of unknown kind");
  }
  edge::Subtract(shared_.counters.requests_running);
  connection.Answer(std::move(answer), scratch);
}

bool Workers::Enqueue(Key key) {
  {
    const std::lock_guard<std::mutex> lock(queue_mutex_);
    if (queue_.size() >= static_cast<std::size_t>(shared_.options.queued_requests)) return false;
    queue_.push_back(key);
    queued_.store(queue_.size(), std::memory_order_relaxed);
  }
  edge::Add(shared_.counters.requests_queued);
  Signal(wake_);
  return true;
}

bool Workers::ServeQueued(Scratch& scratch) {
  Key key = ConnectionTable::kNone;
  {
    const std::lock_guard<std::mutex> lock(queue_mutex_);
    if (queue_.empty()) return false;
    key = queue_.front();
    queue_.pop_front();
    queued_.store(queue_.size(), std::memory_order_relaxed);
  }
  edge::Subtract(shared_.counters.requests_queued);
  Serve(key, table_.Held(key), scratch, true);
  return true;
}

}  // namespace server::http::edge
