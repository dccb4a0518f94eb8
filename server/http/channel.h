// Bytes to and from one caller without ever waiting: what the edge reads requests from and writes answers to.
// A channel is used by one thread at a time; which one changes.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace Poco::Net {
class StreamSocket;
}

namespace server::http {

// What came of one attempt. Only kDone has bytes. After kWaitRead or kWaitWrite the same call is made again once the
// descriptor is readable or writable (a TLS channel may want to read in order to write, and the other way round).
struct Moved {
  enum class State {
    kDone,         // `bytes` were moved, at least one; of a handshake: it is finished
    kWaitRead,
    kWaitWrite,
    kClosed,       // Read: the caller will send no more (an orderly end); Write: nobody is there to read
    kFailed,       // reset, or what came is not the protocol; nothing further is possible
  };
  State state = State::kFailed;
  std::size_t bytes = 0;
};

class Channel {
 public:
  virtual ~Channel() = default;          // closes the socket, without waiting

  // The socket's, for epoll; the same for the channel's whole life.
  virtual int descriptor() const = 0;
  // Whatever must happen before the first byte of a request. Called until it is kDone, kClosed or kFailed.
  virtual Moved Handshake() = 0;
  virtual Moved Read(char* to, std::size_t room) = 0;
  // `first` and then `second`, as much of both as fits now, in one write where that is possible.
  virtual Moved Write(std::string_view first, std::string_view second) = 0;
  // False when the last Read, if it gave less than there was room for, emptied the socket: the edge then waits for the
  // descriptor's next event, which is told once for each arrival. True: it reads on until kWaitRead.
  virtual bool HasUnread() const = 0;
  // Says that nothing more will be written (a TLS channel sends its close_notify); reading goes on.
  virtual void EndWriting() = 0;
};

// Over the socket as it is. The socket is made non-blocking.
std::unique_ptr<Channel> MakePlainChannel(const Poco::Net::StreamSocket& socket);

}  // namespace server::http
