// What every storage backend keeps under threads and death: no duplicate from races, no loss after an
// acknowledgement, whole pages while others write.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using fhir::ErrorKind;
using fhir::Result;
using server::storage::WriteTransaction;

template <typename Backend>
class StoreDurability : public careloom_test::StoreTest<Backend> {
 protected:
  using careloom_test::StoreTest<Backend>::store_;};

TYPED_TEST_SUITE(StoreDurability, careloom_test::Backends);

// If-None-Exist as an interaction does it.
Result<bool> CreateUnlessThere(server::storage::Store& store, int number) {
  const std::string value = std::to_string(number);
  TRY_ASSIGN(const auto query, careloom_test::ParseSearch("Patient", "identifier=http://s%7C" + value));
  bool created = false;
  std::string id;
  TRY(store.Write([&](WriteTransaction& transaction) -> Result<void> {
    created = false;
    TRY_ASSIGN(const std::vector<std::string> there, transaction.Match(query, 2));
    if (!there.empty()) return {};
    TRY_ASSIGN(fhir::Document document, fhir::json::Read(R"({"resourceType":"Patient","identifier":[{"system":"http://s","value":")" + value + "\"}]}"));
    id = transaction.NewId();
    TRY(transaction.Put({.type = "Patient", .id = id, .document = &document}));
    created = true;
    return {};
  }));
  if (!created) return false;
  // Acknowledged means committed: whoever looks now sees it.
  TRY_ASSIGN(const auto reader, store.OpenReader());
  TRY(reader->Read("Patient", id));
  return true;
}

TYPED_TEST(StoreDurability, ARaceOfConditionalCreatesMakesOneEach) {
  constexpr int kThreads = 16, kNumbers = 200;
  std::atomic<int> created = 0, failed = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int number = 0; number < kNumbers; ++number) {
        const auto result = CreateUnlessThere(*this->store_, number);
        if (!result) ++failed;
        else if (*result) ++created;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(created, kNumbers);
  EXPECT_EQ(this->store_->Count()->resources, kNumbers);
  for (int number = 0; number < kNumbers; ++number) {
    EXPECT_EQ(careloom_test::SearchAll(*this->store_, "Patient", "identifier=" + std::to_string(number)).size(), 1U) << number;
  }
}

// A sum that is read, added to and written back, as budgets' balances are.
TYPED_TEST(StoreDurability, WhatIsLockedFirstIsCountedByOneAtATime) {
  constexpr int kThreads = 8, kTimes = 25;
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Basic","id":"sum","language":"0"})"));
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int time = 0; time < kTimes; ++time) {
        const auto added = this->store_->Write([](WriteTransaction& transaction) -> Result<void> {
          TRY(transaction.Lock("Basic/sum"));
          TRY_ASSIGN(const auto stored, transaction.Read("Basic", "sum"));
          TRY_ASSIGN(fhir::Document document, fhir::json::Read(stored.body));
          const std::string next = std::to_string(std::stoi(std::string(document.root->ValueOf("language"))) + 1);
          document.SetValue(document.root->Find("language"), fhir::ValueKind::kString, next);
          TRY(transaction.Put({.type = "Basic", .id = "sum", .document = &document}));
          return {};
        });
        if (!added) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  const auto reader = this->store_->OpenReader();
  EXPECT_NE((*reader)->Read("Basic", "sum")->body.find("\"language\":\"" + std::to_string(kThreads * kTimes) + "\""), std::string::npos);
}

