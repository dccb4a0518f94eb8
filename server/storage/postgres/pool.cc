// See pool.h.
#include "server/storage/postgres/pool.h"

#include <utility>

namespace server::storage::postgres {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

Result<std::unique_ptr<PostgresConnection>> Pool::Take() {
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    const bool in_time = returned_.wait_until(lock, deadline, [&] { return closed_ || !free_.empty() || out_ < limit_; });
    if (closed_) return Error(ErrorKind::kUnavailable, "The store is closing.");
    if (!in_time) return Error(ErrorKind::kUnavailable, "All connections to the database are in use. Try again in a moment.");
    ++out_;
    std::unique_ptr<PostgresConnection> connection;
    if (!free_.empty()) {
      connection = std::move(free_.back());
      free_.pop_back();
    }
    lock.unlock();
    if (connection && !connection->HasHungUp()) return connection;
    connection.reset();
    Result<std::unique_ptr<PostgresConnection>> opened = PostgresConnection::Open(settings_);
    if (opened) return opened;
    lock.lock();
    --out_;
    // The server may have reached its own limit: then one of those that are in use will do.
    const std::size_t in_use = out_;
    if (in_use == 0 || opened.error().kind() != ErrorKind::kUnavailable) return opened;
    if (!returned_.wait_until(lock, deadline, [&] { return closed_ || !free_.empty() || out_ == 0; })) return opened;
  }
}

void Pool::Return(std::unique_ptr<PostgresConnection> connection) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    --out_;
    if (!closed_ && !connection->lost()) free_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

void Pool::Close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  free_.clear();
  returned_.notify_all();
}

}  // namespace server::storage::postgres
