// The review over many resources, broken off, by several at once, and on its own thread.
#include "server/care/review/review.h"

#include <future>
#include <thread>

#include "server/care/review/scheduler.h"
#include "tests/server/care/either_store.h"
#include "tests/server/command/ran.h"

namespace {

using server::care::review::Review;
using server::care::review::Scheduler;
using server::care::review::Tally;

class ReviewOf : public careloom_test::EitherStore {
 protected:
  void PutOverdue(int count) {
    std::string entries;
    for (int i = 0; i < count; ++i) {
      entries += (i ? "," : "") + std::string(R"({"resource":{"resourceType":"Task","id":"r)") + std::to_string(i) +
                 R"(","status":"requested","intent":"order","code":{"coding":[{"system":"http://snomed.info/sct","code":"425268008"}]},"for":{"reference":"Patient/p"},)" +
                 R"("restriction":{"period":{"end":"2025-01-31"}}},"request":{"method":"PUT","url":"Task/r)" + std::to_string(i) + "\"}}";
    }
    Put("Patient/p", R"({"resourceType":"Patient","id":"p"})");
    const auto answer = served_->Do("POST", "/fhir", R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  static const Tally& Of(const std::vector<Tally>& tallies, std::string_view watch) {
    for (const Tally& tally : tallies) {
      if (tally.watch == watch) return tally;
    }
    throw std::runtime_error("no such watch");
  }
  std::int64_t Flags() { return Count("Flag?status=active&code=plan-review-overdue"); }
  std::int64_t Chases() { return Count("Task?code=https://careloom.example/fhir/CodeSystem/watch%7Cplan-review-overdue"); }
};

TEST_P(ReviewOf, MoreThanAPageIsRaisedOnceAndClearedOnce) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(230));
  const auto first = Review(served_->app());
  ASSERT_TRUE(first) << first.error().ToString();
  EXPECT_EQ(Of(*first, "plan-review-overdue").found, 230);
  EXPECT_EQ(Of(*first, "plan-review-overdue").raised, 230);
  EXPECT_EQ(Flags(), 230);
  EXPECT_EQ(Chases(), 230);
  const auto again = Review(served_->app());
  ASSERT_TRUE(again);
  EXPECT_EQ(Of(*again, "plan-review-overdue").raised, 0);
  EXPECT_EQ(Chases(), 230);
  served_->app().now_us = [] { return std::int64_t{1'735'689'600'000'000}; };   // 2025-01-01: not overdue yet
  const auto before = Review(served_->app());
  ASSERT_TRUE(before);
  EXPECT_EQ(Of(*before, "plan-review-overdue").cleared, 230);
  EXPECT_EQ(Flags(), 0);
}

TEST_P(ReviewOf, AFlagThatNamesNoResourceHoldsNobodyUp) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(1));
  for (const char* what : {"r0&_nonsense=1", "r0,r1", "", "r0&_count=0", "r0/_history/1"}) {
    const std::string flag = R"({"resourceType":"Flag","id":"f","identifier":[{"system":"https://careloom.example/fhir/id/watch","value":"plan-review-overdue/Task/)" + std::string(what) +
                             R"("}],"status":"active","code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/watch","code":"plan-review-overdue"}]},"subject":{"reference":"Patient/p"}})";
    Put("Flag/f", flag);
    const auto done = Review(served_->app());
    ASSERT_TRUE(done) << what << ": " << done.error().ToString();
    EXPECT_EQ(Of(*done, "plan-review-overdue").found, 1) << what;
    EXPECT_EQ(Of(*done, "plan-review-overdue").cleared, 0) << what;
  }
  EXPECT_EQ(Flags(), 2);   // it and the one that was raised
}

TEST_P(ReviewOf, TheDayItselfIsNotOverdue) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(1));
  const auto at = [&](std::int64_t us) {
    served_->app().now_us = [us] { return us; };
    const auto done = Review(served_->app());
    return done ? Of(*done, "plan-review-overdue").raised : -1;
  };
  EXPECT_EQ(at(1'738'367'999'000'000), 0);   // 2025-01-31T23:59:59Z
  EXPECT_EQ(at(1'738'368'000'000'000), 1);   // 2025-02-01T00:00:00Z
}

TEST_P(ReviewOf, OneThatWasBrokenOffIsTakenUpByTheNext) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(230));
  for (int pages = 1; pages < 12; ++pages) {
    int asked = 0;
    const auto part = Review(served_->app(), [&] { return ++asked > pages; });
    if (part) break;
    EXPECT_EQ(part.error().kind(), fhir::ErrorKind::kUnavailable);
    EXPECT_EQ(Flags(), Chases());
  }
  const auto last = Review(served_->app());
  ASSERT_TRUE(last);
  EXPECT_EQ(Flags(), 230);
  EXPECT_EQ(Chases(), 230);
}

TEST_P(ReviewOf, SeveralAtOnceRaiseEachOnce) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(120));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      const auto done = Review(served_->app());
      EXPECT_TRUE(done || done.error().kind() == fhir::ErrorKind::kThrottled) << done.error().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(Review(served_->app()));
  EXPECT_EQ(Flags(), 120);
  EXPECT_EQ(Chases(), 120);
}

TEST_P(ReviewOf, OneThatCannotBeFlaggedHoldsUpNoOther) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(3));
  Put("Task/nobody", R"({"resourceType":"Task","id":"nobody","status":"requested","intent":"order","code":{"coding":[{"system":"http://snomed.info/sct","code":"425268008"}]},"restriction":{"period":{"end":"2025-01-31"}}})");
  const auto done = Review(served_->app());
  ASSERT_TRUE(done);
  EXPECT_EQ(Of(*done, "plan-review-overdue").raised, 3);
  EXPECT_EQ(Of(*done, "plan-review-overdue").failed, 1);
}

TEST_P(ReviewOf, TheSchedulerReviewsWhenItIsStartedAndStopsAtOnce) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(2));
  std::promise<std::int64_t> raised;
  {
    bool told = false;
    const Scheduler scheduler(served_->app(), std::chrono::hours(24), [&](const fhir::Result<std::vector<Tally>>& done) {
      if (!std::exchange(told, true)) raised.set_value(done ? Of(*done, "plan-review-overdue").raised : -1);
    });
    EXPECT_EQ(raised.get_future().get(), 2);
  }
  EXPECT_EQ(Flags(), 2);
}

TEST_P(ReviewOf, TheCommandDoesTheSameAndSaysWhatItDid) {
  ASSERT_NO_FATAL_FAILURE(PutOverdue(2));
  served_.reset();
  const auto review = [&] {
    return GetParam() ? careloom_test::RunCommand("review", {{"--postgres", careloom_test::PostgresUrlFor(folder_.path())}}) : careloom_test::RunCommand("review", {{"--data", folder_.path().string()}});
  };
  const auto ran = review();
  EXPECT_EQ(ran.exit, server::command::Exit::kDone) << ran.err;
  EXPECT_NE(ran.out.find("plan-review-overdue: 2 found, 2 raised, 0 cleared\n"), std::string::npos) << ran.out;
  EXPECT_NE(review().out.find("plan-review-overdue: 2 found, 0 raised, 0 cleared\n"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(On, ReviewOf, testing::Bool(), careloom_test::StoreName);

}  // namespace
