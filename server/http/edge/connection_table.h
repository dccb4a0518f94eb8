// Every open connection, and who has it: parked (only an event or its deadline moves it) or in one thread's hands. Claiming
// and parking are one atomic step each; opening and closing take a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/http/edge/connection.h"

namespace server::http::edge {

class ConnectionTable {
 public:
  // Names a connection, also when it is long gone. Never 0, and never one of the highest 2^32.
  using Key = std::uint64_t;
  static constexpr Key kNone = 0;

  // `spare` are for connections that only get a refusal.
  ConnectionTable(std::size_t most, std::size_t spare, int most_per_ip);

  enum class Room { kFree, kFull, kFullForPeer };
  Room RoomFor(const std::string& peer) const;

  // Takes it in, parked; kNone when even the spare places are taken. From then on events may claim it.
  Key Open(std::unique_ptr<Connection> connection);

  // The connection, now in the caller's hands; null when it is gone, or in another's hands: then that thread will find on
  // parking that it must go on.
  Connection* Claim(Key key);
  // Gives it back. False when an event came meanwhile: the caller still has it, and must drive it again.
  bool Park(Key key);
  // A connection that the caller has claimed before.
  Connection& Held(Key key) { return *SlotOf(key).connection; }
  // Destroys a connection that the caller has.
  void Close(Key key);

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  // Keys of parked connections whose deadline is past.
  void Late(Clock::time_point now, std::vector<Key>& keys) const;
  void Parked(std::vector<Key>& keys) const;

 private:
  enum State : std::uint32_t { kEmpty, kParked, kHeld, kHeldWithEvent };
  // A cache line each: neighbours belong to other threads.
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> word{0};                // generation << 32 | state
    std::atomic<Clock::time_point::rep> deadline{0};
    std::unique_ptr<Connection> connection;
  };

  static std::uint64_t Word(std::uint32_t generation, State state) { return std::uint64_t{generation} << 32 | state; }
  static std::uint32_t GenerationOf(Key key) { return static_cast<std::uint32_t>(key >> 32); }
  Slot& SlotOf(Key key) { return slots_[key & 0xFFFFFFFF]; }

  std::vector<Slot> slots_;
  const std::size_t most_;
  const int most_per_ip_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::size_t> used_{0};                   // no slot from here on was ever used
  mutable std::mutex mutex_;                           // guards what follows
  std::vector<std::uint32_t> free_;                    // taken from the end: low numbers first
  std::unordered_map<std::string, int> of_peer_;       // open connections of each address, loopback apart
};

}  // namespace server::http::edge
