// What the same machine does without Careloom.
#include "tests/bench/floors.h"

#include <cstdlib>
#include <fstream>

#include "tests/bench/corpus.h"
#include "tests/bench/load.h"
#include "tests/bench/process.h"

namespace careloom_bench {
namespace fs = std::filesystem;

double SqliteFloors::Reads(int clients) {
  if (!fs::exists(programs_ / "read_floor")) return 0;
  const Process server({(programs_ / "read_floor").string(), std::to_string(kPort), (work_ / "floor.db").string(), std::to_string(kPatients)});
  UntilAnswer("/fhir/Patient/id-1");
  return ReadById(clients).per_second();
}

double SqliteFloors::Ingest(int group, std::size_t body_bytes) {
  if (!fs::exists(programs_ / "ingest_floor")) return 0;
  // Commits of one take long each: fewer do.
  const int resources = group == 1 ? 5'000 : 30'000;
  return std::atof(OutputOf((programs_ / "ingest_floor").string() + " " + (work_ / "ingest-floor.db").string() + " " + std::to_string(resources) + " 10 " +
                            std::to_string(group) + " " + std::to_string(body_bytes)).c_str());
}

namespace {

// "tps = 1234.5 (without initial connection time)"
double TransactionsPerSecond(const std::string& pgbench_output) {
  const std::size_t at = pgbench_output.find("tps = ");
  return at == std::string::npos ? 0 : std::atof(pgbench_output.c_str() + at + 6);
}

}  // namespace

bool PostgresFloors::Prepare() {
  if (is_prepared_ || !fs::exists(programs_ / "pgbench")) return is_prepared_;
  const std::string tables =
      "CREATE TABLE floor_body(key bigserial PRIMARY KEY, data bytea); ALTER TABLE floor_body ALTER data SET STORAGE EXTERNAL;"
      "CREATE TABLE floor_id(type bigint, id text, key bigint, PRIMARY KEY(type, id)); CREATE TABLE floor_row(p bigint, h bigint, key bigint, PRIMARY KEY(p, h, key));";
  OutputOf((programs_ / "pgbench").string() + " -i -q -s 10 '" + url_ + "' 2>&1");
  OutputOf((programs_ / "psql").string() + " -q '" + url_ + "' -c \"" + tables + "\" 2>&1");
  return is_prepared_ = true;
}

double PostgresFloors::Reads(int clients) {
  if (!Prepare()) return 0;
  return TransactionsPerSecond(OutputOf((programs_ / "pgbench").string() + " -n -S -M prepared -c " + std::to_string(clients) + " -j 2 -T 4 '" + url_ + "' 2>&1"));
}

// A resource is a body, an id and ten index rows; half of the rows have few values, half nearly their own.
double PostgresFloors::Inserts(int clients, int resources, std::size_t body_bytes) {
  if (!Prepare()) return 0;
  const fs::path script = work_ / "floor.sql";
  std::ofstream(script) << "WITH made AS (INSERT INTO floor_body(data) SELECT decode(repeat('78', " << body_bytes << "), 'hex') FROM generate_series(1, " << resources
                        << ") RETURNING key), ids AS (INSERT INTO floor_id SELECT key % 5, md5(random()::text), key FROM made)\n"
                        << "INSERT INTO floor_row SELECT k, CASE WHEN k < 5 THEN (random() * 50)::bigint ELSE (random() * 1e18)::bigint END, key FROM made, generate_series(0, 9) k;\n";
  const std::string output = OutputOf((programs_ / "pgbench").string() + " -n -M prepared -f " + script.string() + " -c " + std::to_string(clients) + " -j 2 -T 5 '" + url_ + "' 2>&1");
  return TransactionsPerSecond(output) * resources;
}

}  // namespace careloom_bench
