// Sixteen callers at once want the same resource made, 200 times over: by If-None-Exist, by an update with criteria and
// in transactions, at one server process and at two of one store (hardening: S14). One makes it, the others get it.
#include <gtest/gtest.h>

#include <barrier>
#include <memory>
#include <set>
#include <thread>

#include "fhir/json/reader.h"
#include "tests/support/served_process.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using server::http::Response;

constexpr int kCallers = 16, kIdentifiers = 200;

enum class Way { kPost, kPut, kTransaction };

// What one caller was told of one identifier.
struct Told {
  int status = 0;
  std::string id;
  std::string version;
};

std::string Person(int number) { return R"({"resourceType":"Patient","identifier":[{"system":"urn:race","value":")" + std::to_string(number) + "\"}]}"; }
std::string Criteria(int number) { return "identifier=urn:race%7C" + std::to_string(number); }

Told Single(const Response& answer) {
  const auto resource = fhir::json::Read(answer.body);
  if (!resource || !resource->root->Find("meta")) return {answer.status, answer.body.substr(0, 200), {}};
  return {answer.status, std::string(resource->root->ValueOf("id")), std::string(resource->root->Find("meta")->ValueOf("versionId"))};
}

Told Ask(std::uint16_t port, Way way, int number) {
  if (way == Way::kPost) return Single(FetchWhole(port, "POST", "/fhir/Patient", {{"If-None-Exist", Criteria(number)}}, Person(number)));
  if (way == Way::kPut) return Single(FetchWhole(port, "PUT", "/fhir/Patient?" + Criteria(number), {}, Person(number)));
  // The Patient once and something of the Patient's that every caller adds.
  const std::string bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e","resource":)" + Person(number) +
                             R"(,"request":{"method":"POST","url":"Patient","ifNoneExist":")" + Criteria(number) +
                             R"("}},{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e"}},)"
                             R"("request":{"method":"POST","url":"Observation"}}]})";
  const Response answer = FetchWhole(port, "POST", "/fhir", {}, bundle);
  const auto response = fhir::json::Read(answer.body);
  if (answer.status != 200 || !response) return {answer.status, answer.body.substr(0, 200), {}};
  const fhir::Element& first = *response->root->Find("entry")->Find("response");
  const std::string location(first.ValueOf("location"));   // Patient/ID/_history/N
  return {std::atoi(std::string(first.ValueOf("status")).c_str()), location.substr(8, location.find('/', 8) - 8), location.substr(location.rfind('/') + 1)};
}

std::vector<std::string> Found(std::uint16_t port, const std::string& target) {
  std::vector<std::string> ids;
  const auto bundle = fhir::json::Read(FetchWhole(port, "GET", target).body);
  if (!bundle) return {"no answer"};
  for (const fhir::Element& entry : fhir::Repeats(*bundle->root, "entry")) ids.emplace_back(entry.Find("resource")->ValueOf("id"));
  return ids;
}

class ConditionalRace : public testing::TestWithParam<ServedStore> {
 protected:
  // `told[number][caller]`, the callers of one number all at once; caller i asks processes[i % size].
  std::vector<std::vector<Told>> RunAll(const std::vector<std::uint16_t>& ports, int first, const std::function<Way(int number, int caller)>& way) {
    std::vector<std::vector<Told>> told(kIdentifiers, std::vector<Told>(kCallers));
    std::barrier together(kCallers);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] {
        for (int number = 0; number < kIdentifiers; ++number) {
          together.arrive_and_wait();
          const auto i = static_cast<std::size_t>(caller);
          told[static_cast<std::size_t>(number)][i] = Ask(ports[i % ports.size()], way(number, caller), first + number);
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    return told;
  }

  void ExpectOneEach(const std::vector<std::uint16_t>& ports, int first, const std::vector<std::vector<Told>>& told) {
    for (int number = 0; number < kIdentifiers; ++number) {
      int created = 0;
      std::set<std::string> ids;
      for (int caller = 0; caller < kCallers; ++caller) {
        const Told& one = told[static_cast<std::size_t>(number)][static_cast<std::size_t>(caller)];
        EXPECT_TRUE(one.status == 200 || one.status == 201) << one.status << " " << one.id;
        created += one.status == 201;
        ids.insert(one.id);
      }
      EXPECT_EQ(created, 1) << "identifier " << first + number;
      EXPECT_EQ(ids.size(), 1u) << "identifier " << first + number;
      for (const std::uint16_t port : ports) EXPECT_EQ(Found(port, "/fhir/Patient?" + Criteria(first + number)), std::vector<std::string>(ids.begin(), ids.end()));
      // The same content again is no version.
      EXPECT_EQ(Found(ports[0], "/fhir/Patient/" + *ids.begin() + "/_history").size(), 1u);
    }
  }

  void Race(std::size_t processes) {
    const TempFolder folder;
    std::vector<std::unique_ptr<ChildProcess>> servers;
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < processes; ++i) {
      servers.push_back(std::make_unique<ChildProcess>(ServeWords(GetParam(), folder.path())));
      ports.push_back(servers.back()->WaitForPort());
      ASSERT_NE(ports.back(), 0) << servers.back()->err();
    }
    const std::vector<std::function<Way(int, int)>> all = {
        [](int number, int) { return static_cast<Way>(number % 3); },              // all callers in one way
        [](int number, int caller) { return static_cast<Way>((number + caller) % 3); },   // in different ways
    };
    const std::size_t rounds = EveryDayOrLong<std::size_t>(1, 3);
    int first = 0;
    for (std::size_t round = 0; round < rounds * all.size(); ++round, first += kIdentifiers) {
      const auto& way = all[round % all.size()];
      ExpectOneEach(ports, first, RunAll(ports, first, way));
    }
  }
};

TEST_P(ConditionalRace, S14_MakesOneResourceForEachOfTwoHundredIdentifiers) {
  REQUIRE_STORE(GetParam());
  Race(1);
}

TEST_P(ConditionalRace, S14_MakesOneResourceForEachAtTwoProcessesOfOneStore) {
  if (!GetParam().shared) GTEST_SKIP() << "one process at a time may serve this kind of store";
  REQUIRE_STORE(GetParam());
  Race(2);
}

INSTANTIATE_TEST_SUITE_P(Stores, ConditionalRace, testing::ValuesIn(ServedStores()), [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace careloom_test
