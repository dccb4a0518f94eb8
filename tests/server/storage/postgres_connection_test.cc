// The PostgreSQL connection below the store: values there and back, queued statements, errors that stand, scans, lost servers.
#include "server/storage/postgres/connection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "server/storage/postgres/types.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/temp_folder.h"

namespace {

using careloom_test::PostgresCluster;
using fhir::ErrorKind;
using fhir::Result;
using server::storage::postgres::ArrayValue;
using server::storage::postgres::ConnectionSettings;
using server::storage::postgres::DollarParameters;
using server::storage::postgres::Ended;
using server::storage::postgres::PostgresConnection;
using server::storage::postgres::Trouble;
using server::storage::sql::Cursor;

class PostgresConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    REQUIRE_POSTGRES();
    settings_.url = careloom_test::PostgresUrlFor(folder_.path());
    connection_ = Open();
    ASSERT_TRUE(connection_);
    ASSERT_TRUE(connection_->Execute("CREATE TABLE thing(number BIGINT PRIMARY KEY, word TEXT, bytes BYTEA, share FLOAT8)"));
  }
  std::unique_ptr<PostgresConnection> Open() {
    auto opened = PostgresConnection::Open(settings_);
    EXPECT_TRUE(opened) << opened.error().ToString() << opened.error().detail();
    return opened ? *std::move(opened) : nullptr;
  }
  Result<void> Add(std::int64_t number) {
    TRY_ASSIGN(Cursor cursor, connection_->Query("INSERT INTO thing(number) VALUES(?1)"));
    return cursor.Bind(1, number).Run();
  }
  std::int64_t Count() { return *QueryInt("SELECT count(*) FROM thing"); }
  Result<std::int64_t> QueryInt(std::string_view sql) {
    TRY_ASSIGN(Cursor cursor, connection_->Query(sql));
    TRY(cursor.Step());
    return cursor.Int(0);
  }

  careloom_test::TempFolder folder_;
  ConnectionSettings settings_;
  std::unique_ptr<PostgresConnection> connection_;
};

TEST(PostgresParameters, GetDollarsOutsideQuotes) {
  int parameters = 0;
  EXPECT_EQ(DollarParameters("SELECT ?1, '?2', ?12 FROM t WHERE a=?1", parameters), "SELECT $1, '?2', $12 FROM t WHERE a=$1");
  EXPECT_EQ(parameters, 12);
}

TEST_F(PostgresConnectionTest, ValuesComeBackAsTheyWere) {
  const std::string bytes("\0\xFF\x80 caf\xC3\xA9", 9);
  for (const auto& [number, share] : {std::pair{INT64_MIN, -0.0}, {INT64_MAX, 1e308}, {std::int64_t{0}, -1.5}}) {
    {
      auto cursor = connection_->Query("INSERT INTO thing VALUES(?1, ?2, ?3, ?4)");
      ASSERT_TRUE(cursor->Bind(1, number).BindText(2, "caf\xC3\xA9 'x'").BindBlob(3, bytes).Bind(4, share).Run());
    }
    auto cursor = connection_->Query("SELECT number, word, bytes, share, number=?1, length(bytes), NULL FROM thing WHERE number=?1");
    ASSERT_TRUE(*cursor->Bind(1, number).Step());
    EXPECT_EQ(cursor->Int(0), number);
    EXPECT_EQ(cursor->Bytes(1), "caf\xC3\xA9 'x'");
    EXPECT_EQ(cursor->Bytes(2), bytes);
    EXPECT_EQ(cursor->Real(3), share);
    EXPECT_EQ(std::signbit(cursor->Real(3)), std::signbit(share));
    EXPECT_EQ(cursor->Int(4), 1);
    EXPECT_EQ(cursor->Int(5), 9);
    EXPECT_TRUE(cursor->IsNull(6));
    EXPECT_FALSE(*cursor->Step());
  }
}

TEST_F(PostgresConnectionTest, WhatIsNotBoundIsNull) {
  for (int i = 0; i < 2; ++i) {
    auto cursor = connection_->Query("INSERT INTO thing VALUES(?1, ?2, ?3, ?4)");
    cursor->Bind(1, std::int64_t{i}).BindNull(3);
    ASSERT_TRUE(cursor->Run());
  }
  EXPECT_EQ(*QueryInt("SELECT count(*) FROM thing WHERE word IS NULL AND bytes IS NULL AND share IS NULL"), 2);
}

