// One PostgreSQL connection of one thread, in libpq's pipeline mode throughout: statements without rows are queued and
// cost no waiting, a statement with rows sends all that is queued and reads all that was answered. Prepared statements
// are made at their first use and kept; parameters and results are binary. Nothing here knows tables.
//
// The first error of a transaction stays: everything after it answers with the same error until Rollback.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/postgres/errors.h"
#include "server/storage/sql/connection.h"

struct pg_conn;
struct pg_result;

namespace server::storage::postgres {

struct ConnectionSettings {
  std::string url;                                          // libpq's: postgresql://… or "host=… dbname=…"; what it says counts before what stands here
  std::string application_name = "careloom";
  std::chrono::seconds connect_timeout{5};                  // for each host of the URL, greeting and authentication included
  std::chrono::milliseconds statement_timeout{30'000};      // 0: none
  std::chrono::milliseconds lock_timeout{10'000};           // waiting for another's row or advisory lock
  std::chrono::milliseconds idle_in_transaction_timeout{300'000};
  std::chrono::milliseconds answer_timeout{40'000};         // a server that is silent for so long counts as lost
  std::string session_sql = {};                             // run once on each new connection
};

class PostgresStatement;

// A parameter as the server reads it.
struct Value {
  unsigned type = 0;       // its oid; 0: as the server infers it
  std::string bytes;       // binary
};

// A statement's text as the server knows it; shared by all cursors of that text.
struct Prepared {
  std::string name, sql;                                    // with $1 for ?1
  int parameters = 0;
  bool made = false;
  std::vector<PostgresStatement*> free;                     // not used by any cursor now
};

// What became of a commit.
enum class Ended {
  kCommitted,
  kRolledBack,   // nothing of it stands
  kUnknown,      // the connection went away between asking and the answer
};

class PostgresConnection final : public sql::Connection {
 public:
  // kUnavailable when the URL cannot be read, the server cannot be reached or does not let us in.
  static fhir::Result<std::unique_ptr<PostgresConnection>> Open(const ConnectionSettings& settings);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  fhir::Result<sql::Cursor> Query(std::string_view sql) override;
  fhir::Result<sql::Cursor> Scan(std::string_view sql) override;
  fhir::Result<void> Execute(const char* sql) override;

  // Queues a statement without parameters (BEGIN, SAVEPOINT …). `sql` as for Query.
  fhir::Result<void> Run(std::string_view sql);
  // Queues a statement whose parameters are arrays (arrays.h), or of any other type that a Cursor cannot bind.
  fhir::Result<void> Run(std::string_view sql, const std::vector<Value>& values);
  // Waits until all that is queued was answered.
  fhir::Result<void> Sync();
  // Queues BEGIN of a transaction that writes.
  fhir::Result<void> BeginWrite();
  // COMMITs and waits for the answer. `error` holds why it was not kCommitted.
  Ended Commit(std::optional<fhir::Error>& error);
  // Ends the transaction at hand without it, if there is one, and forgets its error. After a lost connection: nothing.
  void Rollback();
  // Queues COMMIT (of a transaction that only read) and sends it without waiting; false when the connection is of no more use.
  bool EndReading();

  // What the first error since the last Rollback asks for.
  Trouble trouble() const { return trouble_; }
  bool lost() const { return lost_; }
  // Looks, without asking the server, whether it has hung up. Only when nothing is queued or awaited.
  bool HasHungUp();
  int server_process() const;

 private:
  friend class PostgresStatement;
  enum class Kind : std::uint8_t { kPrepare, kStatement, kRows, kCommit, kSync };
  // What was sent and not yet answered, in order.
  struct Awaited {
    Kind kind;
    Prepared* prepared;   // of kPrepare
  };
  // Parameters in the form that libpq takes them.
  struct Parameters {
    std::vector<unsigned> types;
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
  };

  PostgresConnection(const ConnectionSettings& settings, pg_conn* handle);
  Prepared& PreparedOf(std::string_view sql);
  // Queues a prepared statement, or a text that is used once.
  fhir::Result<void> Send(Prepared& prepared, const Parameters& parameters, Kind kind);
  fhir::Result<void> SendText(const std::string& sql, const Parameters& parameters, Kind kind);
  // Sends a sync point and reads answers up to it. What the kRows statement brought: null when there was none, or it failed.
  fhir::Result<pg_result*> Settle();
  fhir::Result<void> TakeAnswer();
  void TakeResult(pg_result* result, const Awaited& of);
  // The next result, waited for without blocking inside libpq; null ends a statement's results.
  fhir::Result<pg_result*> NextResult();
  fhir::Result<void> Wait(bool for_writing);
  void Note(const pg_result* failed);
  fhir::Error Lose(std::string_view reason);
  // The error that stands, if one does.
  fhir::Result<void> Standing() const;

  const ConnectionSettings settings_;
  pg_conn* handle_;
  std::unordered_map<std::string_view, std::unique_ptr<Prepared>> prepared_;
  std::vector<std::unique_ptr<PostgresStatement>> statements_;   // all that cursors have or had
  std::vector<PostgresStatement*> free_scans_;
  std::deque<Awaited> awaited_;
  pg_result* rows_ = nullptr;             // of the kRows statement, while Settle reads
  std::optional<fhir::Error> failure_;    // the first error; inside a transaction it stands until Rollback
  Trouble trouble_ = Trouble::kNone;
  bool lost_ = false, committed_ = false;
  std::uint64_t next_name_ = 0;
};

// The text with $1 for each ?1; `parameters` gets the highest number. What stands in quotes is left alone.
std::string DollarParameters(std::string_view sql, int& parameters);

}  // namespace server::storage::postgres
