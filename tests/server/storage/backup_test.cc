// Backups of a SQLite store: one made while others write holds all that was acknowledged before it began and nothing half;
// a restored store is the one that was backed up; neither takes the place of anything. (hardening: S16 in part)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <random>
#include <thread>

#include "server/storage/sqlite/backup.h"
#include "tests/server/command/ran.h"
#include "tests/support/child_process.h"
#include "tests/support/first_schema.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/store_fixture.h"
#include "tests/support/told_store.h"

namespace careloom_test {
namespace {

namespace fs = std::filesystem;
using fhir::ErrorKind;
using server::command::Exit;
using server::storage::VerifyFinding;
using testing::HasSubstr;

class BackupTest : public testing::Test {
 protected:
  std::string In(const std::string& name) { return (folder_.path() / name).string(); }
  auto BackUp(const std::string& name) { return server::storage::sqlite::BackUp(In("store.db"), In(name), definitions_, report_); }
  auto Restore(const std::string& name, const std::string& to) {
    fs::create_directories(folder_.path() / to);
    return server::storage::sqlite::Restore(In(name), (folder_.path() / to / "store.db").string(), definitions_, report_);
  }
  std::unique_ptr<server::storage::Store> Open(const std::string& in = {}) { return *SqliteBackend::Open(folder_.path() / in, ports_); }

  const TempFolder folder_;
  std::shared_ptr<TestPorts> ports_ = std::make_shared<TestPorts>();
  const server::storage::sqlite::BackupDefinitions definitions_{*SharedDefinitions().registry, SharedDefinitions().extractor};
  std::string found_;
  const server::storage::VerifyReport report_ = [this](const VerifyFinding& finding) { found_ += finding.where + ": " + finding.text + "\n"; };
};

TEST_F(BackupTest, HoldsAllThatWasAcknowledgedBeforeItBeganWhileOthersWrite) {
  const auto store = Open();
  constexpr std::size_t kClients = 3;
  std::vector<ToldClient> clients;
  std::array<std::atomic<std::size_t>, kClients> acknowledged{};
  for (std::size_t i = 0; i < kClients; ++i) clients.emplace_back("c" + std::to_string(i), i + 1);
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      while (!stop && clients[i].Step(*store)) acknowledged[i] = clients[i].stands().size() - 1;
    });
  }
  std::vector<std::array<std::size_t, kClients>> before;
  for (int number = 0; number < 4; ++number) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::array<std::size_t, kClients>& at = before.emplace_back();
    for (std::size_t i = 0; i < kClients; ++i) at[i] = acknowledged[i];
    const auto counts = BackUp("backup" + std::to_string(number));
    EXPECT_TRUE(counts) << counts.error().ToString() << counts.error().detail() << found_;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  for (std::size_t number = 0; number < before.size(); ++number) {
    const std::string name = std::to_string(number);
    ASSERT_TRUE(Restore("backup" + name, name));
    const auto restored = Open(name);
    const auto reader = *restored->OpenReader();
    for (std::size_t i = 0; i < kClients; ++i) EXPECT_EQ(Compare(*reader, clients[i], before[number][i]), Outcome::kHeld) << number;
    EXPECT_TRUE(PutJson(*restored, R"({"resourceType":"Patient","id":"after"})"));
  }
  EXPECT_GT(before.back()[0], 10U);
}

