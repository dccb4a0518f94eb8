// Connections for readers: a bounded number, opened when they are needed, kept, and thrown away when the server has hung up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/postgres/connection.h"

namespace server::storage::postgres {

// Thread-safe.
class Pool {
 public:
  Pool(ConnectionSettings settings, std::size_t limit, std::chrono::milliseconds patience) : settings_(std::move(settings)), limit_(limit), patience_(patience) {}

  // Waits for a connection at most as long as the pool's patience: kUnavailable.
  fhir::Result<std::unique_ptr<PostgresConnection>> Take();
  // With nothing open on it. A lost one goes.
  void Return(std::unique_ptr<PostgresConnection> connection);
  // Closes the free connections, and those that come back later.
  void Close();

 private:
  const ConnectionSettings settings_;
  const std::size_t limit_;
  const std::chrono::milliseconds patience_;

  std::mutex mutex_;                                             // guards the members below
  std::condition_variable returned_;
  bool closed_ = false;
  std::size_t out_ = 0;                                          // taken, or being opened
  std::vector<std::unique_ptr<PostgresConnection>> free_;        // the one used last, last
};

}  // namespace server::storage::postgres
