// The threads that serve connections. All wait on one epoll, so that whoever is free takes what is ready and goes on with it
// to the answer without handing it over. When every one of them is in a handler, the watch (watch.h) reads in their
// place, and whole requests wait in a queue.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "fhir/base/result.h"
#include "server/http/edge/connection_table.h"

namespace server::http::edge {

class Workers {
 public:
  Workers(Shared& shared, ConnectionTable& table);
  // Ends the threads, after their handlers.
  ~Workers();

  // kUnavailable when there is no thread or no descriptor to be had.
  fhir::Result<void> Start();
  // From now on events of the connection reach a worker. False when the system has no room.
  bool Watch(ConnectionTable::Key key, int descriptor);
  // Drives a connection that the caller has claimed, as far as it goes without running a handler.
  void ServeUnhandled(ConnectionTable::Key key, Connection& connection, Scratch& scratch) { Serve(key, connection, scratch, false); }

  // A number that moves whenever a worker becomes free, and whether one is free now.
  std::uint64_t polls() const { return polls_.load(std::memory_order_relaxed); }
  bool AnyFree() const { return polls() != wakes_.load(std::memory_order_relaxed); }
  // Reads what is ready in the workers' place; requests that become whole are queued, or shed when too many wait.
  void ReadInTheirPlace(Scratch& scratch);

 private:
  void Run();
  void Serve(ConnectionTable::Key key, Connection& connection, Scratch& scratch, bool may_handle);
  void OnEvent(ConnectionTable::Key key, std::uint32_t events, Scratch& scratch, bool may_handle);
  void Handle(Connection& connection, Scratch& scratch);
  bool Enqueue(ConnectionTable::Key key);
  bool ServeQueued(Scratch& scratch);
  bool Grow();

  Shared& shared_;
  ConnectionTable& table_;
  const std::size_t most_;
  int epoll_ = -1, wake_ = -1, quit_ = -1;
  std::atomic<std::uint64_t> polls_{0}, wakes_{0};   // how often workers began, and ended, to wait for events
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::size_t> threads_started_{0};
  std::atomic<bool> quitting_ = false;
  std::mutex queue_mutex_;                           // guards queue_: claimed connections with a whole request
  std::deque<ConnectionTable::Key> queue_;
  std::mutex threads_mutex_;                         // guards threads_ and no_thread_until_
  std::vector<std::thread> threads_;
  Clock::time_point no_thread_until_{};              // the system refused one: not asked again before
};

}  // namespace server::http::edge
