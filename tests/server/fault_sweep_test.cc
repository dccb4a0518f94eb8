// The n-th call of one kind fails, n = 1, 2, … until a run ends in which none did: whatever was acknowledged is there
// afterwards, nothing is half there, nothing was acknowledged after a sync failed, and the process that met it ends.
// CARELOOM_LONG: every kind of call, to the end. (hardening: S04, S05, S08)
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/support/faulty_server.h"
#include "tests/support/size.h"

namespace careloom_test {
namespace {

namespace fs = std::filesystem;

const std::string kTransaction =
    R"({"resourceType":"Bundle","type":"transaction","entry":[)"
    R"({"resource":{"resourceType":"Patient","id":"new","name":[{"family":"New"}]},"request":{"method":"PUT","url":"Patient/new"}},)"
    R"({"resource":{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"a"},"subject":{"reference":"Patient/new"}},"request":{"method":"PUT","url":"Observation/o1"}},)"
    R"({"resource":{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"b"},"subject":{"reference":"Patient/new"}},"request":{"method":"PUT","url":"Observation/o2"}}]})";
constexpr std::array<std::pair<const char*, const char*>, 3> kOfTransaction = {{{"Patient", "new"}, {"Observation", "o1"}, {"Observation", "o2"}}};

// What one run came to.
struct Ran {
  bool hit = false, started = false;
  int exit = 0, ready = 0;
  std::vector<int> writes;          // statuses of transaction, update, deletion, transaction again
  int read = 0;
  std::string ToString() const {
    std::string words = "writes";
    for (const int status : writes) words += " " + std::to_string(status);
    return words + ", read " + std::to_string(read) + ", ready " + std::to_string(ready) + ", exit " + std::to_string(exit);
  }
  bool HasFailed() const { return std::ranges::any_of(writes, [](int status) { return status >= 300 || status == 0; }); }
};

class FaultSweep : public testing::Test {
 protected:
  FaultSweep() {
    fs::create_directory(prepared_);
    const auto store = OpenStoreOf(prepared_);
    for (const char* id : {"base", "victim"}) EXPECT_TRUE(PutJson(*store, R"({"resourceType":"Patient","active":true,"id":")" + std::string(id) + "\"}"));
  }
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "a sanitizer has to be loaded first, and so has the shim that makes calls fail";
  }

  Ran Run(const Fault& fault, long number) {
    Ran ran;
    const fs::path data = folder_.path() / "data", told = folder_.path() / "told";
    fs::remove_all(data);
    fs::remove(told);
    fs::copy(prepared_, data);
    {
      FaultyServer server(data, told, fault, number);
      ran.started = server.port() != 0;
      if (ran.started) {
        ran.writes.push_back(server.Do("POST", "/fhir", kTransaction));
        ran.writes.push_back(server.Do("PUT", "/fhir/Patient/base", R"({"resourceType":"Patient","id":"base","active":false})"));
        ran.writes.push_back(server.Do("DELETE", "/fhir/Patient/victim"));
        ran.writes.push_back(server.Do("POST", "/fhir", kTransaction));
        ran.read = server.Do("GET", "/fhir/Patient/base");
        ran.ready = server.Do("GET", "/health/ready");
      }
      server.process().Signal(SIGTERM);
      ran.exit = server.process().Wait();
      ran.hit = fs::exists(told);
    }
    Look(data, ran, fault.kind + " " + fault.how + (fault.always ? " always" : " once") + " at " + std::to_string(number));
    return ran;
  }

  // All that was acknowledged, and of the rest all or nothing.
  static void Look(const fs::path& data, const Ran& ran, const std::string& what) {
    SCOPED_TRACE(what);
    const auto store = OpenStoreOf(data);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(FindingsOf(*store), "");
    const auto reader = *store->OpenReader();
    const auto acknowledged = [&](std::size_t write) { return ran.writes.size() > write && ran.writes[write] >= 200 && ran.writes[write] < 300; };
    std::size_t there = 0;
    for (const auto& [type, id] : kOfTransaction) there += reader->Read(type, id).has_value();
    EXPECT_TRUE(there == 0 || there == kOfTransaction.size()) << there;
    if (acknowledged(0) || acknowledged(3)) { EXPECT_EQ(there, kOfTransaction.size()); }
    const auto base = reader->Read("Patient", "base");
    ASSERT_TRUE(base);
    if (acknowledged(1)) { EXPECT_EQ(base->version, 2); }
    const auto victim = reader->Read("Patient", "victim");
    ASSERT_TRUE(victim);
    if (acknowledged(2)) { EXPECT_TRUE(victim->deleted()); }
  }

  // Each run to `each`, until one ends in which nothing failed, or so many were made.
  template <typename Each>
  void Sweep(const Fault& fault, long most, const Each& each) {
    long number = 1, failed = 0;
    for (; number <= most && !HasFatalFailure(); ++number) {
      const Ran ran = Run(fault, number);
      if (!ran.hit) break;
      SCOPED_TRACE(fault.kind + " " + fault.how + (fault.always ? " always" : " once") + " at " + std::to_string(number) + ": " + ran.ToString());
      failed += ran.HasFailed() || !ran.started;
      each(ran);
    }
    std::printf("%s %s %s%s: %ld calls failed in their turn, %ld of them told to somebody\n", fault.kind.c_str(), fault.how.c_str(), fault.always ? "always" : "once",
                fault.from_start ? " from the start" : "", number - 1, failed);
  }

