// Where tests keep the store of a folder: in SQLite files there, or in a database of PostgreSQL that belongs to it when the environment
// says CARELOOM_TEST_STORE=postgres. ctest runs the scenarios both ways.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/postgres_cluster.h"

namespace careloom_test {

// The URL of that folder's database; empty: the store is in the folder itself.
inline std::string StoreUrl(const std::filesystem::path& folder) {
  const char* chosen = std::getenv("CARELOOM_TEST_STORE");
  if (!chosen || std::string_view(chosen) != "postgres") return {};
  std::filesystem::create_directories(folder);
  return PostgresUrlFor(folder);
}

}  // namespace careloom_test
