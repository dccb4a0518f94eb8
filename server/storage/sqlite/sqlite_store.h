// The store in one SQLite file: one writer thread that commits many callers' jobs at once, pooled readers
// that each see one state. README.md of the folder above has the tables and what always holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "fhir/base/result.h"
#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

struct SqliteOptions {
  bool read_only = false;                  // no lock, no writer: beside a running server
  std::size_t group_jobs = 64;             // jobs in one commit, at the most; more: throughput, less: latency under load
  std::size_t queued_jobs = 4096;          // waiting for the writer; over it Write answers kUnavailable
  std::size_t pooled_readers = 64;         // connections kept open for readers; more are opened and closed
  int cache_kib = 64 * 1024;               // the writer's page cache
  int reader_cache_kib = 2 * 1024;         // each reader's
  int busy_timeout_ms = 5000;
  int checkpoint_pages = 1000;             // pages of 8 KiB in the log before they are moved into the file
  std::int64_t visit_limit = 2'000'000;    // candidates that one search may look at
  std::int64_t include_limit = 1000;       // resources that one page may include
  std::string vfs = {};                    // name of SQLite's file system; empty: the operating system's
  // Called once, on the writer's thread, when the disk or the file failed: the store takes no more writes, and the
  // process should exit, since only opening the file anew tells what was stored.
  std::function<void(const std::string& reason)> on_broken;
};

// The store's file in a folder of data.
std::string StoreFile(const std::string& folder);

using Clock = std::function<std::int64_t()>;    // microseconds since 1970 UTC; called on the writer's thread
using Random = std::function<std::uint64_t()>;  // 64 unpredictable bits; called on the writer's thread

// Opens or creates the store at `path` (its folder must exist). `registry` must outlive it. kUnavailable when
// another process has it open for writing or the file cannot be opened, kUnsupported when a newer Careloom wrote it.
fhir::Result<std::unique_ptr<Store>> OpenSqlite(const std::string& path, const fhir::schema::Registry& registry,
                                                std::shared_ptr<const fhir::search::Extractor> extractor, SqliteOptions options, Clock clock, Random random);

}  // namespace server::storage::sqlite
