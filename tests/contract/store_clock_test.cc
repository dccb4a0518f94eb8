// What every storage backend keeps while the clock jumps: versions in order, a later version never earlier, instants that are
// ones. (hardening: S13)
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "fhir/base/date_time.h"
#include "tests/support/size.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;

constexpr std::int64_t kSecond = 1'000'000, kHour = 3'600 * kSecond, kYear = 365 * 24 * kHour, kNow = 1'767'225'600 * kSecond;
// Where the clock is put, in turn: jumps of a second, an hour, ten years each way; around 1970, 2038, leap days and the
// changes to and from summer time.
constexpr std::array<std::int64_t, 20> kClocks = {
    kNow,           kNow - kSecond,  kNow + kSecond,          kNow - kHour,           kNow + kHour,           kNow - 10 * kYear,        kNow + 10 * kYear,
    0,              -kSecond,        1,                       2'147'483'647 * kSecond, 2'147'483'648 * kSecond, 4'294'967'296 * kSecond,  1'709'164'799 * kSecond,
    1'709'251'199 * kSecond, 951'782'400 * kSecond, 4'107'542'400 * kSecond, 1'774'745'999 * kSecond, 1'792'890'000 * kSecond, kNow};

template <typename Backend>
class StoreClock : public testing::Test {
 protected:
  careloom_test::TempFolder folder_;
  std::shared_ptr<careloom_test::TestPorts> ports_ = std::make_shared<careloom_test::TestPorts>();
};

using Backends = testing::Types<careloom_test::SqliteBackend>;
TYPED_TEST_SUITE(StoreClock, Backends);

TYPED_TEST(StoreClock, MayJumpWhileOthersWrite) {
  const auto store = *TypeParam::Open(this->folder_.path(), this->ports_);
  std::atomic<bool> stop = false;
  std::thread clock([&] {
    for (std::size_t at = 0; !stop; at = (at + 1) % kClocks.size()) {
      this->ports_->now_us = kClocks[at];
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  const int kVersions = careloom_test::EveryDayOrLong(150, 5'000);
  constexpr int kWriters = 4;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      std::int64_t last_key = 0;
      for (int number = 0; number < kVersions; ++number) {
        const auto put = PutJson(*store, R"({"resourceType":"Patient","id":"same","birthDate":")" + std::to_string(1900 + number % 100) + R"(","name":[{"family":"W)" +
                                             std::to_string(writer) + "\"}]}");
        EXPECT_TRUE(put) << put.error().ToString();
        const auto own = PutJson(*store, R"({"resourceType":"Patient","id":"w)" + std::to_string(writer) + "-" + std::to_string(number) + "\"}");
        ASSERT_TRUE(own) << own.error().ToString();
        EXPECT_GT(own->version.key, last_key);   // order of arrival is no matter of the clock
        last_key = own->version.key;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  clock.join();
  const auto reader = *store->OpenReader();
  const auto history = reader->History("Patient", "same", 0, kWriters * kVersions);
  ASSERT_TRUE(history);
  ASSERT_GT(history->versions.size(), 10U);
  std::int64_t number = history->total, later = 0;
  for (const auto& version : history->versions) {
    EXPECT_EQ(version.version, number--);
    if (later != 0) { EXPECT_LT(version.last_updated_us, later); }
    later = version.last_updated_us;
    const std::size_t at = version.body.find("\"lastUpdated\":\"") + 15;
    const std::string instant = version.body.substr(at, version.body.find('"', at) - at);
    EXPECT_TRUE(fhir::DateTime::Parse(instant)) << instant;
  }
  std::string found;
  const auto counts = store->Verify([&](const server::storage::VerifyFinding& finding) { found += finding.where + ": " + finding.text + "\n"; });
  ASSERT_TRUE(counts);
  EXPECT_EQ(found, "");
}

}  // namespace