TYPED_TEST(StoreDurability, ReopensWithAllItHad) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","active":true,"id":"p)" + std::to_string(i) + "\"}"));
  const auto page = careloom_test::SearchPageOf(*this->store_, "Patient", "active=true&_count=7");
  const auto second = TypeParam::Open(this->folder_.path(), this->ports_);
  if (TypeParam::kManyProcesses) {
    EXPECT_EQ((*second)->Count()->resources, 20);
  } else {
    EXPECT_EQ(second.error().kind(), ErrorKind::kUnavailable) << "a second one that would write is refused while the first lives";
  }
  this->store_.reset();
  this->Open();
  EXPECT_EQ(this->store_->Count()->resources, 20);
  EXPECT_EQ(careloom_test::SearchAll(*this->store_, "Patient", "active=true").size(), 20U);
  // A page link outlives the process that gave it.
  EXPECT_TRUE(careloom_test::SearchPageOf(*this->store_, "Patient", "active=true&_count=7&_cursor=" + page->next_cursor));
  EXPECT_GT(PutJson(*this->store_, R"({"resourceType":"Patient","id":"next"})")->version.key, page->entries.front().version.key);
}

TYPED_TEST(StoreDurability, AWalkOverPagesSeesAllOnceWhileOthersWrite) {
  std::set<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    const std::string id = "p" + std::to_string(i);
    ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","active":true,"id":")" + id + "\"}"));
    expected.insert("Patient/" + id);
  }
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      // New ones, and new versions of some that are walked over.
      EXPECT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","active":true,"id":"new)" + std::to_string(i) + "\"}"));
      EXPECT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","active":true,"birthDate":")" + std::to_string(1900 + i % 100) + R"(","id":"p)" + std::to_string(i % 300) + "\"}"));
    }
  });
  for (int walk = 0; walk < 3; ++walk) {
    std::multiset<std::string> seen;
    for (const std::string& name : careloom_test::SearchAll(*this->store_, "Patient", "active=true&_count=11")) {
      if (!name.starts_with("Patient/new")) seen.insert(name);
    }
    EXPECT_TRUE(std::equal(seen.begin(), seen.end(), expected.begin(), expected.end())) << seen.size();
  }
  stop = true;
  writer.join();
}

// The child acknowledges each stored id on the pipe, then is killed in the middle of its work.
[[noreturn]] void WriteUntilKilled(const std::function<Result<std::unique_ptr<server::storage::Store>>()>& open, int pipe_end) {
  const auto store = open();
  if (!store) _exit(1);
  for (int i = 0;; ++i) {
    const std::string id = std::to_string(i);
    if (!PutJson(**store, R"({"resourceType":"Patient","active":true,"id":")" + id + "\"}")) _exit(2);
    if (::write(pipe_end, (id + "\n").data(), id.size() + 1) < 0) _exit(3);
  }
}

TYPED_TEST(StoreDurability, WhatWasAcknowledgedSurvivesAKill) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer allows no threads after a fork";
#endif
  careloom_test::SharedDefinitions();   // loaded before the fork, so that the child is soon at work
  for (int round = 0; round < 3; ++round) {
    const careloom_test::TempFolder folder;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) WriteUntilKilled([&] { return TypeParam::Open(folder.path(), this->ports_); }, ends[1]);
    ::close(ends[1]);
    std::string acknowledged;
    char bytes[256];
    for (ssize_t size = 1; size > 0;) {
      size = ::read(ends[0], bytes, sizeof bytes);
      if (size > 0) acknowledged.append(bytes, static_cast<std::size_t>(size));
      if (acknowledged.size() > 200U + 150U * static_cast<unsigned>(round)) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
    const auto store = *TypeParam::Open(folder.path(), this->ports_);
    const auto reader = *store->OpenReader();
    const auto lines = std::count(acknowledged.begin(), acknowledged.end(), '\n');
    ASSERT_GT(lines, 50);
    for (int i = 0; i < lines; ++i) EXPECT_TRUE(reader->Read("Patient", std::to_string(i))) << i;
    // At most the one that was being acknowledged is there besides; the index says the same as the rows.
    const auto count = store->Count()->resources;
    EXPECT_LE(count, lines + 1);
    EXPECT_EQ(careloom_test::SearchAll(*store, "Patient", "active=true&_count=1000").size(), static_cast<std::size_t>(count));
  }
}

}  // namespace
