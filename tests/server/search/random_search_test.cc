// Random searches, answered by the server page by page and by a plain evaluator that walks every body: the
// same resources in the same order. The seed is fixed; CARELOOM_SEARCHES says how many (1,000 otherwise),
// CARELOOM_SEARCH_SEED another seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/server/search/questions.h"
#include "tests/server/search/sample_data.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"

namespace careloom_test {
namespace {

int NumberFrom(const char* name, int fallback) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : fallback;
}

// What a page holds, and the target of the next one (empty on the last).
struct Page {
  std::vector<std::string> matches;
  std::string next;
};

Page ReadPage(const server::http::Response& response) {
  Page page;
  const auto bundle = fhir::json::Read(response.body);
  if (!bundle) {
    ADD_FAILURE() << bundle.error().ToString();
    return page;
  }
  for (const fhir::Element& entry : fhir::Repeats(*bundle->root, "entry")) {
    const fhir::Element* resource = entry.Find("resource");
    const fhir::Element* mode = entry.Walk("search", "mode");
    if (resource && (!mode || mode->value() == "match")) {
      page.matches.push_back(std::string(resource->resource_type()) + "/" + std::string(resource->ValueOf("id")));
    }
  }
  for (const fhir::Element& link : fhir::Repeats(*bundle->root, "link")) {
    if (link.ValueOf("relation") != "next") continue;
    const std::string_view url = link.ValueOf("url");
    page.next = url.substr(url.find("/fhir/"));
  }
  return page;
}

class RandomSearch : public testing::Test {
 protected:
  // Stores a resource and, when the server took it, remembers the stored form under its place of arrival.
  void Store(const std::string& json) {
    const auto document = fhir::json::Read(json);
    ASSERT_TRUE(document) << document.error().ToString();
    const std::string place = "/fhir/" + std::string(document->root->resource_type()) + "/" + std::string(document->root->ValueOf("id"));
    const auto put = served_.Do("PUT", place, json);
    ASSERT_TRUE(put.status == 200 || put.status == 201) << put.status << " " << place << " " << put.body;
    if (put.status == 201) places_.push_back(place);
  }
  void Remove(const std::string& place) {
    ASSERT_LT(served_.Do("DELETE", place).status, 300);
    std::erase(gone_, place);
    gone_.push_back(place);
  }
  // Reads every body back for the evaluator.
  void ReadAll() {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (std::ranges::find(gone_, places_[i]) != gone_.end()) continue;
      auto document = fhir::json::Read(served_.Do("GET", places_[i]).body);
      ASSERT_TRUE(document) << document.error().ToString();
      plain_.Add(static_cast<std::int64_t>(i), std::move(*document));
    }
  }
  void Ask(const PlainSearch& search, int count) {
    const std::string query = UrlOf(search);
    std::string target = "/fhir/" + search.type + "?" + query + (query.empty() ? "" : "&") + "_count=" + std::to_string(count);
    SCOPED_TRACE(target);
    const std::vector<std::string> expected = plain_.Search(search);
    std::vector<std::string> found;
    for (std::size_t pages = 0; !target.empty(); ++pages) {
      ASSERT_LE(pages, expected.size() + 1) << "the pages do not end";
      const auto response = served_.Do("GET", target);
      ASSERT_EQ(response.status, 200) << response.body;
      Page page = ReadPage(response);
      ASSERT_LE(page.matches.size(), static_cast<std::size_t>(count));
      found.insert(found.end(), page.matches.begin(), page.matches.end());
      target = std::move(page.next);
    }
    ASSERT_EQ(found, expected);
    found_ += found.empty() ? 0 : 1;
  }
  void AskMany(int count) {
    Questions questions(plain_, static_cast<std::uint32_t>(NumberFrom("CARELOOM_SEARCH_SEED", 20261121)));
    for (int i = 0; i < count; ++i) {
      const PlainSearch search = questions.Next();
      Ask(search, 1 + questions.Below(40));
      if (testing::Test::HasFatalFailure()) return;
    }
    // Questions that find nothing prove little.
    EXPECT_GT(found_ * 2, count) << "most searches should find something";
  }

  Served served_;
  PlainStore plain_;
  std::vector<std::string> places_, gone_;
  int found_ = 0;
};

TEST_F(RandomSearch, AnswersWhatAWalkOverEveryBodyAnswers) {
  const std::vector<std::string> resources = SampleResources(60, 7);
  for (const std::string& json : resources) ASSERT_NO_FATAL_FAILURE(Store(json));
  // A second saying of some, and a few that go: what they were must not be found any more.
  const std::vector<std::string> again = SampleResources(60, 8);
  for (std::size_t i = 0; i < again.size(); i += 9) ASSERT_NO_FATAL_FAILURE(Store(again[i]));
  for (std::size_t i = 5; i < places_.size(); i += 31) ASSERT_NO_FATAL_FAILURE(Remove(places_[i]));
  ASSERT_NO_FATAL_FAILURE(ReadAll());
  AskMany(NumberFrom("CARELOOM_SEARCHES", 1000));
}

// Bundle entries refer to each other by fullUrl; here they are stored one by one under their own ids.
std::string WithPlainReferences(std::string text, const fhir::Element& bundle) {
  for (const fhir::Element& entry : fhir::Repeats(bundle, "entry")) {
    const std::string url(entry.ValueOf("fullUrl"));
    const fhir::Element* resource = entry.Find("resource");
    if (url.empty() || !resource) continue;
    const std::string written = "\"reference\":\"" + url + "\"";
    const std::string place = "\"reference\":\"" + std::string(resource->resource_type()) + "/" + std::string(resource->ValueOf("id")) + "\"";
    for (std::size_t at = text.find(written); at != std::string::npos; at = text.find(written, at + place.size())) text.replace(at, written.size(), place);
  }
  return text;
}

TEST_F(RandomSearch, AnswersTheSameOverSyntheticRecords) {
  REQUIRE_SHARED_DATA("synthea/smart-r4-careplan-goal");
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(SharedData("synthea/smart-r4-careplan-goal")), {});
  std::ranges::sort(files);
  ASSERT_GE(files.size(), 3u);
  files.resize(3);
  for (const auto& file : files) {
    const auto original = fhir::json::Read(ReadFile(file));
    ASSERT_TRUE(original) << file << original.error().ToString();
    const auto bundle = fhir::json::Read(WithPlainReferences(fhir::json::Write(*original->root), *original->root));
    ASSERT_TRUE(bundle) << file;
    for (const fhir::Element& entry : fhir::Repeats(*bundle->root, "entry")) {
      const fhir::Element* resource = entry.Find("resource");
      const bool asked = resource && std::ranges::any_of(PlainParameters(), [&](const PlainParameter& parameter) { return parameter.type == resource->resource_type(); });
      if (!asked || places_.size() >= 600) continue;
      ASSERT_NO_FATAL_FAILURE(Store(fhir::json::Write(*resource)));
    }
  }
  ASSERT_GT(places_.size(), 100u);
  ASSERT_NO_FATAL_FAILURE(ReadAll());
  AskMany(NumberFrom("CARELOOM_SEARCHES", 1000) / 5);
}

}  // namespace
}  // namespace careloom_test
