// Store::Verify of whole stores, on every backend: whatever was written, changed and deleted through the contract, the
// store agrees with itself. What it finds in damaged ones is in tests/server/storage/verify_test.cc.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/storage/sha256.h"
#include "tests/server/search/sample_data.h"
#include "tests/support/shared_data.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using fhir::Result;
using server::storage::VerifyCounts;
using server::storage::VerifyFinding;
using server::storage::WriteTransaction;

template <typename Backend>
class StoreVerify : public careloom_test::StoreTest<Backend> {
 protected:
  using careloom_test::StoreTest<Backend>::store_;
  // Every finding is a failure.
  VerifyCounts Verify() {
    const auto counts = store_->Verify([](const VerifyFinding& finding) { ADD_FAILURE() << finding.where << ": " << finding.text; });
    EXPECT_TRUE(counts) << counts.error().ToString();
    return counts ? *counts : VerifyCounts();
  }
  void Delete(const std::string& type, const std::string& id) {
    EXPECT_TRUE(store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY(transaction.Delete(type, id, std::nullopt));
      return {};
    }));
  }
};

TYPED_TEST_SUITE(StoreVerify, careloom_test::Backends);

TYPED_TEST(StoreVerify, AnEmptyStoreIsClean) {
  const VerifyCounts counts = this->Verify();
  EXPECT_EQ(counts.resources + counts.versions + counts.index_rows + counts.messages + counts.findings, 0);
}

TYPED_TEST(StoreVerify, ManyKindsChangedAndDeletedAreClean) {
  const std::vector<std::string> resources = careloom_test::SampleResources(20, 3);
  for (const std::string& json : resources) ASSERT_TRUE(PutJson(*this->store_, json));
  // Others' content under the same ids: every kind of index row comes and goes.
  std::int64_t versions = static_cast<std::int64_t>(resources.size());
  for (const std::string& json : careloom_test::SampleResources(20, 4)) {
    const auto written = PutJson(*this->store_, json);
    ASSERT_TRUE(written);
    versions += written->changed ? 1 : 0;
  }
  ASSERT_GT(versions, static_cast<std::int64_t>(resources.size()) * 3 / 2);
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","id":")" + std::string(id) + R"(","link":[{"other":{"reference":"Patient/main"},"type":"replaced-by"}]})"));
  }
  this->Delete("Patient", "a");
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","id":"b","active":true})"));
  this->Delete("Patient", "c");
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","id":"c","name":[{"family":"Back"}]})"));
  versions += 7;
  const VerifyCounts counts = this->Verify();
  EXPECT_GE(counts.resources, static_cast<std::int64_t>(resources.size()));
  EXPECT_EQ(counts.versions, this->store_->Count()->versions);
  EXPECT_GE(counts.versions, versions);
  EXPECT_GT(counts.index_rows, counts.resources * 5);
}

// Hundreds of resources of all types, each stored as it is.
TYPED_TEST(StoreVerify, AllPublishedExamplesAreClean) {
  REQUIRE_SHARED_DATA("r4-examples/json");
  for (const auto& file : std::filesystem::directory_iterator(careloom_test::SharedData("r4-examples/json"))) {
    const auto written = PutJson(*this->store_, careloom_test::ReadFile(file.path()));
    EXPECT_TRUE(written) << file.path();
  }
  EXPECT_GT(this->Verify().resources, 700);
}

TYPED_TEST(StoreVerify, MessagesWithAllTheirBytesAreClean) {
  server::storage::Sha256 hash;
  const std::string bytes(700'000, 'x');
  hash.Add(bytes);
  const std::string sha256 = hash.Finish();
  ASSERT_TRUE(this->store_->Write([&](WriteTransaction& transaction) -> Result<void> {
    TRY(transaction.PutMessage({.id = "m"}));
    TRY(transaction.AppendMessageBytes("m", bytes));
    TRY(transaction.PutMessage({.id = "m", .sha256 = sha256, .size_bytes = 700'000, .state = server::storage::MessageState::kStored}));
    TRY(transaction.MarkPartDone("m", "one"));
    TRY(transaction.PutMessage({.id = "coming"}));
    return transaction.AppendMessageBytes("coming", "x");
  }));
  const VerifyCounts counts = this->Verify();
  EXPECT_EQ(counts.messages, 2);
  EXPECT_EQ(counts.message_bytes, 700'001);
}

TYPED_TEST(StoreVerify, OneStateIsSeenWhileOthersWrite) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      EXPECT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","birthDate":")" + std::to_string(1900 + i % 100) + R"(","id":"p)" + std::to_string(i % 30) + "\"}"));
    }
  });
  for (int i = 0; i < 20; ++i) this->Verify();
  stop = true;
  writer.join();
}

}  // namespace
