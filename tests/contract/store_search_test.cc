// Searches over every storage backend: against the plain evaluator, includes, chains, pages, refusals.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/server/search/plain_search.h"
#include "tests/server/search/questions.h"
#include "tests/server/search/sample_data.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using careloom_test::SearchAll;
using careloom_test::SearchPageOf;
using fhir::ErrorKind;
using Names = std::vector<std::string>;

template <typename Backend>
class StoreSearch : public careloom_test::StoreTest<Backend> {
 protected:
  using careloom_test::StoreTest<Backend>::store_;
  void Put(std::string_view json) {
    const auto written = PutJson(*store_, json);
    ASSERT_TRUE(written) << written.error().ToString();
  }
  Names All(std::string_view type, const std::string& query) { return SearchAll(*store_, type, query); }
};

TYPED_TEST_SUITE(StoreSearch, careloom_test::Backends);

TYPED_TEST(StoreSearch, AnswersAsThePlainEvaluatorDoes) {
  careloom_test::PlainStore plain;
  for (const std::string& json : careloom_test::SampleResources(60, 1)) {
    const auto written = PutJson(*this->store_, json);
    ASSERT_TRUE(written) << written.error().ToString();
    plain.Add(written->version.key, *fhir::json::Read(written->version.body));
  }
  careloom_test::Questions questions(plain, 2);
  int found_some = 0;
  for (int i = 0; i < 1000; ++i) {
    const careloom_test::PlainSearch search = questions.Next();
    const std::string url = careloom_test::UrlOf(search);
    const Names expected = plain.Search(search);
    found_some += expected.empty() ? 0 : 1;
    ASSERT_EQ(this->All(search.type, url + "&_count=" + std::to_string(1 + questions.Below(30))), expected) << search.type << "?" << url;
    const auto counted = SearchPageOf(*this->store_, search.type, url + "&_summary=count");
    ASSERT_TRUE(counted) << counted.error().ToString();
    ASSERT_EQ(counted->total, static_cast<std::int64_t>(expected.size())) << search.type << "?" << url;
    ASSERT_TRUE(counted->entries.empty());
  }
  EXPECT_GT(found_some, 300);
}

