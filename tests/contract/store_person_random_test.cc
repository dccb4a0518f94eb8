// Patients that come, go, join and part at random, over every storage backend, against the plain meaning of links.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using fhir::Result;
using server::storage::WriteTransaction;
using Names = std::vector<std::string>;

// What links say of Patients p0 to p9, whose numbers are their order of arrival.
struct PlainPersons {
  std::map<int, std::set<int>> links;   // of the live ones

  std::set<int> Joined(int of) const {
    std::set<int> joined = {of};
    for (std::size_t before = 0; before != joined.size();) {
      before = joined.size();
      for (const auto& [from, to] : links) {
        std::set<int> all = to;
        all.insert(from);
        if (std::ranges::any_of(all, [&](int one) { return to.size() > 0 && joined.contains(one); })) joined.merge(all);
      }
    }
    return joined;
  }
  std::vector<int> Live(int of) const {
    std::vector<int> live;
    for (const int one : Joined(of)) {
      if (links.contains(one)) live.push_back(one);
    }
    const auto survives = [&](int one) { return std::ranges::none_of(links.at(one), [&](int other) { return links.contains(other); }); };
    const auto first = std::ranges::find_if(live, survives);
    if (first != live.end()) std::rotate(live.begin(), first, first + 1);
    return live;
  }
};

std::string Id(int number) { return "p" + std::to_string(number); }

Names Sorted(Names names) {
  std::ranges::sort(names);
  return names;
}

template <typename Backend>
class StorePersonAtRandom : public careloom_test::StoreTest<Backend> {
 protected:
  using careloom_test::StoreTest<Backend>::store_;
  void Put(int number, const std::set<int>& replaced_by) {
    std::string links;
    for (const int by : replaced_by) links += (links.empty() ? ",\"link\":[" : ",") + (R"({"other":{"reference":"Patient/)" + Id(by)) + R"("},"type":"replaced-by"})";
    const auto written = PutJson(*store_, R"({"resourceType":"Patient","id":")" + Id(number) + R"(","identifier":[{"system":"http://s","value":")" + Id(number) + "\"}]" +
                                              (links.empty() ? "" : links + "]") + "}");
    ASSERT_TRUE(written) << written.error().ToString();
    plain_.links[number] = replaced_by;
  }
  void Delete(int number) {
    ASSERT_TRUE(store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY(transaction.Delete("Patient", Id(number), std::nullopt));
      return {};
    }));
    plain_.links.erase(number);
  }

  void CheckPersons() {
    const auto reader = *store_->OpenReader();
    for (const auto& [number, ignored] : plain_.links) {
      Names expected;
      for (const int one : plain_.Live(number)) expected.push_back(Id(one));
      ASSERT_EQ(*reader->PersonOf(Id(number)), expected) << number;
    }
  }
  void CheckReads() {
    std::set<std::string> survivors;
    for (const auto& [number, ignored] : plain_.links) {
      const std::vector<int> live = plain_.Live(number);
      survivors.insert("Patient/" + Id(live.front()));
      Names observations, everything;
      for (const int one : plain_.Joined(number)) observations.push_back("Observation/of-" + Id(one));
      everything = observations;
      for (const int one : live) everything.push_back("Patient/" + Id(one));
      ASSERT_EQ(Sorted(careloom_test::SearchAll(*store_, "Observation", "_count=3&patient=" + Id(number))), Sorted(observations));
      ASSERT_EQ(Sorted(Everything(number)), Sorted(everything));
      ASSERT_EQ(careloom_test::SearchAll(*store_, "Patient", "identifier=" + Id(number)), Names{"Patient/" + Id(live.front())});
      Names chained;
      for (const int one : plain_.Joined(number)) chained.push_back("Observation/of-" + Id(one));
      ASSERT_EQ(Sorted(careloom_test::SearchAll(*store_, "Observation", "subject:Patient.identifier=" + Id(number))), Sorted(chained));
    }
    ASSERT_EQ(Sorted(careloom_test::SearchAll(*store_, "Patient", "_count=2&identifier=http://s%7C")), Names(survivors.begin(), survivors.end()));
  }
  Names Everything(int number) {
    Names names;
    std::string cursor;
    do {
      const auto page = *(*store_->OpenReader())->Everything(Id(number), 2, cursor);
      for (std::string& name : careloom_test::NamesOf(page)) names.push_back(std::move(name));
      cursor = page.next_cursor;
    } while (!cursor.empty());
    return names;
  }
  PlainPersons plain_;
};

TYPED_TEST_SUITE(StorePersonAtRandom, careloom_test::Backends);

TYPED_TEST(StorePersonAtRandom, ReadsAreWhatTheLinksMean) {
  constexpr int kPatients = 10;
  std::mt19937 random(11);
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  for (int i = 0; i < kPatients; ++i) {
    ASSERT_NO_FATAL_FAILURE(this->Put(i, {}));
    ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Observation","id":"of-)" + Id(i) + R"(","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/)" + Id(i) + "\"}}"));
  }
  std::size_t largest = 0;
  for (int step = 0; step < 150; ++step) {
    const int number = below(kPatients);
    std::set<int> replaced_by;
    for (int links = below(5) - 2; links > 0; --links) replaced_by.insert(below(kPatients));
    replaced_by.erase(number);
    if (below(5) == 0 && this->plain_.links.contains(number)) {
      ASSERT_NO_FATAL_FAILURE(this->Delete(number));
    } else {
      ASSERT_NO_FATAL_FAILURE(this->Put(number, replaced_by));
    }
    ASSERT_NO_FATAL_FAILURE(this->CheckPersons()) << step;
    if (step % 10 == 0) {
      ASSERT_NO_FATAL_FAILURE(this->CheckReads()) << step;
    }
    largest = std::max(largest, this->plain_.Joined(number).size());
  }
  EXPECT_GT(largest, 4U);
}

}  // namespace
