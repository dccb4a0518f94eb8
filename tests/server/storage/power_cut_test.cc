// The power goes while a SQLite store works, recovers, is brought to a new schema or is made anew: whatever of the writes that
// were not synced reaches the disk, all that was acknowledged is there, nothing is half there, and the store agrees with itself.
// Two controls, a store that syncs less and a disk that lies, show that losses would be seen. (hardening: S02, S03)
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "tests/support/first_schema.h"
#include "tests/support/power_cut.h"
#include "tests/support/size.h"
#include "tests/support/store_fixture.h"
#include "tests/support/told_store.h"

namespace careloom_test {
namespace {

using server::storage::Store;

constexpr std::array<CutRule, 7> kRules = {{
    {.dropped = 0},
    {.dropped = 1},
    {.dropped = 0.5},
    {.dropped = 0.12},
    {.dropped = 0.5, .reordered = true},
    {.dropped = 0.12, .torn = true},
    {.dropped = 0.3, .reordered = true, .torn = true},
}};

const RecordingVfs::Pragmas kSyncsLess = {{"synchronous", "NORMAL"}};

struct Tally {
  std::int64_t states = 0, acknowledged = 0, lost = 0, torn = 0, corrupt = 0;
  std::string first;                       // what was wrong with the first that was corrupt
  std::int64_t bad() const { return lost + torn + corrupt; }
  void Corrupt(const std::string& what) {
    if (corrupt++ == 0) first = what;
  }
};

// What was stored, and by whom, while a disk was recorded. Marks are 1000 times the client, plus how many of its writes
// were acknowledged.
struct Recorded {
  DiskFiles start;
  std::vector<DiskRecord> log;
  std::vector<ToldClient> clients;
  std::vector<std::size_t> acknowledged;   // at the start of the log
};

class PowerCuts : public testing::Test {
 protected:
  std::unique_ptr<Store> Open(const RecordingVfs& disk) {
    server::storage::sqlite::SqliteOptions options;
    options.vfs = disk.name();
    options.checkpoint_pages = 25;
    options.cache_kib = 256;   // so small that some transactions spill into the log before they are committed
    auto store = SqliteBackend::Open(folder_.path(), ports_, std::move(options));
    if (store) return *std::move(store);
    error_ = store.error().ToString() + " " + store.error().detail();
    return nullptr;
  }

  // An empty store, closed.
  const DiskFiles& Empty() {
    if (empty_.empty()) {
      RecordingVfs disk;
      EXPECT_NE(Open(disk), nullptr);
      empty_ = disk.Files();
    }
    return empty_;
  }

