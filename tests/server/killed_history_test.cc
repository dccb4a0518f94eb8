// Many callers over HTTP on a server that is killed again and again: what they were told must be what a correct store can
// say, whatever became of the requests that were never answered (hardening: S14, S01). CARELOOM_LONG: 100 kills.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/support/history_workload.h"
#include "tests/support/served_process.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

class KilledHistory : public testing::TestWithParam<ServedStore> {};

Send Over(std::uint16_t port) {
  return [port](const auto& method, const auto& target, const auto& headers, const auto& body) { return FetchWhole(port, method, target, headers, body); };
}

TEST_P(KilledHistory, S14_WhatCallersAreToldIsOneHistoryThroughKills) {
  REQUIRE_STORE(GetParam());
  const TempFolder folder;
  const int kills = EveryDayOrLong(4, 100);
  HistoryWorkload workload({.callers = EveryDayOrLong(16, 64), .groups = EveryDayOrLong(6, 60), .conditions = EveryDayOrLong(6, 60)});
  std::mt19937 random(5);
  for (int round = 0; round < kills; ++round) {
    ChildProcess serve(ServeWords(GetParam(), folder.path()));
    const std::uint16_t port = serve.WaitForPort();
    ASSERT_NE(port, 0) << serve.err();
    if (round == 0) workload.SetUp(Over(port));
    std::thread killer([&, delay = std::chrono::milliseconds(200 + random() % 800)] {
      std::this_thread::sleep_for(delay);
      serve.Kill();
    });
    workload.Run({Over(port)}, 1'000'000);
    killer.join();
    EXPECT_EQ(serve.Wait(), -SIGKILL);
  }
  ChildProcess serve(ServeWords(GetParam(), folder.path()));
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  workload.Run({Over(port)}, 500);   // and it goes on from what the kills left
  const auto anomalies = CheckHistory(workload.operations(), workload.ReadFinal(Over(port)));
  EXPECT_TRUE(anomalies.empty()) << ToText(anomalies);
  for (const auto& [status, count] : workload.statuses()) {
    const bool expected = status == 0 || status == 200 || status == 201 || status == 204 || status == 410 || status == 412;
    EXPECT_TRUE(expected) << count << " answers with status " << status;
  }
  EXPECT_GT(static_cast<int>(workload.operations().size()), kills * 50);   // it was at work when the ends came
  EXPECT_GE(workload.statuses().at(0), kills);
}

INSTANTIATE_TEST_SUITE_P(Stores, KilledHistory, testing::ValuesIn(ServedStores()), [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace careloom_test
