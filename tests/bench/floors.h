// What the same machine does without Careloom, by the same number of clients: the floors that figures are a ratio to.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace careloom_bench {

// Operations a second; 0 where the floor's program is not there.
class Floors {
 public:
  virtual ~Floors() = default;
  virtual double Reads(int clients) = 0;
  // Bodies of so many bytes with ten index rows each, one a commit as far as the clients let commits be shared.
  virtual double Creates(int clients, std::size_t body_bytes) = 0;
  // The same, a thousand a commit.
  virtual double Bulk(std::size_t body_bytes) = 0;
};

// A bare Poco server over one prepared SELECT, and one SQLite writer: read_floor and ingest_floor in `programs`.
class SqliteFloors : public Floors {
 public:
  SqliteFloors(std::filesystem::path programs, std::filesystem::path work) : programs_(std::move(programs)), work_(std::move(work)) {}
  double Reads(int clients) override;
  double Creates(int clients, std::size_t body_bytes) override { return Ingest(clients, body_bytes); }
  double Bulk(std::size_t body_bytes) override { return Ingest(1000, body_bytes); }

 private:
  double Ingest(int group, std::size_t body_bytes);
  std::filesystem::path programs_, work_;
};

// pgbench on a database of its own.
class PostgresFloors : public Floors {
 public:
  PostgresFloors(std::filesystem::path programs, std::string url, std::filesystem::path work) : programs_(std::move(programs)), url_(std::move(url)), work_(std::move(work)) {}
  double Reads(int clients) override;
  double Creates(int clients, std::size_t body_bytes) override { return Inserts(clients, 1, body_bytes); }
  double Bulk(std::size_t body_bytes) override { return Inserts(4, 250, body_bytes); }

 private:
  double Inserts(int clients, int resources, std::size_t body_bytes);
  bool Prepare();
  std::filesystem::path programs_;
  std::string url_;
  std::filesystem::path work_;
  bool is_prepared_ = false;
};

}  // namespace careloom_bench
