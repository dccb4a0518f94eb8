// What the store on PostgreSQL keeps when the server or the way to it fails: what was acknowledged is there, once; what failed
// left nothing; waiting ends; and the store works again by itself (hardening rows S09, S11, S12, S15).
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "server/storage/postgres/connection.h"
#include "tests/support/size.h"
#include "tests/support/stalling_proxy.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PostgresBackend;
using careloom_test::PostgresCluster;
using careloom_test::StallingProxy;
using fhir::ErrorKind;
using fhir::Result;
using server::storage::Store;
using server::storage::WriteTransaction;
using server::storage::postgres::PostgresOptions;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A Patient of a new id with that number as its identifier: whoever stores it twice is found out.
Result<void> Create(Store& store, std::int64_t number) {
  return store.Write([&](WriteTransaction& transaction) -> Result<void> {
    TRY_ASSIGN(fhir::Document document, fhir::json::Read(R"({"resourceType":"Patient","identifier":[{"system":"http://n","value":")" + std::to_string(number) + "\"}]}"));
    TRY(transaction.Put({.type = "Patient", .id = transaction.NewId(), .document = &document}));
    return {};
  });
}

// What became of the numbers that were stored.
struct Ledger {
  std::mutex mutex;
  std::map<std::int64_t, ErrorKind> failed;
  std::set<std::int64_t> acknowledged;

  void Note(std::int64_t number, const Result<void>& stored) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (stored) acknowledged.insert(number);
    else failed.emplace(number, stored.error().kind());
  }
  std::size_t Acknowledged() {
    const std::lock_guard<std::mutex> lock(mutex);
    return acknowledged.size();
  }
  void Check(Store& store) {
    for (const std::int64_t number : acknowledged) {
      ASSERT_EQ(careloom_test::SearchAll(store, "Patient", "identifier=http://n|" + std::to_string(number)).size(), 1U) << number << " was acknowledged";
    }
    for (const auto& [number, kind] : failed) {
      const std::size_t found = careloom_test::SearchAll(store, "Patient", "identifier=http://n|" + std::to_string(number)).size();
      if (kind == ErrorKind::kInternal) ASSERT_LE(found, 1U) << number << " is in doubt";
      else ASSERT_EQ(found, 0U) << number << " failed";
    }
    const auto counts = store.Verify([](const server::storage::VerifyFinding& finding) { ADD_FAILURE() << finding.where << ": " << finding.text; });
    ASSERT_TRUE(counts) << counts.error().ToString();
  }
};

// Threads that create one Patient after the other until they are told to stop.
class Load {
 public:
  Load(Store& store, Ledger& ledger, int threads = 6) {
    for (int thread = 0; thread < threads; ++thread) {
      threads_.emplace_back([this, &store, &ledger] {
        while (!stopping_) {
          const std::int64_t number = ++next_;
          ledger.Note(number, Create(store, number));
        }
      });
    }
  }
  ~Load() { Stop(); }
  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> next_ = 0;
  std::vector<std::thread> threads_;
};

// Waits until as many more were acknowledged; false when they were not in a minute.
bool WaitForMore(Ledger& ledger, std::size_t more) {
  const std::size_t before = ledger.Acknowledged();
  for (const auto end = steady_clock::now() + std::chrono::minutes(1); steady_clock::now() < end;) {
    if (ledger.Acknowledged() >= before + more) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

class PostgresFault : public testing::Test {
 protected:
  void SetUp() override {
    REQUIRE_POSTGRES();
    cluster_ = PostgresCluster::Make("max_connections = 20");
    ASSERT_TRUE(cluster_);
    ASSERT_EQ(cluster_->Sql("CREATE DATABASE store"), "");
    options_.connection.url = cluster_->Url("store");
  }
  std::unique_ptr<Store> Open() {
    auto opened = PostgresBackend::Open({}, std::make_shared<careloom_test::TestPorts>(), options_);
    EXPECT_TRUE(opened) << opened.error().ToString() << opened.error().detail();
    return opened ? *std::move(opened) : nullptr;
  }

  std::unique_ptr<PostgresCluster> cluster_;
  PostgresOptions options_;
  Ledger ledger_;
};

TEST_F(PostgresFault, S09_StopsKillsAndTerminationsLoseAndDoubleNothing) {
  const auto store = Open();
  Load load(*store, ledger_);
  const int rounds = careloom_test::EveryDayOrLong(3, 15);   // two of three kill or stop the server
  for (int round = 0; round < rounds; ++round) {
    ASSERT_TRUE(WaitForMore(ledger_, 50)) << round;
    switch (round % 3) {
      case 0:
        cluster_->Stop("immediate");
        ASSERT_TRUE(cluster_->Start());
        break;
      case 1:
        // One process that dies of a signal makes PostgreSQL end all sessions and recover.
        cluster_->Signal("KILL");
        ASSERT_TRUE(cluster_->Start());
        break;
      default:
        for (int i = 0; i < 20; ++i) {
          cluster_->Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='store' AND pid<>pg_backend_pid()");
          std::this_thread::sleep_for(milliseconds(10));
        }
        break;
    }
  }
  ASSERT_TRUE(WaitForMore(ledger_, 50));
  load.Stop();
  ledger_.Check(*store);
}

TEST_F(PostgresFault, S09_WithoutAServerReadsAndWritesAreUnavailableAtOnce) {
  const auto store = Open();
  ASSERT_TRUE(Create(*store, 1));
  ASSERT_TRUE(store->Check());
  ASSERT_TRUE(cluster_->Stop("fast"));
  EXPECT_EQ(Create(*store, 2).error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(store->Check().error().kind(), ErrorKind::kUnavailable);
  const auto found = careloom_test::SearchPageOf(*store, "Patient", "identifier=1");
  EXPECT_EQ(found.error().kind(), ErrorKind::kUnavailable);
  ASSERT_TRUE(cluster_->Start());
  EXPECT_TRUE(store->Check());
  ASSERT_TRUE(Create(*store, 3));
  EXPECT_EQ(store->Count()->resources, 2);
}

TEST_F(PostgresFault, S09_NoMoreConnectionsIsUnavailableUntilThereAre) {
  options_.reader_patience = milliseconds(200);
  const auto store = Open();
  std::vector<std::unique_ptr<server::storage::postgres::PostgresConnection>> taken;
  while (true) {
    auto opened = server::storage::postgres::PostgresConnection::Open(options_.connection);
    if (!opened) break;
    taken.push_back(*std::move(opened));
    ASSERT_LE(taken.size(), 20U);
  }
  EXPECT_EQ(Create(*store, 1).error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(store->Count().error().kind(), ErrorKind::kUnavailable);
  // One is enough for reading, however many readers there are.
  taken.pop_back();
  auto first = store->OpenReader();
  for (int tries = 0; tries < 50 && !first; ++tries) first = store->OpenReader();   // the server takes a moment to let a connection go
  ASSERT_TRUE(first);
  EXPECT_EQ(store->OpenReader().error().kind(), ErrorKind::kUnavailable);
  taken.clear();
  EXPECT_TRUE(store->OpenReader());
  EXPECT_TRUE(Create(*store, 2));
}

TEST_F(PostgresFault, S09_AHeldLockEndsInTime) {
  options_.connection.lock_timeout = milliseconds(300);
  const auto store = Open();
  ASSERT_TRUE(Create(*store, 1));
  auto holder = *server::storage::postgres::PostgresConnection::Open(options_.connection);
  ASSERT_TRUE(holder->Run("BEGIN"));
  ASSERT_TRUE(holder->Run("LOCK TABLE resource, directory IN ACCESS EXCLUSIVE MODE"));
  ASSERT_TRUE(holder->Sync());
  EXPECT_EQ(Create(*store, 2).error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(careloom_test::SearchPageOf(*store, "Patient", "identifier=1").error().kind(), ErrorKind::kUnavailable);
  holder->Rollback();
  EXPECT_TRUE(Create(*store, 3));
  EXPECT_EQ(careloom_test::SearchAll(*store, "Patient", "identifier=1").size(), 1U);
  EXPECT_EQ(store->Count()->resources, 2);
}

class PostgresPartition : public PostgresFault {
 protected:
  void SetUp() override {
    PostgresFault::SetUp();
    if (!cluster_) return;
    proxy_ = std::make_unique<StallingProxy>(cluster_->socket());
    options_.connection.url = "host=127.0.0.1 port=" + std::to_string(proxy_->port()) + " user=careloom dbname=store sslmode=disable";
    options_.connection.answer_timeout = milliseconds(700);
    options_.connection.connect_timeout = std::chrono::seconds(2);
    options_.writer_patience = milliseconds(5000);
  }
  std::unique_ptr<StallingProxy> proxy_;
};

TEST_F(PostgresPartition, S11_ACommitWhoseAnswerIsLostIsKnownAllTheSame) {
  const auto store = Open();
  proxy_->SwallowAnswersAfter("COMMIT");
  const int before = proxy_->connections();
  EXPECT_TRUE(Create(*store, 1)) << "it was committed, and that is found out over another connection";
  EXPECT_GT(proxy_->connections(), before + 1);
  EXPECT_EQ(careloom_test::SearchAll(*store, "Patient", "identifier=1").size(), 1U);
  EXPECT_EQ(store->Count()->versions, 1);
}

TEST_F(PostgresPartition, S11_ACommitThatNeverArrivedIsRunAgainOnce) {
  const auto store = Open();
  ASSERT_TRUE(Create(*store, 1));
  proxy_->SetOpen(StallingProxy::Mode::kSwallowAll);
  EXPECT_TRUE(Create(*store, 2));
  EXPECT_EQ(careloom_test::SearchAll(*store, "Patient", "identifier=2").size(), 1U);
  EXPECT_EQ(store->Count()->versions, 2);
}

TEST_F(PostgresPartition, S11_ALinkThatIsDownEndsInTimeAndHeals) {
  const auto store = Open();
  Load load(*store, ledger_, 4);
  for (int round = 0; round < careloom_test::EveryDayOrLong(2, 10); ++round) {
    ASSERT_TRUE(WaitForMore(ledger_, 20));
    proxy_->SetAll(StallingProxy::Mode::kSwallowAll);
    std::this_thread::sleep_for(milliseconds(careloom_test::EveryDayOrLong(1500, 4000)));
    const auto asked = steady_clock::now();
    EXPECT_FALSE(careloom_test::SearchPageOf(*store, "Patient", "identifier=1"));
    EXPECT_LT(steady_clock::now() - asked, std::chrono::seconds(60)) << "as the time-outs say, and not for ever";
    // What is lost stays lost; new connections pass.
    proxy_->SetAll(StallingProxy::Mode::kPass);
  }
  ASSERT_TRUE(WaitForMore(ledger_, 20));
  load.Stop();
  ledger_.Check(*store);
}

TEST_F(PostgresFault, S12_AStoppedServerIsUnavailableAndGoesOnWhenItDoes) {
  options_.connection.answer_timeout = milliseconds(700);
  options_.connection.connect_timeout = std::chrono::seconds(2);
  options_.writer_patience = milliseconds(3000);
  const auto store = Open();
  Load load(*store, ledger_, 4);
  ASSERT_TRUE(WaitForMore(ledger_, 20));
  cluster_->Signal("STOP");
  EXPECT_FALSE(careloom_test::SearchPageOf(*store, "Patient", "identifier=1"));
  std::this_thread::sleep_for(milliseconds(careloom_test::EveryDayOrLong(1000, 30'000)));
  cluster_->Signal("CONT");
  ASSERT_TRUE(WaitForMore(ledger_, 20));
  load.Stop();
  ledger_.Check(*store);
}

// Two stores on one database share nothing in memory: to the database they are two processes.
TEST_F(PostgresFault, S15_TwoProcessesRacingMakeOneOfEach) {
  const auto one = Open(), other = Open();
  constexpr int kThreads = 8;
  const int numbers = careloom_test::EveryDayOrLong(40, 200);
  std::atomic<int> created = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Store& store = thread % 2 == 0 ? *one : *other;
      for (int number = 0; number < numbers; ++number) {
        bool made = false;
        const auto query = *careloom_test::ParseSearch("Patient", "identifier=http://n%7C" + std::to_string(number));
        const auto done = store.Write([&](WriteTransaction& transaction) -> Result<void> {
          made = false;
          TRY_ASSIGN(const std::vector<std::string> there, transaction.Match(query, 2));
          if (!there.empty()) return {};
          TRY_ASSIGN(fhir::Document document, fhir::json::Read(R"({"resourceType":"Patient","identifier":[{"system":"http://n","value":")" + std::to_string(number) + "\"}]}"));
          TRY(transaction.Put({.type = "Patient", .id = transaction.NewId(), .document = &document}));
          // The same resource from both sides: versions without a gap.
          TRY_ASSIGN(fhir::Document shared, fhir::json::Read(R"({"resourceType":"Basic","id":"shared","code":{"text":")" + std::to_string(number) + "\"}}"));
          TRY(transaction.Put({.type = "Basic", .id = "shared", .document = &shared}));
          made = true;
          return {};
        });
        EXPECT_TRUE(done) << done.error().ToString() << done.error().detail();
        if (made) ++created;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, numbers);
  EXPECT_EQ((*other->OpenReader())->Read("Basic", "shared")->version, numbers);
  ledger_.Check(*one);
}

TEST_F(PostgresFault, S15_OneProcessLeadsAndAnotherTakesOver) {
  const auto one = Open(), other = Open();
  auto lease = *one->Lead("inbox");
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->Holds());
  EXPECT_FALSE(*other->Lead("inbox"));
  EXPECT_TRUE(*other->Lead("something else"));
  lease.reset();
  lease = *other->Lead("inbox");
  ASSERT_TRUE(lease);
  // The one who leads is cut off without a word: it learns so, and the next one can lead.
  cluster_->Sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype='advisory' AND objsubid=2 AND mode='ExclusiveLock'");
  EXPECT_FALSE(lease->Holds());
  EXPECT_TRUE(*one->Lead("inbox"));
}

TEST_F(PostgresFault, S15_WhatALivingProcessReceivesStaysWhenAnotherStarts) {
  auto one = Open();
  const auto put = [](WriteTransaction& transaction) { return transaction.PutMessage({.id = "half"}); };
  const auto append = [](WriteTransaction& transaction) { return transaction.AppendMessageBytes("half", "bytes"); };
  ASSERT_TRUE(one->Write(put));
  const auto other = Open();
  EXPECT_TRUE(one->Write(append));
  EXPECT_EQ(*(*other->OpenReader())->ReadMessageBytes("half", 0, 100), "bytes");
  one.reset();
  const auto next = Open();
  EXPECT_EQ((*next->OpenReader())->ReadMessage("half").error().kind(), ErrorKind::kNotFound);
}

}  // namespace