 private:
  const TempFolder folder_;
  const fs::path prepared_ = folder_.path() / "prepared";
};

// Nothing succeeds after something failed, and the process ends so that a new one looks at the disk.
void ExpectTheEnd(const Ran& ran) {
  if (!ran.started || !ran.HasFailed()) return;
  const auto failed = std::ranges::find_if(ran.writes, [](int status) { return status >= 300 || status == 0; });
  EXPECT_TRUE(*failed == 500 || *failed == 503) << *failed;
  for (auto later = failed; later != ran.writes.end(); ++later) EXPECT_TRUE(*later == 0 || *later >= 500) << *later;
  EXPECT_TRUE(ran.ready == 503 || ran.ready == 0) << ran.ready;
  EXPECT_GT(ran.exit, 0);
}

TEST_F(FaultSweep, NothingIsAcknowledgedOnTopOfAFailedSync) {
  for (const bool always : {false, true}) Sweep({.kind = "sync", .how = "EIO", .always = always}, EveryDayOrLong(3L, 1000L), ExpectTheEnd);
}

TEST_F(FaultSweep, AFailedWriteEndsTheProcessToo) {
  for (const bool always : {false, true}) Sweep({.kind = "write", .how = "EIO", .always = always}, EveryDayOrLong(2L, 1000L), ExpectTheEnd);
}

TEST_F(FaultSweep, AFullDiskIsSaidAndReadsGoOn) {
  for (const char* how : {"ENOSPC", "EDQUOT", "short"}) {
    for (const bool always : {false, true}) {
      if (!IsLong() && ((how == std::string("EDQUOT") && always) || (how == std::string("short") && always))) continue;
      Sweep({.kind = "write", .how = how, .always = always}, EveryDayOrLong(2L, 1000L), [&](const Ran& ran) {
        if (!ran.started) return;
        EXPECT_EQ(ran.read, 200);
        EXPECT_EQ(ran.exit, 0);
        for (const int status : ran.writes) EXPECT_TRUE((status >= 200 && status < 300) || status == 507) << status;
        if (how == std::string("short")) { EXPECT_FALSE(ran.HasFailed()); }
        if (always && ran.HasFailed()) { EXPECT_EQ(ran.ready, 503); }
        if (!always && ran.HasFailed()) {
          EXPECT_EQ(std::ranges::count(ran.writes, 507), 1);
          EXPECT_EQ(ran.ready, 200);
        }
      });
    }
  }
}

TEST_F(FaultSweep, AnInterruptedWriteIsWrittenAgain) {
  Sweep({.kind = "write", .how = "EINTR"}, EveryDayOrLong(2L, 1000L), [](const Ran& ran) {
    EXPECT_FALSE(ran.HasFailed());
    EXPECT_EQ(ran.exit, 0);
  });
}

TEST_F(FaultSweep, NothingIsHalfThereWhateverElseFails) {
  const auto any = [](const Ran&) {};
  for (const char* kind : {"open", "truncate", "delete", "rename", "map"}) {
    Sweep({.kind = kind, .how = "EIO"}, EveryDayOrLong(1L, 1000L), any);
    if (IsLong()) Sweep({.kind = kind, .how = "EIO", .always = true}, 1000L, any);
  }
}

TEST_F(FaultSweep, AStoreThatCannotBeOpenedWholeIsNotServedAndNotHarmed) {
  for (const char* kind : {"sync", "write", "open", "truncate", "delete", "map"}) {
    Sweep({.kind = kind, .how = "EIO", .from_start = true}, EveryDayOrLong(1L, 1000L), [](const Ran& ran) {
      if (!ran.started) { EXPECT_GT(ran.exit, 0); }
    });
  }
}

TEST_F(FaultSweep, WhenMemoryRunsOutNothingIsHalfThere) {
  // The calls are thousands: single ones from all over.
  const int runs = EveryDayOrLong(6, 200);
  int hit = 0, told = 0, ended = 0;
  for (int run = 0; run < runs && !HasFatalFailure(); ++run) {
    const Ran ran = Run({.kind = "memory", .how = "EIO", .always = run % 4 == 3}, 1 + static_cast<long>(run) * run * run * 7 % 10'000);
    hit += ran.hit;
    EXPECT_TRUE(ran.exit == 0 || ran.exit == 1 || ran.exit == -SIGABRT) << ran.exit;
    told += ran.HasFailed();
    ended += ran.exit != 0;
  }
  std::printf("memory: %d allocations failed, %d of them told to somebody, %d ended the process\n", hit, told, ended);
  EXPECT_GT(hit, runs / 3);
}

}  // namespace
}  // namespace careloom_test
