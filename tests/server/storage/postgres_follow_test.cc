// Following the change sequence on PostgreSQL: whoever commits late is not skipped.
#include "server/storage/postgres/follow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/support/store_fixture.h"

namespace {

using server::storage::postgres::Change;
using server::storage::postgres::ChangesAfter;
using server::storage::postgres::Place;
using server::storage::postgres::PostgresConnection;

class PostgresFollow : public testing::Test {
 protected:
  void SetUp() override {
    REQUIRE_POSTGRES();
    store_ = *careloom_test::PostgresBackend::Open(folder_.path(), std::make_shared<careloom_test::TestPorts>());
    settings_.url = careloom_test::PostgresUrlFor(folder_.path());
    follower_ = Open();
  }
  std::unique_ptr<PostgresConnection> Open() { return *PostgresConnection::Open(settings_); }
  static void Append(PostgresConnection& connection, std::int64_t seq) {
    auto cursor = connection.Query("INSERT INTO version(seq, key, version, updated_us, method, home) VALUES(?1, ?1, 1, 0, 0, 0)");
    ASSERT_TRUE(cursor->Bind(1, seq).Run());
    ASSERT_TRUE(connection.Sync());
  }
  std::vector<std::int64_t> Follow() {
    const auto changes = ChangesAfter(*follower_, place_, 1000);
    EXPECT_TRUE(changes) << changes.error().detail();
    std::vector<std::int64_t> seqs;
    for (const Change& change : *changes) seqs.push_back((place_ = change.place).seq);
    return seqs;
  }

  // Waits for so many: a transaction of any database of the same server, such as another test's, holds followers up.
  std::vector<std::int64_t> FollowUntil(std::size_t count, std::vector<std::int64_t> seen = {}) {
    for (int tries = 0; tries < 3000 && seen.size() < count; ++tries) {
      for (const std::int64_t seq : Follow()) seen.push_back(seq);
      if (seen.size() < count) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return seen;
  }

  careloom_test::TempFolder folder_;
  std::unique_ptr<server::storage::Store> store_;
  server::storage::postgres::ConnectionSettings settings_;
  std::unique_ptr<PostgresConnection> follower_;
  Place place_;
};

TEST_F(PostgresFollow, ALateCommitterIsWaitedFor) {
  const auto early = Open(), late = Open();
  ASSERT_TRUE(late->Run("BEGIN"));
  Append(*late, 1);
  Append(*early, 2);
  Append(*early, 3);
  EXPECT_TRUE(Follow().empty()) << "the open transaction's version comes before them";
  ASSERT_TRUE(late->Run("COMMIT"));
  ASSERT_TRUE(late->Sync());
  EXPECT_EQ(FollowUntil(3), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_TRUE(Follow().empty());
}

TEST_F(PostgresFollow, WithManyWritersEachVersionIsSeenOnce) {
  std::atomic<int> running = 8;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 8; ++writer) {
    writers.emplace_back([this, writer, &running] {
      for (int i = 0; i < 40; ++i) {
        EXPECT_TRUE(careloom_test::PutJson(*store_, R"({"resourceType":"Patient","id":"p)" + std::to_string(writer) + "-" + std::to_string(i) + "\"}"));
      }
      --running;
    });
  }
  std::vector<std::int64_t> seen;
  const auto look = [&] {
    for (const std::int64_t seq : Follow()) seen.push_back(seq);
  };
  while (running > 0) look();
  for (std::thread& writer : writers) writer.join();
  seen = FollowUntil(320, std::move(seen));
  EXPECT_EQ(seen.size(), 320U);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

}  // namespace