TEST_F(PostgresConnectionTest, ArraysAreRows) {
  ArrayValue numbers(server::storage::postgres::kInt8), blobs(server::storage::postgres::kBytea);
  for (std::int64_t i = 0; i < 1000; ++i) {
    numbers.Add(i);
    blobs.Add(std::string_view("\0x", 2));
  }
  ASSERT_TRUE(connection_->Run("INSERT INTO thing(number, bytes) SELECT * FROM unnest(?1, ?2)",
                               {numbers.Take(server::storage::postgres::kInt8Array), blobs.Take(server::storage::postgres::kByteaArray)}));
  EXPECT_EQ(*QueryInt("SELECT count(*) FROM thing WHERE length(bytes)=2"), 1000);
  ASSERT_TRUE(connection_->Run("INSERT INTO thing(number) SELECT * FROM unnest(?1)", {ArrayValue(server::storage::postgres::kInt8).Take(server::storage::postgres::kInt8Array)}));
  EXPECT_EQ(Count(), 1000);
}

TEST_F(PostgresConnectionTest, ThousandsOfQueuedStatementsAndLargeBytesDoNotBlock) {
  ASSERT_TRUE(connection_->Run("BEGIN"));
  for (std::int64_t i = 1; i <= 3000; ++i) ASSERT_TRUE(Add(i));
  const std::string large(40'000'000, 'x');
  {
    auto cursor = connection_->Query("UPDATE thing SET bytes=?2 WHERE number<=?1");
    ASSERT_TRUE(cursor->Bind(1, std::int64_t{2}).BindBlob(2, large).Run());
  }
  auto cursor = connection_->Query("SELECT bytes FROM thing WHERE number<=?1 ORDER BY number");
  ASSERT_TRUE(*cursor->Bind(1, std::int64_t{2}).Step());
  EXPECT_TRUE(cursor->Bytes(0) == large);
  ASSERT_TRUE(connection_->Run("COMMIT"));
  EXPECT_EQ(Count(), 3000);
}

TEST_F(PostgresConnectionTest, AScanGoesOnWhileOthersRun) {
  ASSERT_TRUE(connection_->Run("BEGIN"));
  ASSERT_TRUE(connection_->Run("INSERT INTO thing(number, word) SELECT i, repeat('x', 5000) FROM generate_series(1, 3000) i"));
  {
    auto scan = connection_->Scan("SELECT number, word FROM thing WHERE number>?1 ORDER BY number");
    scan->Bind(1, std::int64_t{10});
    std::int64_t expected = 11;
    while (true) {
      auto found = scan->Step();
      ASSERT_TRUE(found) << found.error().detail();
      if (!*found) break;
      ASSERT_EQ(scan->Int(0), expected++);
      if (expected % 500 == 0) { ASSERT_EQ(Count(), 3000); }
    }
    EXPECT_EQ(expected, 3001);
    EXPECT_FALSE(*scan->Step());
  }
  {
    auto left_early = connection_->Scan("SELECT number FROM thing");
    ASSERT_TRUE(*left_early->Step());
  }
  EXPECT_EQ(*QueryInt("SELECT count(*) FROM pg_cursors WHERE name LIKE 'scan%' AND statement NOT LIKE '%number>%'"), 0);
}

TEST_F(PostgresConnectionTest, AQueuedErrorComesWithTheNextAnswerAndStands) {
  ASSERT_TRUE(Add(1));
  ASSERT_TRUE(connection_->Sync());
  ASSERT_TRUE(connection_->BeginWrite());
  ASSERT_TRUE(Add(2));
  ASSERT_TRUE(Add(1)) << "it is only queued";
  const auto count = QueryInt("SELECT count(*) FROM thing");
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(connection_->trouble(), Trouble::kRetry);
  EXPECT_FALSE(Add(3)) << "what comes after does not run either";
  std::optional<fhir::Error> error;
  EXPECT_EQ(connection_->Commit(error), Ended::kRolledBack);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kConflict);
  connection_->Rollback();
  EXPECT_EQ(Count(), 1);
  ASSERT_TRUE(connection_->BeginWrite());
  ASSERT_TRUE(Add(3));
  EXPECT_EQ(connection_->Commit(error), Ended::kCommitted);
  EXPECT_EQ(Count(), 2);
}

