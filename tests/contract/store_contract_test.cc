// What every storage backend promises (server/storage/store.h), tried on each of them: versions, conditions,
// transactions, history. Searches are in store_search_test.cc, faults and threads in store_durability_test.cc.
#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using fhir::ErrorKind;
using fhir::Result;
using server::storage::Method;
using server::storage::WriteTransaction;
using server::storage::Written;

template <typename Backend>
class StoreContract : public careloom_test::StoreTest<Backend> {
 protected:
  using careloom_test::StoreTest<Backend>::store_;
  server::storage::Version Read(const std::string& type, const std::string& id) { return *(*store_->OpenReader())->Read(type, id); }
  Result<Written> Delete(const std::string& type, const std::string& id, std::optional<std::int64_t> expected = std::nullopt) {
    Written written;
    TRY(store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY_ASSIGN(written, transaction.Delete(type, id, expected));
      return {};
    }));
    return written;
  }
};

TYPED_TEST_SUITE(StoreContract, careloom_test::Backends);

constexpr std::string_view kAda = R"({"resourceType":"Patient","id":"ada","name":[{"family":"Ash","given":["Ada"]}],"birthDate":"1950-01-02"})";

TYPED_TEST(StoreContract, CreatesReadsAndKeepsVersions) {
  const Written created = *PutJson(*this->store_, kAda);
  EXPECT_TRUE(created.created && created.changed);
  EXPECT_EQ(created.version.version, 1);
  EXPECT_EQ(created.version.body,
            R"({"resourceType":"Patient","id":"ada","meta":{"versionId":"1","lastUpdated":"2026-01-01T00:00:01.000Z"},"name":[{"family":"Ash","given":["Ada"]}],"birthDate":"1950-01-02"})");
  const Written updated = *PutJson(*this->store_, R"({"resourceType":"Patient","id":"ada","active":true})");
  EXPECT_FALSE(updated.created);
  EXPECT_EQ(updated.version.version, 2);
  EXPECT_GT(updated.version.last_updated_us, created.version.last_updated_us);
  EXPECT_EQ(this->Read("Patient", "ada").body, updated.version.body);
  const auto reader = *this->store_->OpenReader();
  EXPECT_EQ(reader->ReadVersion("Patient", "ada", 1)->body, created.version.body);
  EXPECT_EQ(reader->ReadVersion("Patient", "ada", 3).error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(reader->Read("Patient", "eve").error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(reader->Read("Nothing", "ada").error().kind(), ErrorKind::kNotFound);
}

TYPED_TEST(StoreContract, TheSameAgainIsNoVersion) {
  const Written first = *PutJson(*this->store_, kAda);
  const Written again = *PutJson(*this->store_, R"({ "birthDate":"1950-01-02", "name":[{"given":["Ada"],"family":"Ash"}], "resourceType":"Patient","meta":{"versionId":"8"},"id":"ada"})");
  EXPECT_FALSE(again.changed || again.created);
  EXPECT_EQ(again.version.body, first.version.body);
  EXPECT_EQ(this->store_->Count()->versions, 1);
}

TYPED_TEST(StoreContract, ExpectedVersionsAreKept) {
  EXPECT_EQ(PutJson(*this->store_, kAda, {.expected_version = 1}).error().kind(), ErrorKind::kPrecondition);
  ASSERT_TRUE(PutJson(*this->store_, kAda));
  EXPECT_EQ(PutJson(*this->store_, R"({"resourceType":"Patient","id":"ada"})", {.expected_version = 2}).error().kind(), ErrorKind::kPrecondition);
  EXPECT_EQ(PutJson(*this->store_, R"({"resourceType":"Patient","id":"ada"})", {.expected_version = 1})->version.version, 2);
  EXPECT_EQ(this->Delete("Patient", "ada", 1).error().kind(), ErrorKind::kPrecondition);
  EXPECT_TRUE(this->Delete("Patient", "ada", 2));
}

TYPED_TEST(StoreContract, AnOlderSayingChangesNothing) {
  ASSERT_TRUE(PutJson(*this->store_, kAda, {.as_of_us = 100}));
  const std::string_view other = R"({"resourceType":"Patient","id":"ada","active":false})";
  EXPECT_FALSE(PutJson(*this->store_, other, {.as_of_us = 99})->changed);
  // The same content said later moves the time on, without a version.
  EXPECT_FALSE(PutJson(*this->store_, kAda, {.as_of_us = 200})->changed);
  EXPECT_FALSE(PutJson(*this->store_, other, {.as_of_us = 150})->changed);
  EXPECT_TRUE(PutJson(*this->store_, other, {.as_of_us = 200})->changed);
  EXPECT_TRUE(PutJson(*this->store_, kAda)->changed);
}

TYPED_TEST(StoreContract, RicherIsKeptWhenAsked) {
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Organization","id":"o","name":"A","alias":["B","C"]})"));
  EXPECT_FALSE(PutJson(*this->store_, R"({"resourceType":"Organization","id":"o","alias":["C"]})", {.keep_richer = true})->changed);
  EXPECT_TRUE(PutJson(*this->store_, R"({"resourceType":"Organization","id":"o","alias":["D"]})", {.keep_richer = true})->changed);
  EXPECT_TRUE(PutJson(*this->store_, R"({"resourceType":"Organization","id":"o"})")->changed);
}