TYPED_TEST(StoreSearch, AnUpdateLeavesNoTraceOfWhatWas) {
  this->Put(R"({"resourceType":"Patient","id":"p","name":[{"family":"Ash"}],"birthDate":"1950","identifier":[{"system":"http://s","value":"1"}]})");
  this->Put(R"({"resourceType":"Patient","id":"p","name":[{"family":"Elm"}],"birthDate":"1951","identifier":[{"system":"http://s","value":"2"}]})");
  for (const char* gone : {"family=ash", "birthdate=1950", "identifier=1", "identifier=http://s|1"}) EXPECT_EQ(this->All("Patient", gone), Names{}) << gone;
  for (const char* now : {"family=elm", "birthdate=1951", "identifier=2", "identifier=http://s%7C2"}) EXPECT_EQ(this->All("Patient", now), Names{"Patient/p"}) << now;
}

TYPED_TEST(StoreSearch, BringsWhatIsReferredTo) {
  this->Put(R"({"resourceType":"Organization","id":"o","name":"O"})");
  this->Put(R"({"resourceType":"Patient","id":"p","name":[{"family":"Ash"}],"managingOrganization":{"reference":"Organization/o"}})");
  this->Put(R"({"resourceType":"Observation","id":"x","status":"final","code":{"coding":[{"code":"c"}]},"subject":{"reference":"Patient/p"}})");
  this->Put(R"({"resourceType":"Provenance","id":"v","target":[{"reference":"Observation/x"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"reference":"Organization/o"}}]})");
  EXPECT_EQ(this->All("Observation", "_include=Observation:subject"), (Names{"Observation/x", "+Patient/p"}));
  EXPECT_EQ(this->All("Observation", "_include=Observation:subject:Group"), (Names{"Observation/x"}));
  EXPECT_EQ(this->All("Patient", "_include=*"), (Names{"Patient/p", "+Organization/o"}));
  EXPECT_EQ(this->All("Observation", "_revinclude=Provenance:target"), (Names{"Observation/x", "+Provenance/v"}));
  EXPECT_EQ(this->All("Patient", "_revinclude=Observation:*"), (Names{"Patient/p", "+Observation/x"}));
  EXPECT_EQ(this->All("Observation", "subject:Patient.family=ash"), (Names{"Observation/x"}));
  EXPECT_EQ(this->All("Observation", "subject.name=ash"), (Names{"Observation/x"}));
  EXPECT_EQ(this->All("Observation", "patient.organization=Organization/o"), (Names{"Observation/x"}));
  EXPECT_EQ(this->All("Observation", "subject.name=elm"), Names{});
  for (const char* query : {"patient=p", "patient=Patient/p", "subject=Patient/p", "subject:Patient=p", "subject=p"}) EXPECT_EQ(this->All("Observation", query), (Names{"Observation/x"})) << query;
}

// More than one statement's worth of them, some of a later version, some gone.
TYPED_TEST(StoreSearch, EveryEntryOfALongPageHasItsOwnBody) {
  constexpr int kPatients = 40;
  for (const int round : {1, 2}) {
    for (int i = 0; i < kPatients; ++i) {
      const std::string n = std::to_string(i);
      if (round == 2 && i % 3 != 0) continue;
      this->Put(R"({"resourceType":"Organization","id":"o)" + n + R"(","name":"Ward )" + n + (round == 2 ? " West" : "") + R"("})");
      this->Put(R"({"resourceType":"Patient","id":"p)" + n + R"(","active":true,"gender":")" + (round == 2 ? "female" : "male") + R"(","managingOrganization":{"reference":"Organization/o)" + n + R"("}})");
    }
  }
  ASSERT_TRUE(this->store_->Write([](server::storage::WriteTransaction& transaction) -> fhir::Result<void> {
    TRY(transaction.Delete("Patient", "p7", std::nullopt));
    return {};
  }));
  for (const std::string query : {"active=true", "active=true&_sort=gender", "_sort=-_id"}) {
    for (const int count : {1, 3, 16, 17, 39, 50}) {
      const auto page = SearchPageOf(*this->store_, "Patient", query + "&_include=Patient:organization&_count=" + std::to_string(count));
      ASSERT_TRUE(page) << page.error().ToString();
      std::set<std::string> seen;
      for (const auto& entry : page->entries) {
        const server::storage::Version& version = entry.version;
        EXPECT_TRUE(seen.insert(version.type + "/" + version.id).second);
        EXPECT_NE(version.body.find("\"id\":\"" + version.id + "\""), std::string::npos) << version.id << ": " << version.body;
        EXPECT_NE(version.body.find("\"versionId\":\"" + std::to_string(version.version) + "\""), std::string::npos) << version.id << ": " << version.body;
        if (entry.is_match) { EXPECT_NE(version.body.find("\"Organization/o" + version.id.substr(1) + "\""), std::string::npos) << version.body; }
      }
      const auto expected = static_cast<std::size_t>(std::min(count, kPatients - 1));
      EXPECT_EQ(page->entries.size(), 2 * expected) << query << " " << count;
      EXPECT_EQ(seen.count("Patient/p7"), 0u);
    }
  }
}

TYPED_TEST(StoreSearch, EverythingIsAtHomeOrReferredTo) {
  this->Put(R"({"resourceType":"Observation","id":"early","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/p"}})");
  this->Put(R"({"resourceType":"Organization","id":"o","name":"O"})");
  this->Put(R"({"resourceType":"Patient","id":"p","managingOrganization":{"reference":"Organization/o"}})");
  this->Put(R"({"resourceType":"Patient","id":"q"})");
  this->Put(R"({"resourceType":"Task","id":"t","status":"requested","intent":"order","for":{"reference":"Patient/p"}})");
  // An extension's reference is no search parameter, and counts all the same; a text that looks like one does not.
  this->Put(R"({"resourceType":"Location","id":"l","name":"L"})");
  this->Put(R"({"resourceType":"Location","id":"m","name":"M"})");
  this->Put(R"({"resourceType":"Contract","id":"c","subject":[{"reference":"Patient/p"}],"title":"\"reference\":\"Location/m\"",)"
            R"("extension":[{"url":"http://x","valueReference":{"reference":"Location/l/_history/1"}}]})");
  this->Put(R"({"resourceType":"Observation","id":"others","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/q"},"performer":[{"reference":"Patient/p"}]})");
  const auto reader = *this->store_->OpenReader();
  EXPECT_EQ(careloom_test::NamesOf(*reader->Everything("p", 100, {})), (Names{"Patient/p", "Contract/c", "Task/t", "Observation/early", "+Organization/o", "+Location/l"}));
  Names paged;
  std::string cursor;
  do {
    const auto page = *reader->Everything("p", 1, cursor);
    for (const auto& entry : page.entries) {
      paged.push_back((entry.is_match ? "" : "+") + entry.version.type + "/" + entry.version.id);
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  // What is at home comes once, as a match, although every page refers to the Patient.
  EXPECT_EQ(paged, (Names{"Patient/p", "+Organization/o", "Contract/c", "+Location/l", "Task/t", "Observation/early"}));
  EXPECT_EQ(reader->Everything("none", 10, {}).error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(reader->Everything("q", 10, reader->Everything("p", 1, {})->next_cursor).error().kind(), ErrorKind::kInvalid);
}

TYPED_TEST(StoreSearch, ACursorServesItsOwnSearchOnly) {
  for (int i = 0; i < 5; ++i) this->Put(R"({"resourceType":"Patient","active":true,"id":"p)" + std::to_string(i) + "\"}");
  const auto page = SearchPageOf(*this->store_, "Patient", "active=true&_count=2");
  ASSERT_FALSE(page->next_cursor.empty());
  EXPECT_TRUE(SearchPageOf(*this->store_, "Patient", "active=true&_count=2&_cursor=" + page->next_cursor));
  for (const std::string& query : {"active=true&_count=3&_cursor=" + page->next_cursor, "active=false&_count=2&_cursor=" + page->next_cursor,
                                   "active=true&_count=2&_cursor=A" + page->next_cursor, "active=true&_count=2&_cursor=" + page->next_cursor.substr(1)}) {
    const auto refused = SearchPageOf(*this->store_, "Patient", query);
    ASSERT_FALSE(refused) << query;
    EXPECT_EQ(refused.error().kind(), ErrorKind::kInvalid);
  }
}

TYPED_TEST(StoreSearch, ModifiersAndMissing) {
  this->Put(R"({"resourceType":"Patient","id":"a","name":[{"family":"Müller"}],"gender":"female"})");
  this->Put(R"({"resourceType":"Patient","id":"b","name":[{"family":"Muller"}]})");
  this->Put(R"({"resourceType":"Patient","id":"c","managingOrganization":{"identifier":{"system":"http://s","value":"9"}}})");
  EXPECT_EQ(this->All("Patient", "family=mull"), (Names{"Patient/b", "Patient/a"}));
  EXPECT_EQ(this->All("Patient", "family:exact=Muller"), (Names{"Patient/b"}));
  EXPECT_EQ(this->All("Patient", "family:contains=LLE"), (Names{"Patient/b", "Patient/a"}));
  EXPECT_EQ(this->All("Patient", "gender:missing=true"), (Names{"Patient/c", "Patient/b"}));
  EXPECT_EQ(this->All("Patient", "gender:not=male"), (Names{"Patient/c", "Patient/b", "Patient/a"}));
  EXPECT_EQ(this->All("Patient", "organization:identifier=http://s%7C9"), (Names{"Patient/c"}));
  EXPECT_EQ(this->All("Patient", "_id=a,c"), (Names{"Patient/c", "Patient/a"}));
  EXPECT_EQ(this->All("Patient", "_sort=family,-_id"), (Names{"Patient/b", "Patient/a", "Patient/c"}));
}

TYPED_TEST(StoreSearch, CountsOnDemand) {
  for (int i = 0; i < 5; ++i) this->Put(R"({"resourceType":"Patient","active":true,"id":"p)" + std::to_string(i) + "\"}");
  EXPECT_FALSE(SearchPageOf(*this->store_, "Patient", "")->total);
  for (const char* query : {"_total=accurate", "active=true&_total=accurate&_count=2", "_summary=count", "_count=0", "active=true&_count=0"}) {
    EXPECT_EQ(SearchPageOf(*this->store_, "Patient", query)->total, 5) << query;
  }
  EXPECT_EQ(SearchPageOf(*this->store_, "Patient", "active=false&_summary=count")->total, 0);
}

}  // namespace