TEST_F(BackupTest, TakesTheNameOfNothingThatIsThere) {
  const auto store = Open();
  ASSERT_TRUE(PutJson(*store, R"({"resourceType":"Patient","id":"p1"})"));
  std::ofstream(In("mine")) << "mine";
  EXPECT_EQ(BackUp("mine").error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(ReadFile(folder_.path() / "mine"), "mine");
  ASSERT_TRUE(BackUp("backup"));
  // A store that holds something stays; one that a server has open too, even an empty one.
  {
    fs::create_directories(folder_.path() / "full");
    ASSERT_TRUE(PutJson(*Open("full"), R"({"resourceType":"Patient","id":"other"})"));
  }
  EXPECT_EQ(Restore("backup", "full").error().kind(), ErrorKind::kConflict);
  EXPECT_TRUE((*Open("full")->OpenReader())->Read("Patient", "other"));
  fs::create_directories(folder_.path() / "empty");
  {
    const auto open = Open("empty");
    EXPECT_EQ(Restore("backup", "empty").error().kind(), ErrorKind::kUnavailable);
  }
  ASSERT_TRUE(Restore("backup", "empty"));
  EXPECT_TRUE((*Open("empty")->OpenReader())->Read("Patient", "p1"));
}

TEST_F(BackupTest, OfADamagedStoreIsNotKeptAndWhatIsNoneIsNotRestored) {
  { ASSERT_TRUE(PutJson(*Open(), R"({"resourceType":"Patient","id":"p1"})")); }
  {
    const auto database = *server::storage::sqlite::Database::Open(In("store.db"), {});
    ASSERT_TRUE(database->Execute("DELETE FROM directory"));
  }
  EXPECT_EQ(BackUp("backup").error().kind(), ErrorKind::kUnprocessable);
  EXPECT_THAT(found_, HasSubstr("Patient/p1"));
  EXPECT_FALSE(fs::exists(In("backup")));
  EXPECT_FALSE(fs::exists(In("backup.unfinished")));
  std::ofstream(In("text")) << std::string(100'000, 't');
  std::ofstream(In("nothing")) << "";
  for (const char* none : {"text", "nothing"}) EXPECT_EQ(Restore(none, "new").error().kind(), ErrorKind::kUnprocessable) << none;
  EXPECT_EQ(Restore("absent", "new").error().kind(), ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(folder_.path() / "new" / "store.db"));
}

TEST_F(BackupTest, OfAnEarlierSchemaIsBroughtToThisOneAndOfALaterRefused) {
  { ASSERT_TRUE(PutJson(*Open(), R"({"resourceType":"Patient","id":"p1"})")); }
  ASSERT_TRUE(BackUp("later"));
  {
    const auto database = *server::storage::sqlite::Database::Open(In("later"), {});
    ASSERT_TRUE(database->Execute("PRAGMA user_version=1000"));
  }
  EXPECT_EQ(Restore("later", "new").error().kind(), ErrorKind::kUnsupported);
  MakeFirstSchema(In("store.db"));
  fs::copy(In("store.db"), In("earlier"));
  ASSERT_TRUE(Restore("earlier", "new"));
  EXPECT_TRUE((*Open("new")->OpenReader())->Read("Patient", "p1"));
}

// Whenever the command is killed, there is a whole backup of that name or none, and the next one is made.
TEST_F(BackupTest, ThatIsKilledIsNoneOrWhole) {
  const std::string data = In("data");
  fs::create_directories(data);
  ToldClient client("c", 3);
  {
    const auto store = *server::storage::sqlite::OpenSqlite(server::storage::sqlite::StoreFile(data), *SharedDefinitions().registry, SharedDefinitions().extractor, {},
                                                            [] { return 1'767'225'600'000'000; }, [] { return std::uint64_t{7}; });
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(client.Step(*store));
  }
  std::mt19937 random(5);
  int whole = 0;
  const int kills = EveryDayOrLong(6, 100);
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(ChildProcess({"backup", In("first"), "--data", data}).Wait(), 0);
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count();
  for (int kill = 0; kill < kills; ++kill) {
    const std::string name = "b" + std::to_string(kill);
    ChildProcess backup({"backup", In(name), "--data", data});
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % static_cast<unsigned>(taken + 1)));
    backup.Kill();
    backup.Wait();
    if (!fs::exists(In(name))) {
      ASSERT_EQ(ChildProcess({"backup", In(name), "--data", data}).Wait(), 0);
    } else {
      ++whole;
    }
    ASSERT_TRUE(Restore(name, "r" + name)) << found_;
    EXPECT_EQ(Compare(**Open("r" + name)->OpenReader(), client, 200), Outcome::kHeld);
  }
  std::printf("%d backups killed: %d whole, %d none\n", kills, whole, kills - whole);
}

TEST_F(BackupTest, AreCommands) {
  const std::string data = In("data"), backup = In("one.backup"), restored = In("restored/data");
  fs::create_directories(data);
  {
    const auto store = *server::storage::sqlite::OpenSqlite(server::storage::sqlite::StoreFile(data), *SharedDefinitions().registry, SharedDefinitions().extractor, {},
                                                            [] { return 1'767'225'600'000'000; }, [] { return std::uint64_t{7}; });
    ASSERT_TRUE(PutJson(*store, R"({"resourceType":"Patient","id":"p1"})"));
    // The server has it open.
    const Ran made = RunCommand("backup", {{"FILE", backup}, {"--data", data}});
    EXPECT_EQ(made.exit, Exit::kDone) << made.err;
    EXPECT_THAT(made.out, HasSubstr("1 resources in 1 versions"));
  }
  EXPECT_EQ(RunCommand("restore", {{"FILE", backup}, {"--data", restored}}).exit, Exit::kDone);
  EXPECT_EQ(RunCommand("check", {{"--data", restored}}).exit, Exit::kDone);
  EXPECT_EQ(RunCommand("restore", {{"FILE", backup}, {"--data", restored}}).exit, Exit::kFindings);
  for (const char* command : {"backup", "restore"}) {
    const Ran postgres = RunCommand(command, {{"FILE", In("x")}, {"--postgres", "postgresql://localhost/careloom"}});
    EXPECT_EQ(postgres.exit, Exit::kWrongUse);
    EXPECT_THAT(postgres.err, HasSubstr("pg_dump"));
  }
}

}  // namespace
}  // namespace careloom_test
