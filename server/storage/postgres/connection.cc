// See connection.h.
#include "server/storage/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "server/storage/postgres/statement.h"
#include "server/storage/postgres/types.h"

namespace server::storage::postgres {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

// Queued statements after which answers are read: an error is noticed, and little is held.
constexpr std::size_t kMostAwaited = 400;

std::string_view Trimmed(const char* words) {
  std::string_view text = words ? words : "";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

bool IsLoopback(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host.starts_with("127.") || host == "::1";
}

// What the URL says under that name, "" when nothing.
class Options {
 public:
  explicit Options(const std::string& url) : options_(PQconninfoParse(url.c_str(), nullptr)) {}
  ~Options() { PQconninfoFree(options_); }
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  bool ok() const { return options_ != nullptr; }
  std::string_view Get(std::string_view name) const {
    for (const PQconninfoOption* option = options_; option && option->keyword; ++option) {
      if (option->keyword == name && option->val) return option->val;
    }
    return {};
  }

 private:
  PQconninfoOption* options_;
};

// Over a network the server proves who it is before it gets a password, unless the URL says otherwise.
bool NeedsProof(const Options& options) {
  std::string_view hosts = options.Get(options.Get("hostaddr").empty() ? "host" : "hostaddr");
  while (true) {
    const std::size_t comma = hosts.find(',');
    if (!IsLoopback(hosts.substr(0, comma))) return true;
    if (comma == std::string_view::npos) return false;
    hosts.remove_prefix(comma + 1);
  }
}

// What every session is told, whatever the server's own settings: durability is the promise; plans are the ones the statements
// were written for, found once, since every statement is a walk along an index.
std::string SessionSql(const ConnectionSettings& settings) {
  const auto timeout = [](const char* name, std::chrono::milliseconds value) { return std::string("SET ") + name + "=" + std::to_string(value.count()) + ";"; };
  return "SET synchronous_commit=on;SET client_min_messages=warning;SET default_transaction_isolation='read committed';SET default_transaction_read_only=off;"
         // A client that has gone without a word does not keep its locks for hours. Without effect on a unix socket.
         "SET tcp_keepalives_idle=10;SET tcp_keepalives_interval=5;SET tcp_keepalives_count=3;SET tcp_user_timeout=20000;"
         "SET plan_cache_mode=force_generic_plan;SET jit=off;SET max_parallel_workers_per_gather=0;"
         "SET enable_seqscan=off;SET enable_bitmapscan=off;SET enable_hashjoin=off;SET enable_mergejoin=off;" +
         timeout("statement_timeout", settings.statement_timeout) + timeout("lock_timeout", settings.lock_timeout) +
         timeout("idle_in_transaction_session_timeout", settings.idle_in_transaction_timeout) + settings.session_sql;
}

void IgnoreNotice(void*, const char*) {}

}  // namespace

PostgresConnection::PostgresConnection(const ConnectionSettings& settings, pg_conn* handle) : settings_(settings), handle_(handle) {}

PostgresConnection::~PostgresConnection() {
  PQclear(rows_);
  PQfinish(handle_);
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(const ConnectionSettings& settings) {
  const Options options(settings.url);
  // libpq's own words may quote the URL, and with it a password.
  if (!options.ok()) {
    return Error(ErrorKind::kUnavailable, "The PostgreSQL URL cannot be read. It looks like postgresql://user@host:5432/database, or host=/run/postgresql dbname=careloom.");
  }
  const std::string connect_timeout = std::to_string(std::max<std::int64_t>(2, settings.connect_timeout.count()));
  // The first ones are defaults, the URL's own count over them.
  std::vector<std::pair<const char*, const char*>> words = {{"fallback_application_name", settings.application_name.c_str()},
                                                            {"connect_timeout", connect_timeout.c_str()},
                                                            {"keepalives_idle", "10"},
                                                            {"keepalives_interval", "5"},
                                                            {"keepalives_count", "3"},
                                                            {"tcp_user_timeout", "20000"},
                                                            {"target_session_attrs", "read-write"}};
  if (NeedsProof(options)) words.emplace_back("sslmode", "verify-full");
  words.emplace_back("dbname", settings.url.c_str());
  words.emplace_back("client_encoding", "UTF8");
  std::vector<const char*> names, values;
  for (const auto& [name, value] : words) {
    names.push_back(name);
    values.push_back(value);
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  pg_conn* handle = PQconnectdbParams(names.data(), values.data(), 1);
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(settings, handle));
  if (!handle || PQstatus(handle) != CONNECTION_OK) return LostError(Trimmed(handle ? PQerrorMessage(handle) : "out of memory"));
  PQsetNoticeProcessor(handle, IgnoreNotice, nullptr);
  if (PQsetnonblocking(handle, 1) != 0 || PQenterPipelineMode(handle) != 1) return LostError("no pipeline mode");
  TRY(connection->Execute(SessionSql(settings).c_str()));
  return connection;
}

std::string DollarParameters(std::string_view sql, int& parameters) {
  std::string text;
  bool quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') quoted = !quoted;
    if (quoted || sql[i] != '?') {
      text += sql[i];
      continue;
    }
    text += '$';
    int number = 0;
    for (std::size_t digit = i + 1; digit < sql.size() && sql[digit] >= '0' && sql[digit] <= '9'; ++digit) number = number * 10 + (sql[digit] - '0');
    parameters = std::max(parameters, number);
  }
  return text;
}

Prepared& PostgresConnection::PreparedOf(std::string_view sql) {
  std::unique_ptr<Prepared>& prepared = prepared_[sql];
  if (!prepared) {
    prepared = std::make_unique<Prepared>();
    prepared->name = "s" + std::to_string(++next_name_);
    prepared->sql = DollarParameters(sql, prepared->parameters);
  }
  return *prepared;
}

Result<sql::Cursor> PostgresConnection::Query(std::string_view sql) {
  Prepared& prepared = PreparedOf(sql);
  if (prepared.free.empty()) {
    statements_.push_back(std::make_unique<PostgresStatement>(*this, &prepared));
    statements_.back()->Release();
  }
  PostgresStatement* statement = prepared.free.back();
  prepared.free.pop_back();
  return sql::Cursor(statement);
}

Result<sql::Cursor> PostgresConnection::Scan(std::string_view sql) {
  if (free_scans_.empty()) {
    statements_.push_back(std::make_unique<PostgresStatement>(*this, nullptr));
    free_scans_.push_back(statements_.back().get());
  }
  PostgresStatement* statement = free_scans_.back();
  free_scans_.pop_back();
  int parameters = 0;
  const std::string text = DollarParameters(sql, parameters);
  statement->Scan(text, parameters, "scan_" + std::to_string(++next_name_));
  return sql::Cursor(statement);
}

Result<void> PostgresConnection::Standing() const {
  if (failure_) return Copy(*failure_);
  if (lost_) return LostError("the connection was lost before");
  return {};
}

Result<void> PostgresConnection::Send(Prepared& prepared, const Parameters& parameters, Kind kind) {
  TRY(Standing());
  if (!prepared.made) {
    if (PQsendPrepare(handle_, prepared.name.c_str(), prepared.sql.c_str(), static_cast<int>(parameters.types.size()), parameters.types.data()) != 1) return Lose(PQerrorMessage(handle_));
    awaited_.push_back({Kind::kPrepare, &prepared});
    prepared.made = true;
  }
  if (PQsendQueryPrepared(handle_, prepared.name.c_str(), static_cast<int>(parameters.values.size()), parameters.values.data(), parameters.lengths.data(),
                          parameters.formats.data(), 1) != 1) {
    return Lose(PQerrorMessage(handle_));
  }
  awaited_.push_back({kind, nullptr});
  if (kind != Kind::kStatement || awaited_.size() < kMostAwaited) return {};
  return Sync();
}

Result<void> PostgresConnection::SendText(const std::string& sql, const Parameters& parameters, Kind kind) {
  TRY(Standing());
  if (PQsendQueryParams(handle_, sql.c_str(), static_cast<int>(parameters.values.size()), parameters.types.data(), parameters.values.data(), parameters.lengths.data(),
                        parameters.formats.data(), 1) != 1) {
    return Lose(PQerrorMessage(handle_));
  }
  awaited_.push_back({kind, nullptr});
  return {};
}

Result<void> PostgresConnection::Run(std::string_view sql) { return Send(PreparedOf(sql), {}, Kind::kStatement); }

Result<void> PostgresConnection::Run(std::string_view sql, const std::vector<Value>& values) {
  Parameters parameters;
  for (const Value& value : values) {
    parameters.types.push_back(value.type);
    parameters.values.push_back(value.bytes.data());
    parameters.lengths.push_back(static_cast<int>(value.bytes.size()));
    parameters.formats.push_back(1);
  }
  return Send(PreparedOf(sql), parameters, Kind::kStatement);
}

Result<void> PostgresConnection::Sync() {
  TRY_ASSIGN(pg_result* rows, Settle());
  PQclear(rows);
  return {};
}

Result<pg_result*> PostgresConnection::Settle() {
  TRY(Standing());
  if (PQpipelineSync(handle_) != 1) return Lose(PQerrorMessage(handle_));
  awaited_.push_back({Kind::kSync, nullptr});
  while (!awaited_.empty()) {
    TRY(TakeAnswer());
  }
  pg_result* rows = std::exchange(rows_, nullptr);
  if (!failure_) return rows;
  PQclear(rows);
  Error error = Copy(*failure_);
  // Outside a transaction nothing follows from it for the next statement.
  if (!lost_ && PQtransactionStatus(handle_) == PQTRANS_IDLE) failure_.reset();
  return error;
}

Result<void> PostgresConnection::TakeAnswer() {
  const Awaited of = awaited_.front();
  while (true) {
    TRY_ASSIGN(pg_result* result, NextResult());
    if (!result) break;
    const bool is_sync = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    TakeResult(result, of);
    if (PQstatus(handle_) == CONNECTION_BAD) return Lose(PQerrorMessage(handle_));
    if (is_sync) break;
  }
  awaited_.pop_front();
  return {};
}

void PostgresConnection::TakeResult(pg_result* result, const Awaited& of) {
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
      if (of.kind == Kind::kRows) {
        PQclear(std::exchange(rows_, result));
        return;
      }
      break;
    case PGRES_COMMAND_OK:
      // COMMIT of a transaction that failed succeeds in saying ROLLBACK.
      if (of.kind == Kind::kCommit) committed_ = std::string_view(PQcmdStatus(result)) == "COMMIT";
      break;
    case PGRES_FATAL_ERROR:
      Note(result);
      [[fallthrough]];
    case PGRES_PIPELINE_ABORTED:
      if (of.prepared) of.prepared->made = false;
      break;
    default:
      break;
  }
  PQclear(result);
}

