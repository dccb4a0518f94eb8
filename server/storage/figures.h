// What a store counts of its own work since it was opened, for whoever watches it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "server/metrics/tally.h"

namespace server::storage {

inline constexpr std::array<std::int64_t, 7> kGroupBounds = {1, 2, 4, 8, 16, 32, 64};                                           // jobs
inline constexpr std::array<std::int64_t, 12> kCommitBounds = {250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 500'000, 1'000'000, 5'000'000};   // us

// Counted by the writer as it works; read by anybody.
struct WriteFigures {
  metrics::Tally<kGroupBounds> group_jobs;      // jobs that shared a commit
  metrics::Tally<kCommitBounds> commit_us;      // what the commit took, its sync to the disk included
  std::atomic<std::uint64_t> failed_jobs = 0;   // that were answered with an error, their own or the commit's
  std::atomic<std::int64_t> waiting_jobs = 0;
};

// The figures of one store; what a backend does not have is null or 0.
struct Figures {
  const WriteFigures* writes = nullptr;         // lives as long as the store
  std::int64_t file_bytes = 0, log_bytes = 0;   // of the database's file, and of its write-ahead log
};

}  // namespace server::storage
