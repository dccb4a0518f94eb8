// Accepting, deadlines, relief, farewell.
#include "server/http/edge/watch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>

namespace server::http::edge {
namespace {

using Key = ConnectionTable::Key;
using std::chrono::milliseconds;

constexpr std::uint64_t kListener = 1, kWake = 2;
constexpr int kAcceptedAtOnce = 64;
constexpr milliseconds kListenAgainAfter{100};
constexpr milliseconds kBusyFor{5};    // no worker having been free for so long, all sit in long handlers

// Deadlines are looked at often enough that none is overstayed by more than a tenth, or half a second.
milliseconds ScanEvery(const EdgeOptions& options) {
  const milliseconds shortest = std::min({options.handshake_time, options.head_time, options.body_grace, options.body_time, options.write_stall, options.keep_alive});
  return std::clamp(shortest / 10, milliseconds(5), milliseconds(500));
}

std::string PeerText(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
    return text;
  }
  const in6_addr& six = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    ::inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, &six, text, sizeof text);
  }
  return text;
}

// The socket is the channel's alone: whoever closes the connection closes it, on his own thread. Null: it is closed.
std::unique_ptr<Channel> ChannelOf(const EdgeOptions& options, int descriptor) {
  const Poco::Net::StreamSocket socket(new Poco::Net::StreamSocketImpl(descriptor));
  return options.make_channel ? options.make_channel(socket) : MakePlainChannel(socket);
}

}  // namespace

Watch::Watch(Shared& shared, ConnectionTable& table, Workers& workers, const Poco::Net::ServerSocket& listener)
    : shared_(shared), table_(table), workers_(workers), listener_(listener), scan_every_(ScanEvery(shared.options)) {}

Watch::~Watch() {
  Stop();
  if (wake_ >= 0) ::close(wake_);
  if (epoll_ >= 0) ::close(epoll_);
}

fhir::Result<void> Watch::Start() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  epoll_event on_listener{}, on_wake{};
  on_listener.events = on_wake.events = EPOLLIN;
  on_listener.data.u64 = kListener;
  on_wake.data.u64 = kWake;
  if (epoll_ < 0 || wake_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_.impl()->sockfd(), &on_listener) != 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &on_wake) != 0) {
    return fhir::Error(fhir::ErrorKind::kUnavailable, "The server cannot watch its port: no file descriptor is free. Allow the process more open files.");
  }
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
    return fhir::Error(fhir::ErrorKind::kUnavailable, "The server cannot start a thread. Allow the user more processes, or the process more memory.");
  }
  return {};
}

bool Watch::Stop() {
  shared_.stopping = true;
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_, &one, sizeof one));
    thread_.join();
  }
  return all_seen_off_;
}

int Watch::TickMs() const {
  if (relieving_) return 5;
  if (table_.size() == 0 && listen_again_ == Clock::time_point{}) return -1;
  return static_cast<int>(std::min(scan_every_, milliseconds(50)).count());
}

void Watch::Run() {
  while (!shared_.stopping) {
    epoll_event events[2];
    const int count = ::epoll_wait(epoll_, events, 2, TickMs());
    for (int i = 0; i < count; ++i) {
      if (events[i].data.u64 == kListener) Accept();
    }
    if (listen_again_ != Clock::time_point{} && Clock::now() >= listen_again_) Listen(true);
    CloseLate();
    Relieve();
  }
  SeeOff();
}

void Watch::Listen(bool on) {
  epoll_event event{};
  event.events = on ? EPOLLIN : 0u;
  event.data.u64 = kListener;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener_.impl()->sockfd(), &event);
  listen_again_ = on ? Clock::time_point{} : Clock::now() + kListenAgainAfter;
}

void Watch::Accept() {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int descriptor = ::accept4(listener_.impl()->sockfd(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      Add(shared_.counters.connections_accepted);
      const int yes = 1;
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      Admit(descriptor, PeerText(address));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      // No descriptor or memory: the caller stays in the queue of the listener, which would be ready at once again.
      Add(shared_.counters.accept_failures);
      Listen(false);
      return;
    }
  }
}

void Watch::Admit(int descriptor, std::string peer) {
  const ConnectionTable::Room room = table_.RoomFor(peer);
  const bool plain = !shared_.options.make_channel;
  if (room != ConnectionTable::Room::kFree) {
    Add(shared_.counters.connections_refused);
    if (!plain) {   // words would need a handshake first
      ::close(descriptor);
      return;
    }
  }
  auto channel = ChannelOf(shared_.options, descriptor);
  if (!channel) return;
  auto connection = std::make_unique<Connection>(shared_, std::move(channel), std::move(peer), plain);
  if (room == ConnectionTable::Room::kFull) connection->Refuse("The server has as many connections as it takes. Try again in a moment.", scratch_);
  if (room == ConnectionTable::Room::kFullForPeer) connection->Refuse("Your address has as many connections open as it may. Close some, or send more requests on each.", scratch_);
  const Key key = table_.Open(std::move(connection));
  if (key == ConnectionTable::kNone) return;
  if (!workers_.Watch(key, descriptor)) {
    if (table_.Claim(key)) table_.Close(key);
  } else if (room != ConnectionTable::Room::kFree) {
    if (Connection* refused = table_.Claim(key)) workers_.ServeUnhandled(key, *refused, scratch_);
  }
}

void Watch::CloseLate() {
  const Clock::time_point now = Clock::now();
  if (now < next_scan_) return;
  next_scan_ = now + scan_every_;
  keys_.clear();
  table_.Late(now, keys_);
  for (const Key key : keys_) {
    Connection* connection = table_.Claim(key);
    if (!connection) continue;
    // It may have moved on since, and be early again.
    if (connection->deadline() <= now && !connection->OnDeadline(scratch_)) {
      table_.Close(key);
    } else {
      workers_.ServeUnhandled(key, *connection, scratch_);
    }
  }
}

// When no worker has come back for events since the last look, all of them sit in handlers: requests must still be read, if
// only to be told to come again.
void Watch::Relieve() {
  const Clock::time_point now = Clock::now();
  if (now < next_look_) return;
  next_look_ = now + kBusyFor;
  const std::uint64_t polls = workers_.polls();
  relieving_ = polls == last_polls_ && !workers_.AnyFree();
  last_polls_ = polls;
  if (relieving_) workers_.ReadInTheirPlace(scratch_);
}

void Watch::SeeOff() {
  listener_.close();
  const Clock::time_point end = Clock::now() + shared_.options.stop_time;
  for (bool over = false; table_.size() > 0 && !over;) {
    over = Clock::now() >= end;
    keys_.clear();
    table_.Parked(keys_);
    for (const Key key : keys_) {
      Connection* connection = table_.Claim(key);
      if (!connection) continue;
      if (over && !connection->idle()) all_seen_off_ = false;
      if (over || connection->idle()) {
        table_.Close(key);
      } else {
        workers_.ServeUnhandled(key, *connection, scratch_);
      }
    }
    if (over && table_.size() > 0) all_seen_off_ = false;   // still in handlers
    CloseLate();
    Relieve();
    if (table_.size() > 0 && !over) std::this_thread::sleep_for(milliseconds(5));
  }
}

}  // namespace server::http::edge
