// See blocks.h.
#include "server/storage/postgres/blocks.h"

namespace server::storage::postgres {

namespace {

using fhir::Result;

constexpr auto kFresh = std::chrono::seconds(1);

}  // namespace

Result<std::int64_t> Blocks::Next(PostgresConnection& connection, Range Numbers::*of) {
  for (bool fetched = false;;) {
    Numbers numbers;
    std::uint64_t forgotten = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      forgotten = forgotten_;
      Range& range = numbers_.*of;
      if (range.next < range.end && (fetched || std::chrono::steady_clock::now() - numbers_.fetched < kFresh)) return range.next++;
    }
    // Without the mutex: the connection may have to wait for a lock that another writer of this process holds.
    {
      TRY_ASSIGN(sql::Cursor cursor, connection.Query("SELECT nextval('key_block'), nextval('seq_block')"));
      TRY(cursor.Step());
      numbers.key = {cursor.Int(0), cursor.Int(0) + kBlock};
      numbers.sequence = {cursor.Int(1), cursor.Int(1) + kBlock};
      numbers.fetched = std::chrono::steady_clock::now();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (forgotten_ != forgotten) continue;   // asked for before somebody connected anew
    // Who came later to the database and earlier here has the higher numbers: those stand.
    if (numbers.key.next > numbers_.key.next) numbers_.key = numbers.key;
    if (numbers.sequence.next > numbers_.sequence.next) numbers_.sequence = numbers.sequence;
    numbers_.fetched = numbers.fetched;
    fetched = true;
  }
}

void Blocks::Forget() {
  const std::lock_guard<std::mutex> lock(mutex_);
  numbers_ = {};
  ++forgotten_;
}

}  // namespace server::storage::postgres
