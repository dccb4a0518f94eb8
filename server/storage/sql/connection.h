// One SQL connection of one thread, whichever database stands behind it: statements by their text, cursors over their
// rows. What is shared by the backends (search, versions, persons, inbox, verification) is written against this alone.
//
// Statements are written in what SQLite and PostgreSQL have in common: parameters ?1, ?2 …, ON CONFLICT instead of OR
// REPLACE, CAST(sum(x) AS BIGINT). Integers are 64 bits wide on either.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "fhir/base/result.h"

namespace server::storage::sql {

// A backend's prepared statement. Owned by its connection, used through a Cursor.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual void Bind(int index, std::int64_t value) = 0;      // indexes from 1
  virtual void Bind(int index, double value) = 0;
  virtual void BindText(int index, std::string_view text) = 0;
  virtual void BindBlob(int index, std::string_view bytes) = 0;
  virtual void BindNull(int index) = 0;
  virtual fhir::Result<bool> Step() = 0;
  virtual fhir::Result<void> Run() = 0;
  virtual std::int64_t Int(int column) const = 0;            // columns from 0
  virtual double Real(int column) const = 0;
  virtual std::string_view Bytes(int column) const = 0;
  virtual bool IsNull(int column) const = 0;
  // The cursor is done with it: forgets rows and bindings, and may be used again.
  virtual void Release() = 0;
};

// A statement in use. Bound texts are borrowed: they must outlive the cursor. A column's text lives until the next
// Step or the cursor's end. Several cursors of one connection may be open at a time.
class Cursor {
 public:
  explicit Cursor(Statement* statement) : statement_(statement) {}
  Cursor(Cursor&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor() {
    if (statement_) statement_->Release();
  }

  Cursor& Bind(int index, std::int64_t value) { return statement_->Bind(index, value), *this; }
  Cursor& Bind(int index, double value) { return statement_->Bind(index, value), *this; }
  Cursor& BindText(int index, std::string_view text) { return statement_->BindText(index, text), *this; }
  Cursor& BindBlob(int index, std::string_view bytes) { return statement_->BindBlob(index, bytes), *this; }
  Cursor& BindNull(int index) { return statement_->BindNull(index), *this; }

  // True: there is a row.
  fhir::Result<bool> Step() { return statement_->Step(); }
  // For statements without rows. A backend may send it later, with what comes next: an error then comes from a later
  // call on the same connection, at the latest from its commit.
  fhir::Result<void> Run() { return statement_->Run(); }

  std::int64_t Int(int column) const { return statement_->Int(column); }
  double Real(int column) const { return statement_->Real(column); }
  std::string_view Bytes(int column) const { return statement_->Bytes(column); }     // text or blob
  bool IsNull(int column) const { return statement_->IsNull(column); }

 private:
  Statement* statement_;
};

class Connection {
 public:
  virtual ~Connection() = default;
  // A cursor of that statement, prepared once and kept. `sql` must be a literal or otherwise outlive the connection.
  virtual fhir::Result<Cursor> Query(std::string_view sql) = 0;
  // The same for a statement whose rows may be more than memory holds: they come as they are asked for. Only inside a
  // transaction.
  virtual fhir::Result<Cursor> Scan(std::string_view sql) = 0;
  // Statements without parameters or rows, one or many.
  virtual fhir::Result<void> Execute(const char* sql) = 0;
};

// Runs a one-row, one-column query; `fallback` when there is no row or it is NULL.
fhir::Result<std::int64_t> QueryInt(Connection& connection, std::string_view sql, std::int64_t fallback);

}  // namespace server::storage::sql
