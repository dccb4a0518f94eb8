// Many callers on a few resources, on each backend: what they were told must be what a correct store can say, by
// tests/support/history_checker.h (hardening: S14). CARELOOM_LONG: two million operations.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "tests/support/app_over_store.h"
#include "tests/support/history_workload.h"
#include "tests/support/size.h"

namespace careloom_test {
namespace {

template <typename Backend>
class StoreHistory : public testing::Test {
 protected:
  void SetUp() override {
    if (!Backend::IsThere()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    auto store = Backend::Open(folder_.path(), ports_);
    ASSERT_TRUE(store) << store.error().ToString();
    app_ = std::make_unique<AppOverStore>(*std::move(store), ports_);
    send_ = [this](const auto& method, const auto& target, const auto& headers, const auto& body) { return app_->Do(method, target, headers, body); };
  }

  const TempFolder folder_;
  const std::shared_ptr<TestPorts> ports_ = std::make_shared<TestPorts>();
  std::unique_ptr<AppOverStore> app_;
  Send send_;
};

TYPED_TEST_SUITE(StoreHistory, Backends);

TYPED_TEST(StoreHistory, S14_WhatConcurrentCallersAreToldIsOneHistory) {
  const int operations = EveryDayOrLong(8'000, 2'000'000);
  // Long: as many operations a resource as every day, or the histories would grow without end.
  const int breadth = EveryDayOrLong(8, 1'000);
  HistoryWorkload workload({.callers = EveryDayOrLong(16, 64), .groups = breadth, .conditions = breadth});
  workload.SetUp(this->send_);
  workload.Run({this->send_}, operations);
  const FinalHistory final_history = workload.ReadFinal(this->send_);
  const auto anomalies = CheckHistory(workload.operations(), final_history);
  EXPECT_TRUE(anomalies.empty()) << ToText(anomalies);
  // It was a race: conditions were met and missed, and nothing but what FHIR has an answer for came back.
  for (const auto& [status, count] : workload.statuses()) {
    const bool expected = status == 200 || status == 201 || status == 204 || status == 410 || status == 412;
    EXPECT_TRUE(expected) << count << " answers with status " << status;
  }
  for (const int status : {200, 201, 204, 412}) EXPECT_GT(workload.statuses().count(status), 0u) << status;
  EXPECT_GE(static_cast<int>(workload.operations().size()), operations * 9 / 10);
}

// Controls: the same callers at a server that breaks one promise are told what no correct store can say.
TYPED_TEST(StoreHistory, S14_AServerThatBreaksAPromiseIsFound) {
  using server::http::Headers;
  using server::http::Response;
  const auto without = [](Headers headers, std::string_view name) {
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    return headers;
  };
  std::mutex mutex;
  std::map<std::string, Response> first_answers;
  const std::pair<AnomalyKind, Send> controls[] = {
      {AnomalyKind::kIfMatchIgnored, [&](const auto& method, const auto& target, const auto& headers, const auto& body) { return this->send_(method, target, without(headers, "If-Match"), body); }},
      {AnomalyKind::kDuplicateCreate, [&](const auto& method, const auto& target, const auto& headers, const auto& body) { return this->send_(method, target, without(headers, "If-None-Exist"), body); }},
      // A batch in place of a transaction.
      {AnomalyKind::kTornRead,
       [&](const auto& method, const auto& target, const auto& headers, const auto& body) {
         const std::size_t at = body.find(R"("type":"transaction")");
         return this->send_(method, target, headers, at == std::string::npos ? body : std::string(body).replace(at + 8, 11, "batch"));
       }},
      // A cache that never forgets.
      {AnomalyKind::kStaleRead,
       [&](const auto& method, const auto& target, const auto& headers, const auto& body) {
         Response answer = this->send_(method, target, headers, body);
         if (method != "GET" || target.find("_history") != std::string::npos) return answer;
         const std::lock_guard<std::mutex> lock(mutex);
         return first_answers.emplace(target, answer).first->second;
       }},
      // Every tenth update is acknowledged and not stored.
      {AnomalyKind::kLostWrite,
       [&, count = std::make_shared<std::atomic<int>>(0)](const auto& method, const auto& target, const auto& headers, const auto& body) {
         if (method != "PUT" || target.find('?') != std::string::npos || ++*count % 10 != 0) return this->send_(method, target, headers, body);
         Response answer = this->send_("GET", target, {}, {});
         answer.status = 200;
         return answer;
       }},
  };
  for (const auto& [kind, send] : controls) {
    // Each over a store of its own.
    const TempFolder folder;
    auto store = TypeParam::Open(folder.path(), this->ports_);
    ASSERT_TRUE(store) << store.error().ToString();
    this->app_ = std::make_unique<AppOverStore>(*std::move(store), this->ports_);
    HistoryWorkload workload({.callers = 16, .groups = 4, .conditions = 4});
    workload.SetUp(this->send_);
    workload.Run({send}, 2'000);
    const auto anomalies = CheckHistory(workload.operations(), workload.ReadFinal(this->send_));
    EXPECT_TRUE(std::ranges::find(anomalies, kind, &Anomaly::kind) != anomalies.end()) << "kind " << static_cast<int>(kind) << " was not found among\n" << ToText(anomalies);
    this->app_.reset();
  }
}

}  // namespace
}  // namespace careloom_test