TEST_F(PostgresConnectionTest, AnErrorThatOnlyTheCommitBringsIsTold) {
  ASSERT_TRUE(connection_->Execute("CREATE TABLE late(n BIGINT UNIQUE DEFERRABLE INITIALLY DEFERRED)"));
  for (const char* sql : {"INSERT INTO late VALUES(1), (1)", "INSERT INTO thing(number) VALUES(1), (1)"}) {
    ASSERT_TRUE(connection_->BeginWrite());
    ASSERT_TRUE(connection_->Run(sql));
    std::optional<fhir::Error> error;
    EXPECT_EQ(connection_->Commit(error), Ended::kRolledBack) << sql;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kConflict);
    connection_->Rollback();
  }
  EXPECT_EQ(*QueryInt("SELECT count(*) FROM late"), 0);
}

TEST_F(PostgresConnectionTest, RollbackEndsWhatIsQueuedToo) {
  ASSERT_TRUE(connection_->BeginWrite());
  ASSERT_TRUE(Add(1));
  connection_->Rollback();
  ASSERT_TRUE(connection_->BeginWrite());
  ASSERT_TRUE(connection_->Run("SELECT 1/0"));
  connection_->Rollback();
  EXPECT_FALSE(connection_->lost());
  EXPECT_EQ(Count(), 0);
}

TEST_F(PostgresConnectionTest, AStatementThatCannotBePreparedIsTriedAnew) {
  EXPECT_FALSE(QueryInt("SELECT count(*) FROM later"));
  ASSERT_TRUE(connection_->Execute("CREATE TABLE later(n BIGINT)"));
  EXPECT_EQ(*QueryInt("SELECT count(*) FROM later"), 0);
}

TEST_F(PostgresConnectionTest, WhatTakesTooLongIsTooCostly) {
  settings_.statement_timeout = std::chrono::milliseconds(50);
  connection_ = Open();
  ASSERT_TRUE(connection_->Run("BEGIN"));
  const auto slept = QueryInt("SELECT 1 FROM pg_sleep(20)");
  ASSERT_FALSE(slept);
  EXPECT_EQ(slept.error().kind(), ErrorKind::kUnprocessable);
  EXPECT_EQ(slept.error().issue_type(), "too-costly");
  connection_->Rollback();
  EXPECT_EQ(Count(), 0);
}

TEST_F(PostgresConnectionTest, TypesThatAreNotReadAreRefused) {
  const auto sum = QueryInt("SELECT sum(number) FROM thing");
  ASSERT_FALSE(sum);
  EXPECT_NE(sum.error().detail().find("cast"), std::string::npos);
}

TEST_F(PostgresConnectionTest, TextThatNothingStoredCanHaveIsInvalid) {
  auto cursor = connection_->Query("SELECT number FROM thing WHERE word=?1");
  const auto found = cursor->BindText(1, std::string_view("a\0b", 3)).Step();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind(), ErrorKind::kInvalid);
}

TEST_F(PostgresConnectionTest, AServerThatHangsUpIsNoticed) {
  ASSERT_TRUE(connection_->BeginWrite());
  ASSERT_TRUE(Add(1));
  ASSERT_TRUE(connection_->Sync());
  EXPECT_FALSE(connection_->HasHungUp());
  PostgresCluster::Shared()->Sql("SELECT pg_terminate_backend(" + std::to_string(connection_->server_process()) + ", 10000)");
  EXPECT_TRUE(connection_->HasHungUp());
  EXPECT_FALSE(QueryInt("SELECT 1"));
  std::optional<fhir::Error> error;
  EXPECT_NE(connection_->Commit(error), Ended::kCommitted);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUnavailable);
  EXPECT_TRUE(connection_->lost());
  connection_ = Open();
  EXPECT_EQ(Count(), 0);
}

TEST_F(PostgresConnectionTest, AReadersEndNeedsNoWaiting) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(connection_->Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    EXPECT_EQ(Count(), 0);
    EXPECT_TRUE(connection_->EndReading());
    EXPECT_FALSE(connection_->HasHungUp());
  }
}

TEST(PostgresConnectionOpen, SaysWhatIsWrong) {
  ConnectionSettings settings;
  settings.url = "postgresql://user:secret@host:notaport/db?sslmode=perhaps&nonsense=1";
  const auto unreadable = PostgresConnection::Open(settings);
  ASSERT_FALSE(unreadable);
  EXPECT_NE(unreadable.error().text().find("cannot be read"), std::string::npos);
  EXPECT_EQ((unreadable.error().text() + unreadable.error().detail()).find("secret"), std::string::npos);
  settings.url = "host=/nonexistent user=nobody";
  const auto absent = PostgresConnection::Open(settings);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind(), ErrorKind::kUnavailable);
}

}  // namespace
