// Many callers at once over HTTP: one wins where one must, and every answered write is there.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "tests/support/http_client.h"
#include "tests/support/test_server.h"

namespace {

using server::http::Headers;

class Races : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_.error, ""); }
  static void AtOnce(int callers, const std::function<void(int)>& call) {
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) threads.emplace_back(call, i);
    for (std::thread& thread : threads) thread.join();
  }
  int Send(const std::string& method, const std::string& target, Headers headers, const std::string& body) {
    headers.emplace_back("Content-Type", "application/fhir+json");
    return careloom_test::Fetch(server_.port(), method, target, headers, body).status;
  }
  careloom_test::TestServer server_;
};

TEST_F(Races, SixteenConditionalCreatesMakeOneResource) {
  std::atomic<int> created = 0, found = 0;
  AtOnce(16, [&](int) {
    const int status = Send("POST", "/fhir/Patient", {{"If-None-Exist", "identifier=s:x|1"}}, R"({"resourceType":"Patient","identifier":[{"system":"s:x","value":"1"}]})");
    if (status == 201) ++created;
    if (status == 200) ++found;
  });
  EXPECT_EQ(created, 1);
  EXPECT_EQ(found, 15);
}

TEST_F(Races, OfSixteenUpdatesOfOneVersionOneWins) {
  ASSERT_EQ(Send("PUT", "/fhir/Patient/p", {}, R"({"resourceType":"Patient","id":"p"})"), 201);
  std::atomic<int> updated = 0, refused = 0;
  AtOnce(16, [&](int i) {
    const int status = Send("PUT", "/fhir/Patient/p", {{"If-Match", "W/\"1\""}}, R"({"resourceType":"Patient","id":"p","name":[{"family":"F)" + std::to_string(i) + R"("}]})");
    if (status == 200) ++updated;
    if (status == 412) ++refused;
  });
  EXPECT_EQ(updated, 1);
  EXPECT_EQ(refused, 15);
}

TEST_F(Races, EveryAnsweredCreateIsStored) {
  std::atomic<int> created = 0;
  AtOnce(16, [&](int) {
    for (int i = 0; i < 20; ++i) created += Send("POST", "/fhir/Observation", {}, R"({"resourceType":"Observation","status":"final","code":{"text":"x"}})") == 201;
  });
  EXPECT_EQ(created, 320);
  const auto counters = server_.app->store->Count();
  ASSERT_TRUE(counters.has_value());
  EXPECT_EQ(counters->resources, 320);
}

}  // namespace