  // `clients` at once, each so many writes; then closes.
  void Work(RecordingVfs& disk, std::vector<ToldClient>& clients, int writes) {
    const std::unique_ptr<Store> store = Open(disk);
    ASSERT_NE(store, nullptr);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      threads.emplace_back([&, i] {
        for (int write = 0; write < writes && clients[i].Step(*store); ++write) {
          disk.Mark(static_cast<std::int64_t>(i * 1000 + clients[i].stands().size() - 1));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  Recorded Record(std::uint64_t seed, const DiskFiles& start, const RecordingVfs::Pragmas& pragmas, std::size_t clients, int writes, bool messages = true) {
    RecordingVfs disk(start, pragmas);
    Recorded recorded{start, {}, {}, std::vector<std::size_t>(clients)};
    for (std::size_t i = 0; i < clients; ++i) recorded.clients.emplace_back("c" + std::to_string(i), seed * 31 + i, messages);
    Work(disk, recorded.clients, writes);
    Work(disk, recorded.clients, writes / 3);
    recorded.log = disk.log();
    return recorded;
  }

  // The store as it comes up on that disk.
  void Check(const DiskFiles& files, const std::vector<ToldClient>& clients, const std::vector<std::size_t>& acknowledged, Tally& tally) {
    ++tally.states;
    for (const std::size_t count : acknowledged) tally.acknowledged += static_cast<std::int64_t>(count);
    const RecordingVfs disk(files);
    const std::unique_ptr<Store> store = Open(disk);
    if (!store) return tally.Corrupt(error_);
    const auto reader = store->OpenReader();
    if (!reader) return tally.Corrupt(reader.error().detail());
    Outcome worst = Outcome::kHeld;
    for (std::size_t i = 0; i < clients.size(); ++i) worst = std::max(worst, Compare(**reader, clients[i], acknowledged[i]));
    std::string found;
    const auto counts = store->Verify([&](const server::storage::VerifyFinding& finding) { found = finding.where + ": " + finding.text; });
    if (!counts || counts->findings > 0) tally.Corrupt(counts ? found : counts.error().detail());
    else if (worst == Outcome::kTorn) ++tally.torn;
    else if (worst == Outcome::kLost) ++tally.lost;
  }

  // The disk at the end of the recording, with all that was told it.
  static DiskFiles Replay(const Recorded& recorded) {
    PowerCut power(recorded.start, false);
    for (const DiskRecord& record : recorded.log) power.Pass(record);
    std::mt19937_64 random;
    return power.Cut({}, random);
  }

  // Cuts at so many moments of the recording, after each record once when they are enough. `then` gets each disk.
  template <typename Then>
  void Cuts(const Recorded& recorded, bool syncs_lie, int moments, std::mt19937_64& random, const Then& then) {
    PowerCut power(recorded.start, syncs_lie);
    std::vector<std::size_t> acknowledged = recorded.acknowledged;
    const double share = static_cast<double>(moments) / static_cast<double>(recorded.log.size());
    for (const DiskRecord& record : recorded.log) {
      power.Pass(record);
      if (record.kind == DiskRecord::Kind::kMark) acknowledged[static_cast<std::size_t>(record.at / 1000)] = static_cast<std::size_t>(record.at % 1000);
      if (std::uniform_real_distribution<double>()(random) < share) then(power.Cut(kRules[random() % kRules.size()], random), acknowledged);
    }
  }

  // Recordings one after the other until there are so many states, or (long) so many seconds have passed.
  template <typename OneRecording>
  Tally Run(const std::string& what, std::int64_t states, std::chrono::seconds long_time, const OneRecording& one) {
    Tally tally;
    const auto begun = std::chrono::steady_clock::now();
    const auto more = [&] { return IsLong() ? std::chrono::steady_clock::now() - begun < long_time : tally.states < states; };
    for (std::uint64_t seed = 1; more() && !HasFatalFailure(); ++seed) one(seed, tally);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    std::printf("%s: %lld states (%.0f a second), %lld acknowledged, %lld lost, %lld torn, %lld corrupt\n", what.c_str(), static_cast<long long>(tally.states),
                static_cast<double>(tally.states) / seconds, static_cast<long long>(tally.acknowledged), static_cast<long long>(tally.lost),
                static_cast<long long>(tally.torn), static_cast<long long>(tally.corrupt));
    if (tally.corrupt > 0) std::printf("  the first: %s\n", tally.first.c_str());
    return tally;
  }

  Tally UnderLoad(const std::string& what, const RecordingVfs::Pragmas& pragmas, bool syncs_lie, std::int64_t states, std::chrono::seconds long_time) {
    return Run(what, states, long_time, [&](std::uint64_t seed, Tally& tally) {
      std::mt19937_64 random(seed);
      const Recorded recorded = Record(seed, Empty(), pragmas, 1 + seed % 3, 24);
      Cuts(recorded, syncs_lie, 100, random, [&](const DiskFiles& files, const std::vector<std::size_t>& acknowledged) { Check(files, recorded.clients, acknowledged, tally); });
    });
  }

  TempFolder folder_;
  std::shared_ptr<TestPorts> ports_ = std::make_shared<TestPorts>();

 private:
  DiskFiles empty_;
  std::string error_;   // why the last Open failed
};

TEST_F(PowerCuts, LoseNothingAcknowledgedAndLeaveNothingHalf) {
  const Tally tally = UnderLoad("synchronous=FULL", RecordingVfs::Pragmas(), false, 400, std::chrono::seconds(240));
  EXPECT_EQ(tally.bad(), 0);
}

TEST_F(PowerCuts, LoseNothingWhenTheyComeAgainDuringTheRecovery) {
  const Tally tally = Run("during recovery", 120, std::chrono::seconds(180), [&](std::uint64_t seed, Tally& all) {
    std::mt19937_64 random(seed);
    const Recorded first = Record(seed, Empty(), RecordingVfs::Pragmas(), 2, 24);
    Cuts(first, false, 4, random, [&](const DiskFiles& files, const std::vector<std::size_t>& acknowledged) {
      // What comes up moves its log into the file when it closes; one of the recordings is of that alone, one stores more.
      Recorded second{files, {}, first.clients, acknowledged};
      {
        RecordingVfs disk(files);
        second.clients.emplace_back("again", seed);
        second.acknowledged.push_back(0);
        std::vector<ToldClient> again = {second.clients.back()};
        if (seed % 2 == 0) Work(disk, again, 6);
        else ASSERT_NE(Open(disk), nullptr);
        second.clients.back() = again[0];
        second.log = disk.log();
        for (DiskRecord& record : second.log) record.at += record.kind == DiskRecord::Kind::kMark ? 1000 * static_cast<std::int64_t>(first.clients.size()) : 0;
      }
      Cuts(second, false, 10, random, [&](const DiskFiles& cut, const std::vector<std::size_t>& held) { Check(cut, second.clients, held, all); });
    });
  });
  EXPECT_EQ(tally.bad(), 0);
}

TEST_F(PowerCuts, LeaveAStoreOrNoneWhenTheyComeWhileItIsMade) {
  const Tally tally = Run("while it is made", 60, std::chrono::seconds(30), [&](std::uint64_t seed, Tally& all) {
    std::mt19937_64 random(seed);
    const Recorded recorded = Record(seed, {}, {}, 1, 3);
    Cuts(recorded, false, 60, random, [&](const DiskFiles& files, const std::vector<std::size_t>& acknowledged) { Check(files, recorded.clients, acknowledged, all); });
  });
  EXPECT_EQ(tally.bad(), 0);
}

TEST_F(PowerCuts, HarmNothingWhenTheyComeDuringAMigration) {
  const Tally tally = Run("during migration", 60, std::chrono::seconds(60), [&](std::uint64_t seed, Tally& all) {
    std::mt19937_64 random(seed);
    // The first schema has no inbox.
    const Recorded recorded = Record(seed, Empty(), RecordingVfs::Pragmas(), 1, 12, false);
    DiskFiles older;
    {
      RecordingVfs disk(Replay(recorded));
      MakeFirstSchema((folder_.path() / "store.db").string(), disk.name());
      older = disk.Files();
    }
    RecordingVfs disk(older);
    ASSERT_NE(Open(disk), nullptr);
    const std::size_t whole = recorded.clients[0].stands().size() - 1;
    const Recorded migrated{older, disk.log(), recorded.clients, {whole}};
    Cuts(migrated, false, 30, random, [&](const DiskFiles& files, const std::vector<std::size_t>& acknowledged) { Check(files, migrated.clients, acknowledged, all); });
  });
  EXPECT_EQ(tally.bad(), 0);
}

TEST_F(PowerCuts, HarmNothingWhenTheyComeWhileTheIndexIsMadeAnew) {
  const Tally tally = Run("during a re-index", 60, std::chrono::seconds(60), [&](std::uint64_t seed, Tally& all) {
    std::mt19937_64 random(seed);
    const Recorded recorded = Record(seed, Empty(), RecordingVfs::Pragmas(), 1, 24);
    const DiskFiles whole = Replay(recorded);
    RecordingVfs disk(whole);
    ASSERT_TRUE(Open(disk)->Reindex());
    const Recorded reindexed{whole, disk.log(), recorded.clients, {recorded.clients[0].stands().size() - 1}};
    Cuts(reindexed, false, 30, random, [&](const DiskFiles& files, const std::vector<std::size_t>& acknowledged) { Check(files, reindexed.clients, acknowledged, all); });
  });
  EXPECT_EQ(tally.bad(), 0);
}

// What the check must see, or it would see nothing.
TEST_F(PowerCuts, LoseWhatWasAcknowledgedWhenTheStoreSyncsLess) {
  const Tally tally = UnderLoad("control, synchronous=NORMAL", kSyncsLess, false, 100, std::chrono::seconds(30));
  EXPECT_GT(tally.lost, tally.states / 20);
  EXPECT_EQ(tally.torn, 0);
  EXPECT_EQ(tally.corrupt, 0);
}

TEST_F(PowerCuts, DamageTheStoreWhenTheDiskLiesAboutItsSyncs) {
  const Tally tally = UnderLoad("control, syncs that lie", RecordingVfs::Pragmas(), true, 100, std::chrono::seconds(30));
  EXPECT_GT(tally.lost, tally.states / 20);
  EXPECT_GT(tally.corrupt, 0);
}

}  // namespace
}  // namespace careloom_test
