// See statement.h.
#include "server/storage/postgres/statement.h"

#include <libpq-fe.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "server/storage/postgres/types.h"

namespace server::storage::postgres {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

constexpr int kFirstBatch = 16, kLargestBatch = 500;
constexpr std::size_t kBatchBytes = 2 * 1024 * 1024;   // what a batch should about hold

bool IsRead(unsigned type) {
  switch (type) {
    case kBool: case kBytea: case kName: case kInt8: case kInt2: case kInt4: case kText: case kUnknown: case kFloat8: case kVarchar: case kVoid: case kXid8: return true;
    default: return false;
  }
}

}  // namespace

PostgresStatement::~PostgresStatement() { PQclear(rows_); }

void PostgresStatement::Scan(const std::string& sql, int parameters, std::string name) {
  declare_ = "DECLARE " + name + " NO SCROLL CURSOR FOR " + sql;
  fetch_ = " FROM " + name;
  close_ = "CLOSE " + std::move(name);
  bound_.assign(static_cast<std::size_t>(parameters), {});
  batch_ = kFirstBatch;
  ended_ = false;
}

PostgresStatement::Bound& PostgresStatement::At(int index) {
  const auto place = static_cast<std::size_t>(index - 1);
  if (bound_.size() <= place) bound_.resize(place + 1);
  return bound_[place];
}

void PostgresStatement::BindWord(int index, unsigned type, std::uint64_t word) {
  Bound& bound = At(index);
  bound = {type, nullptr, 8, true, {}};
  for (std::size_t i = 0; i < 8; ++i) bound.word[i] = static_cast<char>(word >> (56 - 8 * i) & 0xFF);
}

void PostgresStatement::Bind(int index, std::int64_t value) { BindWord(index, kInt8, static_cast<std::uint64_t>(value)); }
void PostgresStatement::Bind(int index, double value) { BindWord(index, kFloat8, std::bit_cast<std::uint64_t>(value)); }
void PostgresStatement::BindText(int index, std::string_view text) { At(index) = {kText, text.data() ? text.data() : "", static_cast<int>(text.size()), false, {}}; }
void PostgresStatement::BindBlob(int index, std::string_view bytes) { At(index) = {kBytea, bytes.data() ? bytes.data() : "", static_cast<int>(bytes.size()), false, {}}; }
void PostgresStatement::BindNull(int index) { At(index) = {}; }

PostgresConnection::Parameters PostgresStatement::Parameters() const {
  PostgresConnection::Parameters parameters;
  for (const Bound& bound : bound_) {
    parameters.types.push_back(bound.type);
    parameters.values.push_back(bound.is_word ? bound.word.data() : bound.data);
    parameters.lengths.push_back(bound.length);
    parameters.formats.push_back(1);
  }
  return parameters;
}

Result<void> PostgresStatement::Run() { 
  started_ = true;
  if (prepared_) return connection_.Send(*prepared_, Parameters(), PostgresConnection::Kind::kStatement);
  return connection_.SendText(declare_, Parameters(), PostgresConnection::Kind::kStatement);
}

Result<bool> PostgresStatement::Step() {
  if (!started_) {
    TRY(FirstRows());
  } else if (rows_ && row_ + 1 < PQntuples(rows_)) {
    ++row_;
    return true;
  } else if (!prepared_ && !ended_) {
    TRY(FetchMore());
  } else {
    return false;
  }
  row_ = 0;
  return rows_ && PQntuples(rows_) > 0;
}

Result<void> PostgresStatement::FirstRows() {
  if (!prepared_) {
    TRY(Run());
    return FetchMore();
  }
  started_ = true;
  TRY(connection_.Send(*prepared_, Parameters(), PostgresConnection::Kind::kRows));
  TRY_ASSIGN(pg_result* rows, connection_.Settle());
  return Take(rows);
}

Result<void> PostgresStatement::FetchMore() {
  if (rows_ && PQntuples(rows_) > 0) {
    const std::size_t row_bytes = std::max<std::size_t>(PQresultMemorySize(rows_) / static_cast<std::size_t>(PQntuples(rows_)), 1);
    batch_ = static_cast<int>(std::clamp<std::size_t>(kBatchBytes / row_bytes, 1, kLargestBatch));
  }
  PQclear(std::exchange(rows_, nullptr));
  TRY(connection_.SendText("FETCH " + std::to_string(batch_) + fetch_, {}, PostgresConnection::Kind::kRows));
  TRY_ASSIGN(pg_result* rows, connection_.Settle());
  TRY(Take(rows));
  ended_ = !rows_ || PQntuples(rows_) < batch_;
  return {};
}

Result<void> PostgresStatement::Take(pg_result* rows) {
  PQclear(std::exchange(rows_, rows));
  if (!rows) return {};
  for (int column = 0; column < PQnfields(rows); ++column) {
    if (IsRead(PQftype(rows, column))) continue;
    // A sum() without its CAST, mostly: read as bytes it would be a wrong number.
    return Error(ErrorKind::kInternal, "The store failed.")
        .WithDetail("postgres: column " + std::to_string(column) + " has type " + std::to_string(PQftype(rows, column)) + ", which is not read; cast it");
  }
  return {};
}

std::int64_t PostgresStatement::Int(int column) const {
  if (IsNull(column)) return 0;
  const char* bytes = PQgetvalue(rows_, row_, column);
  switch (PQftype(rows_, column)) {
    case kBool: return bytes[0] != 0;
    case kInt2: return static_cast<std::int16_t>(GetBig(bytes, 2));
    case kInt4: return static_cast<std::int32_t>(GetBig(bytes, 4));
    case kInt8:
    case kXid8: return static_cast<std::int64_t>(GetBig(bytes, 8));
    case kFloat8: return static_cast<std::int64_t>(Real(column));
    default: return 0;
  }
}

double PostgresStatement::Real(int column) const {
  if (IsNull(column)) return 0;
  if (PQftype(rows_, column) != kFloat8) return static_cast<double>(Int(column));
  return std::bit_cast<double>(GetBig(PQgetvalue(rows_, row_, column), 8));
}

std::string_view PostgresStatement::Bytes(int column) const {
  if (IsNull(column)) return {};
  return {PQgetvalue(rows_, row_, column), static_cast<std::size_t>(PQgetlength(rows_, row_, column))};
}

bool PostgresStatement::IsNull(int column) const { return !rows_ || row_ < 0 || row_ >= PQntuples(rows_) || PQgetisnull(rows_, row_, column) != 0; }

void PostgresStatement::Release() {
  // A scan that goes early lets go of its cursor; after an error, or with its transaction, the cursor is gone anyway.
  if (!prepared_ && started_ && connection_.Standing() && PQtransactionStatus(connection_.handle_) == PQTRANS_INTRANS) {
    static_cast<void>(connection_.SendText(close_, {}, PostgresConnection::Kind::kStatement).has_value());
  }
  PQclear(std::exchange(rows_, nullptr));
  bound_.assign(prepared_ ? static_cast<std::size_t>(prepared_->parameters) : 0, {});
  row_ = -1;
  started_ = false;
  (prepared_ ? prepared_->free : connection_.free_scans_).push_back(this);
}

}  // namespace server::storage::postgres
