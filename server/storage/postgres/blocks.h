// Keys and places in the change sequence, taken from the database's sequences 64 at a time and given to the writers of this process
// in ascending order. A block goes stale after a second, so that numbers of several processes follow the order
// of time but for that second.
//
// A server that crashed may give numbers again that nothing committed used: whoever connects anew forgets what was taken before.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "fhir/base/result.h"
#include "server/storage/postgres/connection.h"

namespace server::storage::postgres {

class Blocks {
 public:
  fhir::Result<std::int64_t> NextKey(PostgresConnection& connection) { return Next(connection, &Numbers::key); }
  fhir::Result<std::int64_t> NextSequence(PostgresConnection& connection) { return Next(connection, &Numbers::sequence); }
  // After each new connection, before anything is written over it.
  void Forget();

 private:
  static constexpr std::int64_t kBlock = 64;   // as the sequences' INCREMENT
  struct Range {
    std::int64_t next = 1, end = 1;
  };
  struct Numbers {
    Range key, sequence;
    std::chrono::steady_clock::time_point fetched{};
  };
  fhir::Result<std::int64_t> Next(PostgresConnection& connection, Range Numbers::*of);

  std::mutex mutex_;
  Numbers numbers_;               // guarded by mutex_
  std::uint64_t forgotten_ = 0;   // how often; guarded by mutex_
};

}  // namespace server::storage::postgres
