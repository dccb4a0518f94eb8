// Throw-away PostgreSQL for tests: one cluster that all tests of a run share, each with databases of its own, and clusters that a test may
// stop, kill and start as it likes. All are gone when the process or the test run ends, however it ends.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace careloom_test {

class PostgresCluster {
 public:
  // A cluster of the caller's own; null when PostgreSQL is not installed. `conf`: more lines of postgresql.conf.
  static std::unique_ptr<PostgresCluster> Make(std::string_view conf = {});
  // The one that the test run shares, made by this process when the run has none. Null as above.
  static PostgresCluster* Shared();
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // For libpq: as the superuser careloom over the cluster's socket.
  std::string Url(std::string_view database = "postgres") const;
  std::filesystem::path socket() const;
  // Runs SQL in that database with psql; what it printed, without decoration. "ERROR…" when it failed.
  std::string Sql(std::string_view sql, std::string_view database = "postgres") const;

  bool Start();
  bool Stop(std::string_view mode);       // smart, fast, immediate
  void Signal(std::string_view name);     // STOP, CONT, KILL to all its processes
 private:
  PostgresCluster(std::string folder, bool owned) : folder_(std::move(folder)), owned_(owned) {}
  const std::string folder_;
  const bool owned_;
};

// The URL of the database of the shared cluster that belongs to a folder of a test, made when it is asked for first; dropped
// with the process that made it. Empty when PostgreSQL is not installed.
std::string PostgresUrlFor(const std::filesystem::path& folder);

}  // namespace careloom_test

// Ends the test, visibly, where PostgreSQL is not installed.
#define REQUIRE_POSTGRES() \
  if (!careloom_test::PostgresCluster::Shared()) GTEST_SKIP() << "PostgreSQL 15 is not installed"