TYPED_TEST(StoreContract, DeletionIsAVersionWithoutBody) {
  ASSERT_TRUE(PutJson(*this->store_, kAda));
  const Written deleted = *this->Delete("Patient", "ada");
  EXPECT_TRUE(deleted.changed && deleted.version.deleted());
  EXPECT_EQ(deleted.version.version, 2);
  EXPECT_TRUE(deleted.version.body.empty());
  EXPECT_TRUE(this->Read("Patient", "ada").deleted());
  EXPECT_FALSE(this->Delete("Patient", "ada")->changed);
  EXPECT_EQ(this->Delete("Patient", "eve").error().kind(), ErrorKind::kNotFound);
  EXPECT_TRUE(careloom_test::SearchAll(*this->store_, "Patient", "family=ash").empty());
  const Written back = *PutJson(*this->store_, kAda);
  EXPECT_TRUE(back.created);
  EXPECT_EQ(back.version.version, 3);
  EXPECT_EQ(careloom_test::SearchAll(*this->store_, "Patient", "family=ash"), std::vector<std::string>{"Patient/ada"});
  const auto counters = *this->store_->Count();
  EXPECT_EQ(counters.resources, 1);
  EXPECT_EQ(counters.versions, 3);
  EXPECT_GE(counters.sequence, 3);
}

TYPED_TEST(StoreContract, HistoryPagesNewestFirst) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Basic","id":"b","code":{"text":")" + std::to_string(i) + "\"}}"));
  ASSERT_TRUE(this->Delete("Basic", "b"));
  const auto reader = *this->store_->OpenReader();
  std::vector<std::int64_t> seen;
  std::int64_t before = 0;
  do {
    const auto page = *reader->History("Basic", "b", before, 4);
    EXPECT_EQ(page.total, 6);
    for (const auto& version : page.versions) {
      seen.push_back(version.version);
      EXPECT_EQ(version.deleted(), version.version == 6);
      EXPECT_EQ(version.method, version.version == 1 ? Method::kCreate : version.version == 6 ? Method::kDelete : Method::kUpdate);
    }
    before = page.next_before_version;
  } while (before != 0);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(reader->History("Basic", "x", 0, 4).error().kind(), ErrorKind::kNotFound);
}

TYPED_TEST(StoreContract, AFailedJobLeavesNothing) {
  ASSERT_TRUE(PutJson(*this->store_, kAda));
  const auto failed = this->store_->Write([](WriteTransaction& transaction) -> Result<void> {
    fhir::Document document = *fhir::json::Read(R"({"resourceType":"Patient","name":[{"family":"Elm"}]})");
    TRY(transaction.Put({.type = "Patient", .id = "eve", .document = &document}));
    TRY(transaction.Delete("Patient", "ada", std::nullopt));
    return fhir::Error(ErrorKind::kUnprocessable, "no");
  });
  EXPECT_EQ(failed.error().kind(), ErrorKind::kUnprocessable);
  EXPECT_FALSE(this->Read("Patient", "ada").deleted());
  EXPECT_EQ((*this->store_->OpenReader())->Read("Patient", "eve").error().kind(), ErrorKind::kNotFound);
  EXPECT_GE(PutJson(*this->store_, R"({"resourceType":"Patient","id":"zoe"})")->version.key, 2);
  EXPECT_EQ(this->store_->Count()->versions, 2);
  // What a job throws is its own failure only.
  EXPECT_EQ(this->store_->Write([](WriteTransaction&) -> Result<void> { throw std::runtime_error("x"); }).error().kind(), ErrorKind::kInternal);
  EXPECT_TRUE(this->store_->Check());
}

TYPED_TEST(StoreContract, AJobSeesItsOwnWrites) {
  const auto done = this->store_->Write([](WriteTransaction& transaction) -> Result<void> {
    const auto query = *careloom_test::ParseSearch("Patient", "identifier=http://s|1");
    EXPECT_TRUE(transaction.Match(query, 2)->empty());
    for (const char* id : {"a", "b", "c"}) {
      fhir::Document document = *fhir::json::Read(R"({"resourceType":"Patient","identifier":[{"system":"http://s","value":"1"}]})");
      TRY(transaction.Put({.type = "Patient", .id = id, .document = &document}));
    }
    EXPECT_EQ(*transaction.Match(query, 2), (std::vector<std::string>{"c", "b"}));
    EXPECT_EQ(transaction.Read("Patient", "b")->version, 1);
    EXPECT_NE(transaction.NewId(), transaction.NewId());
    EXPECT_EQ(transaction.NewId().size(), 36U);
    return {};
  });
  EXPECT_TRUE(done);
}

TYPED_TEST(StoreContract, AReaderSeesOneState) {
  ASSERT_TRUE(PutJson(*this->store_, kAda));
  const auto before = *this->store_->OpenReader();
  EXPECT_EQ(before->Read("Patient", "ada")->version, 1);
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","id":"ada","active":true})"));
  EXPECT_EQ(before->Read("Patient", "ada")->version, 1);
  EXPECT_EQ((*this->store_->OpenReader())->Read("Patient", "ada")->version, 2);
}

TYPED_TEST(StoreContract, RefusesWhatIsNoResourceOfTheType) {
  fhir::Document document = *fhir::json::Read(kAda);
  for (const char* type : {"Observation", "Nothing", ""}) {
    const auto refused = this->store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY(transaction.Put({.type = type, .id = "1", .document = &document}));
      return {};
    });
    EXPECT_EQ(refused.error().kind(), ErrorKind::kInvalid) << type;
  }
  for (const std::string& id : {std::string(), std::string("a/b"), std::string("a b"), std::string(65, 'a')}) {
    const auto refused = this->store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY(transaction.Put({.type = "Patient", .id = id, .document = &document}));
      return {};
    });
    EXPECT_EQ(refused.error().kind(), ErrorKind::kInvalid) << id;
  }
}

}  // namespace
