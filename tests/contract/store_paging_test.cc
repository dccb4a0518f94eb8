// Fifty readers walk through all pages by the links that they are given while others create, change and delete: on each
// backend every reader sees whatever stood unchanged throughout, each once, and no link fails. CARELOOM_LONG: four times as
// many resources, and the walks again and again.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "tests/support/app_over_store.h"
#include "tests/support/size.h"

namespace careloom_test {
namespace {

using server::http::Response;

constexpr int kPatients = 5;

std::string Observation(const std::string& id, int number, const std::string& name) {
  return R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"coding":[{"system":"urn:code","code":")" + name + R"("}],"text":")" + name +
         R"("},"subject":{"reference":"Patient/p)" + std::to_string(number % kPatients) + R"("},"effectiveDateTime":"20)" + std::to_string(10 + number % 10) + "-0" + std::to_string(1 + number % 9) +
         R"(-01","valueQuantity":{"value":)" + std::to_string(number % 37) + R"(,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}})";
}

// One way to ask for all that stands, in pages.
struct Walk {
  const char* target;
  bool of_one_patient = false;   // p0's alone
  bool all_once = false;         // not even what changes comes twice
  bool includes = false;         // every page brings the Patients of its Observations
};
constexpr Walk kWalks[] = {
    {"/fhir/Observation?_count=7", false, true},
    {"/fhir/Observation?_count=50&status=final", false, true},
    {"/fhir/Observation?_count=11&code=urn:code%7Csteady"},
    {"/fhir/Observation?_count=13&_sort=date"},
    {"/fhir/Observation?_count=9&_sort=-date,_id"},
    {"/fhir/Observation?_count=17&_sort=value-quantity"},
    {"/fhir/Observation?_count=8&_sort=-_lastUpdated"},
    {"/fhir/Observation?_count=10&_sort=_id&status=final"},
    {"/fhir/Observation?_count=12&_sort=code&date=gt2009"},
    {"/fhir/Observation?_count=6&subject=Patient/p0", true, true},
    {"/fhir/Observation?_count=5&_include=Observation:subject", false, true, true},
    {"/fhir/Observation?_count=10&_sort=date&subject:Patient.active=true"},
    {"/fhir/Patient/p0/$everything?_count=7", true},
};

template <typename Backend>
class StorePaging : public testing::Test {
 protected:
  void SetUp() override {
    if (!Backend::IsThere()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    auto store = Backend::Open(folder_.path(), ports_);
    ASSERT_TRUE(store) << store.error().ToString();
    app_ = std::make_unique<AppOverStore>(*std::move(store), ports_);
    for (int i = 0; i < kPatients; ++i) Put("Patient", "p" + std::to_string(i), R"({"resourceType":"Patient","active":true,"id":"p)" + std::to_string(i) + "\"}");
    for (int i = 0; i < steady_; ++i) {
      Put("Observation", "steady-" + std::to_string(i), Observation("steady-" + std::to_string(i), i, "steady"));
      if (i % 3 == 0) Put("Observation", "moving-" + std::to_string(i), Observation("moving-" + std::to_string(i), i, "moving"));
    }
  }
  void Put(const std::string& type, const std::string& id, const std::string& body) {
    const Response answer = app_->Do("PUT", "/fhir/" + type + "/" + id, {}, body);
    EXPECT_LT(answer.status, 300) << answer.body;
  }

  // New ones, changes that move what is there to other places of every order, and deletions.
  void Write(int writer) {
    for (int i = writer; !stop_; i += 3) {
      const std::string moving = "moving-" + std::to_string(i * 3 % steady_ / 3 * 3);
      Put("Observation", "new-" + std::to_string(i), Observation("new-" + std::to_string(i), i, "new"));
      Put("Observation", moving, Observation(moving, i + 1, "moving"));
      if (i % 5 == 0) {
        EXPECT_EQ(app_->Do("DELETE", "/fhir/Observation/new-" + std::to_string(i)).status, 204);
        EXPECT_EQ(app_->Do("DELETE", "/fhir/Observation/" + moving).status, 204);
      }
      ++written_;
    }
  }

  void Read(const Walk& walk) {
    std::map<std::string, int> seen;
    std::string target = walk.target;
    for (int pages = 0; !target.empty(); ++pages) {
      ASSERT_LT(pages, 100'000) << walk.target;
      const Response answer = app_->Do("GET", target);
      ASSERT_EQ(answer.status, 200) << target << "\n" << answer.body;
      const auto bundle = fhir::json::Read(answer.body);
      ASSERT_TRUE(bundle) << target;
      ++pages_;
      Count(*bundle->root, walk, seen);
      target.clear();
      for (const fhir::Element& link : fhir::Repeats(*bundle->root, "link")) {
        if (link.ValueOf("relation") == "next") target = link.ValueOf("url").substr(std::string_view("http://localhost").size());
      }
    }
    int steady = 0;
    for (const auto& [id, times] : seen) {
      steady += id.starts_with("steady-");
      if (walk.all_once || id.starts_with("steady-")) {
        EXPECT_EQ(times, 1) << id << " in " << walk.target;
      }
    }
    EXPECT_EQ(steady, walk.of_one_patient ? (steady_ + kPatients - 1) / kPatients : steady_) << walk.target;
  }

  static void Count(const fhir::Element& bundle, const Walk& walk, std::map<std::string, int>& seen) {
    std::map<std::string, bool> patients;   // wanted and brought
    for (const fhir::Element& entry : fhir::Repeats(bundle, "entry")) {
      const fhir::Element& resource = *entry.Find("resource");
      if (resource.resource_type() == "Patient") {
        patients["Patient/" + std::string(resource.ValueOf("id"))] = true;
        continue;
      }
      ++seen[std::string(resource.ValueOf("id"))];
      if (walk.includes) patients.emplace(resource.Find("subject")->ValueOf("reference"), false);
    }
    for (const auto& [patient, brought] : patients) EXPECT_TRUE(brought) << patient << " is missing on a page of " << walk.target;
  }

  const TempFolder folder_;
  const std::shared_ptr<TestPorts> ports_ = std::make_shared<TestPorts>();
  const int steady_ = EveryDayOrLong(90, 360);
  std::unique_ptr<AppOverStore> app_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> written_ = 0, pages_ = 0;
};

TYPED_TEST_SUITE(StorePaging, Backends);

TYPED_TEST(StorePaging, FiftyReadersSeeWhatStandsThroughoutOnceWhileOthersWrite) {
  std::vector<std::thread> writers, readers;
  for (int i = 0; i < 3; ++i) writers.emplace_back([this, i] { this->Write(i); });
  while (this->written_ < 3) std::this_thread::yield();
  for (std::size_t i = 0; i < 50; ++i) {
    readers.emplace_back([this, i] {
      for (std::size_t walk = 0; walk < EveryDayOrLong<std::size_t>(1, 5); ++walk) this->Read(kWalks[(i + walk) % std::size(kWalks)]);
    });
  }
  for (std::thread& reader : readers) reader.join();
  this->stop_ = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_GT(this->pages_, 50);
  this->RecordProperty("pages", this->pages_);
  this->RecordProperty("rounds_of_writes", this->written_);
}

}  // namespace
}  // namespace careloom_test
