// A statement of a PostgresConnection, as sql::Cursor uses it. Its rows come whole with the first Step, or for a scan in batches from a
// server's cursor, so that other statements can run in between.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "server/storage/postgres/connection.h"

namespace server::storage::postgres {

class PostgresStatement final : public sql::Statement {
 public:
  // `prepared` null: a scan, which Scan() tells its text.
  PostgresStatement(PostgresConnection& connection, Prepared* prepared) : connection_(connection), prepared_(prepared) {}
  ~PostgresStatement() override;
  PostgresStatement(const PostgresStatement&) = delete;
  PostgresStatement& operator=(const PostgresStatement&) = delete;

  // Becomes a scan of that text (with $1 …) under a cursor's name.
  void Scan(const std::string& sql, int parameters, std::string name);

  void Bind(int index, std::int64_t value) override;
  void Bind(int index, double value) override;
  void BindText(int index, std::string_view text) override;
  void BindBlob(int index, std::string_view bytes) override;
  void BindNull(int index) override;
  fhir::Result<bool> Step() override;
  fhir::Result<void> Run() override;
  std::int64_t Int(int column) const override;
  double Real(int column) const override;
  std::string_view Bytes(int column) const override;
  bool IsNull(int column) const override;
  void Release() override;

 private:
  struct Bound {
    unsigned type = 0;
    const char* data = nullptr;       // null: NULL, unless is_word
    int length = 0;
    bool is_word = false;
    std::array<char, 8> word{};       // a number, in network order
  };
  Bound& At(int index);
  void BindWord(int index, unsigned type, std::uint64_t word);
  PostgresConnection::Parameters Parameters() const;
  fhir::Result<void> FirstRows();
  fhir::Result<void> FetchMore();
  fhir::Result<void> Take(pg_result* rows);
  void Forget();

  PostgresConnection& connection_;
  Prepared* const prepared_;
  std::vector<Bound> bound_;
  pg_result* rows_ = nullptr;
  int row_ = -1;
  bool started_ = false;

  // Of a scan.
  std::string declare_, fetch_, close_;
  int batch_ = 0;                     // rows asked for at once
  bool ended_ = false;
};

}  // namespace server::storage::postgres