void PostgresConnection::Note(const pg_result* failed) {
  const char* sqlstate = PQresultErrorField(failed, PG_DIAG_SQLSTATE);
  if (!sqlstate) {
    // libpq's own: the connection is gone.
    static_cast<void>(Lose(PQresultErrorMessage(failed)));
    return;
  }
  Failure failure = FailureOf(sqlstate, Trimmed(PQresultErrorField(failed, PG_DIAG_MESSAGE_PRIMARY)));
  lost_ |= failure.trouble == Trouble::kLost;
  if (failure_) return;
  failure_ = std::move(failure.error);
  trouble_ = failure.trouble;
}

Error PostgresConnection::Lose(std::string_view reason) {
  lost_ = true;
  if (!failure_) {
    failure_ = LostError(Trimmed(std::string(reason).c_str()));
    trouble_ = Trouble::kLost;
  }
  return Copy(*failure_);
}

Result<pg_result*> PostgresConnection::NextResult() {
  while (PQisBusy(handle_) == 1) {
    const int unsent = PQflush(handle_);
    if (unsent < 0) return Lose(PQerrorMessage(handle_));
    TRY(Wait(unsent == 1));
  }
  return PQgetResult(handle_);
}

Result<void> PostgresConnection::Wait(bool for_writing) {
  pollfd socket{PQsocket(handle_), static_cast<short>(for_writing ? POLLIN | POLLOUT : POLLIN), 0};
  if (socket.fd < 0) return Lose(PQerrorMessage(handle_));
  int ready = 0;
  do {
    ready = ::poll(&socket, 1, static_cast<int>(settings_.answer_timeout.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return Lose("no answer for " + std::to_string(settings_.answer_timeout.count()) + " ms");
  if (ready < 0) return Lose("poll failed");
  if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(handle_) != 1) return Lose(PQerrorMessage(handle_));
  return {};
}

Result<void> PostgresConnection::Execute(const char* sql) {
  TRY(Sync());
  if (PQexitPipelineMode(handle_) != 1) return Lose(PQerrorMessage(handle_));
  if (PQsendQuery(handle_, sql) != 1) return Lose(PQerrorMessage(handle_));
  while (true) {
    TRY_ASSIGN(pg_result* result, NextResult());
    if (!result) break;
    TakeResult(result, {Kind::kStatement, nullptr});
    if (PQstatus(handle_) == CONNECTION_BAD) return Lose(PQerrorMessage(handle_));
  }
  if (PQenterPipelineMode(handle_) != 1) return Lose(PQerrorMessage(handle_));
  if (!failure_) return {};
  Error error = Copy(*failure_);
  if (!lost_ && PQtransactionStatus(handle_) == PQTRANS_IDLE) failure_.reset();
  return error;
}

Result<void> PostgresConnection::BeginWrite() {
  trouble_ = Trouble::kNone;
  return Run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
}

Ended PostgresConnection::Commit(std::optional<Error>& error) {
  if (failure_) {
    error = Copy(*failure_);
    return Ended::kRolledBack;
  }
  committed_ = false;
  Result<void> done = Send(PreparedOf("COMMIT"), {}, Kind::kCommit);
  if (done) done = Sync();
  if (committed_) return Ended::kCommitted;
  error = done ? LostError("COMMIT was answered with ROLLBACK") : std::move(done).error();
  return lost_ ? Ended::kUnknown : Ended::kRolledBack;
}

void PostgresConnection::Rollback() {
  // What was queued may fail only now, and then the first ROLLBACK is passed over with it.
  for (int attempt = 0; attempt < 3 && !lost_; ++attempt) {
    failure_.reset();
    trouble_ = Trouble::kNone;
    if (Send(PreparedOf("ROLLBACK"), {}, Kind::kStatement)) static_cast<void>(Sync().has_value());
    if (!lost_ && PQtransactionStatus(handle_) == PQTRANS_IDLE) break;
  }
  if (lost_) return;
  failure_.reset();
  trouble_ = Trouble::kNone;
  if (PQtransactionStatus(handle_) != PQTRANS_IDLE) static_cast<void>(Lose("the transaction could not be ended"));
}

bool PostgresConnection::EndReading() {
  if (!Standing()) return false;
  if (!Send(PreparedOf("COMMIT"), {}, Kind::kStatement) || lost_ || PQpipelineSync(handle_) != 1) return false;
  awaited_.push_back({Kind::kSync, nullptr});
  return true;
}

bool PostgresConnection::HasHungUp() {
  pollfd socket{PQsocket(handle_), POLLIN, 0};
  while (!lost_ && ::poll(&socket, 1, 0) > 0) {
    if (PQconsumeInput(handle_) != 1) return true;
    while (!awaited_.empty() && PQisBusy(handle_) == 0) {
      if (!TakeAnswer()) return true;
    }
    if (PQstatus(handle_) == CONNECTION_BAD) return true;
  }
  return lost_;
}

int PostgresConnection::server_process() const { return PQbackendPID(handle_); }

}  // namespace server::storage::postgres
