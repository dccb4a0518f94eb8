// The store in one PostgreSQL database, which several server processes may use at once: writer threads that commit several callers' jobs
// together, pooled readers. README.md beside this has tables, locks and what always holds.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "fhir/base/result.h"
#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "server/storage/postgres/connection.h"
#include "server/storage/store.h"

namespace server::storage::postgres {

struct PostgresOptions {
  ConnectionSettings connection = {};
  bool read_only = false;                              // no writers: beside running servers
  std::size_t writers = 4;                             // threads that write, each with a connection
  std::size_t group_jobs = 32;                         // jobs in one commit, at the most; above 60 PostgreSQL's snapshots get slow
  std::size_t queued_jobs = 4096;                      // waiting for a writer; over it Write answers kUnavailable
  std::size_t readers = 16;                            // connections for readers; who finds none free waits
  std::chrono::milliseconds reader_patience{5000};     // that long
  std::chrono::milliseconds writer_patience{10'000};   // for a commit whose outcome is in doubt, and for a job that has to run again
  std::int64_t visit_limit = 2'000'000;                // candidates that one search may look at
  std::int64_t include_limit = 1000;                   // resources that one page may include
};

using Clock = std::function<std::int64_t()>;    // microseconds since 1970 UTC; called by several threads
using Random = std::function<std::uint64_t()>;  // 64 unpredictable bits; called by several threads

// Opens the store in the database of `options.connection.url`, whose tables are made or migrated first. `registry` must outlive it.
// kUnavailable when the server cannot be reached or the URL cannot be read, kUnsupported when a newer Careloom made the tables or the
// database's encoding is not UTF-8.
fhir::Result<std::unique_ptr<Store>> OpenPostgres(const fhir::schema::Registry& registry, std::shared_ptr<const fhir::search::Extractor> extractor,
                                                  PostgresOptions options, Clock clock, Random random);

}  // namespace server::storage::postgres
