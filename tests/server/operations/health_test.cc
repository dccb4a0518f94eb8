// Readiness is honest: each thing that can be wrong turns it off, with its code, and on again.
#include "server/operations/readiness.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <thread>

#include "tests/support/served.h"

namespace server::operations {
namespace {

using careloom_test::Served;
using fhir::Error;
using fhir::ErrorKind;

// A process whose parts fail when told to.
struct Parts {
  std::atomic<bool> has_failed = false, refuses = false, is_full = false;
  std::atomic<int> percent = 50;
  std::atomic<bool> is_read_only = false;
  std::atomic<std::int64_t> failing_since_us = 0, expires = 0, now_us = 1'000'000'000'000;

  ReadinessSources Sources() {
    ReadinessSources sources;
    sources.has_store_failed = [this] { return has_failed.load(); };
    sources.check_store = [this]() -> fhir::Result<void> {
      if (is_full) return Error(ErrorKind::kUnavailable, "The store's disk is full.").WithIssueType("no-store");
      if (refuses) return Error(ErrorKind::kUnavailable, "The store is busy.").WithDetail("sqlite code 8");
      return {};
    };
    sources.look_at_disk = [this] { return std::optional<Disk>({percent, is_read_only}); };
    sources.inbox_failing_since_us = [this] { return failing_since_us.load(); };
    sources.certificate_expires = [this] { return expires.load(); };
    sources.now_us = [this] { return now_us.load(); };
    return sources;
  }
};

std::string Codes(Readiness& readiness) {
  std::string codes;
  for (const Unready& reason : readiness.Look()) codes += (codes.empty() ? "" : " ") + std::string(reason.code);
  return codes;
}

TEST(Readiness, EachReasonHasItsCodeAndGoesAway) {
  Parts parts;
  Readiness readiness(parts.Sources(), {});
  EXPECT_EQ(Codes(readiness), "");
  parts.has_failed = true;
  EXPECT_EQ(Codes(readiness), "store-failed");
  parts.has_failed = false;
  parts.refuses = true;
  EXPECT_EQ(Codes(readiness), "store-refuses");
  parts.refuses = false;
  parts.percent = 95;
  EXPECT_EQ(Codes(readiness), "disk-full");
  parts.is_full = true;
  EXPECT_EQ(Codes(readiness), "disk-full");   // said once
  parts.percent = 50;
  EXPECT_EQ(Codes(readiness), "disk-full");   // the store knows of limits that the disk does not show
  parts.is_full = false;
  parts.percent = 94;
  parts.is_read_only = true;
  EXPECT_EQ(Codes(readiness), "disk-read-only");
  parts.is_read_only = false;
  parts.expires = parts.now_us / 1'000'000;
  EXPECT_EQ(Codes(readiness), "certificate-expired");
  parts.expires = parts.now_us / 1'000'000 + 1;
  parts.failing_since_us = parts.now_us - 60'000'000;
  EXPECT_EQ(Codes(readiness), "inbox-stuck");
  parts.failing_since_us = parts.now_us - 59'999'999;   // it may come right by itself
  EXPECT_EQ(Codes(readiness), "");
  parts.has_failed = parts.is_read_only = true;
  EXPECT_EQ(Codes(readiness), "store-failed disk-read-only");
}

TEST(Readiness, AStoreThatNeverAnswersIsSaidToBeStuckByEveryoneWhoAsks) {
  Parts parts;
  std::latch stuck(1);
  std::atomic<int> looks = 0;
  ReadinessSources sources = parts.Sources();
  sources.check_store = [&]() -> fhir::Result<void> {
    if (looks++ == 0) stuck.wait();
    return {};
  };
  Watch watch;
  watch.probe_ms = 30;
  Readiness readiness(std::move(sources), watch);
  auto other = std::async(std::launch::async, [&] { return Codes(readiness); });
  EXPECT_EQ(Codes(readiness), "writes-stuck");   // comes back, or the test hangs
  EXPECT_EQ(other.get(), "writes-stuck");
  EXPECT_EQ(Codes(readiness), "writes-stuck");
  EXPECT_EQ(looks, 1);                           // nobody piles up behind the one that is stuck
  stuck.count_down();
  while (!Codes(readiness).empty()) std::this_thread::yield();
}

TEST(Health, AWriteThatDoesNotEndMakesReadyA503WithACodeAndLiveStaysWell) {
  AppOptions options;
  options.watch.probe_ms = 50;
  Served served(options);
  EXPECT_EQ(served.Do("GET", "/health/ready").body, R"({"status":"pass"})");
  std::latch begun(1), held(1);
  std::thread writer([&] {
    const auto written = served.app().store->Write([&](storage::WriteTransaction&) -> fhir::Result<void> {
      begun.count_down();
      held.wait();
      return {};
    });
    EXPECT_TRUE(written);
  });
  begun.wait();
  const http::Response answer = served.Do("GET", "/health/ready");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, R"({"status":"fail","reasons":["writes-stuck"]})");
  EXPECT_NE(http::FindHeader(answer.headers, "Retry-After"), "");
  EXPECT_EQ(served.Do("GET", "/health/live").status, 200);
  held.count_down();
  writer.join();
  while (served.Do("GET", "/health/ready").status != 200) std::this_thread::yield();
}

TEST(Health, ReasonsAreExplainedOnTheAdminListenerAlone) {
  Served served;
  served.app().store_failed = true;
  const http::Router admin(served.app(), http::Serves::kAdminOnly);
  http::Request request;
  request.method = "GET";
  request.target = "/health/ready";
  const http::Response told = admin.Handle(request);
  EXPECT_EQ(told.status, 503);
  EXPECT_NE(told.body.find(R"("reasons":["store-failed"],"details":["The disk failed)"), std::string::npos) << told.body;
  EXPECT_EQ(served.Do("GET", "/health/ready").body, R"({"status":"fail","reasons":["store-failed"]})");
}

TEST(AdminListener, ServesHealthAndFiguresAndNothingElse) {
  Served served;
  const http::Router admin(served.app(), http::Serves::kAdminOnly), open(served.app(), http::Serves::kPublic);
  const auto status = [](const http::Router& router, const std::string& target) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    return router.Handle(request).status;
  };
  for (const char* target : {"/metrics", "/health/live", "/health/ready"}) EXPECT_EQ(status(admin, target), 200) << target;
  for (const char* target : {"/fhir/metadata", "/fhir/Patient", "/inbox", "/inbox/1"}) EXPECT_EQ(status(admin, target), 404) << target;
  EXPECT_EQ(status(open, "/metrics"), 404);
  EXPECT_EQ(status(open, "/health/ready"), 200);
  EXPECT_EQ(served.Do("GET", "/metrics").status, 200);   // a listener without an admin one beside it
}

}  // namespace
}  // namespace server::operations
