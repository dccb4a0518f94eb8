// Fifty expensive searches at once beside readers who want one resource: every search is answered or refused in words, every
// read is answered, nothing hangs (hardening: H15).
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/http_client.h"
#include "tests/support/size.h"
#include "tests/support/test_server.h"

namespace careloom_test {
namespace {

// Whatever makes the server look at each resource, keep them all in order, or follow what they refer to.
constexpr const char* kExpensive[] = {
    "/fhir/Observation?_sort=code,-value-quantity,date,_id&_count=1000",
    "/fhir/Observation?_total=accurate&_sort=-_lastUpdated&status:not=amended",
    "/fhir/Observation?subject:Patient.name:contains=a&_total=accurate",
    "/fhir/Observation?subject:Patient.general-practitioner.name=a",
    "/fhir/Observation?_include=*&_count=1000",
    "/fhir/Patient?_revinclude=Observation:subject&_count=1000",
    "/fhir/Observation?code:not=x&category:missing=true&value-string:contains=e&_summary=count",
    "/fhir/Observation?date=ap2020&value-quantity=ap50&_sort=value-quantity&_count=500",
    "/fhir/Patient/p0/$everything?_count=1000",
    "/fhir/Observation/o0/_history?_count=1000",
};

TEST(ExpensiveSearch, H15_IsAnsweredOrRefusedAndLeavesReadersAlone) {
  TestServer server;
  ASSERT_EQ(server.error, "");
  const int resources = EveryDayOrLong(1'500, 4'000);
  for (int from = 0; from < resources; from += 500) {
    std::string entries;
    for (int i = from; i < std::min(from + 500, resources); ++i) {
      const std::string number = std::to_string(i), patient = "p" + std::to_string(i % 20);
      const std::string resource = i < 20 ? R"({"resourceType":"Patient","id":"p)" + number + R"(","name":[{"family":"Ash )" + number + "\"}]}"
                                          : R"({"resourceType":"Observation","id":"o)" + std::to_string(i - 20) + R"(","status":"final","code":{"text":"t","coding":[{"system":"urn:c","code":"c)" + std::to_string(i % 50) +
                                                R"("}]},"subject":{"reference":"Patient/)" + patient + R"("},"effectiveDateTime":"20)" + std::to_string(10 + i % 15) + R"(-01-01","valueQuantity":{"value":)" + number + "}}";
      entries += (entries.empty() ? "" : ",") + std::string(R"({"resource":)") + resource + R"(,"request":{"method":"PUT","url":")" + (i < 20 ? "Patient/p" + number : "Observation/o" + std::to_string(i - 20)) + "\"}}";
    }
    const auto stored = Fetch(server.port(), "POST", "/fhir", {{"Content-Type", "application/fhir+json"}}, R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}");
    ASSERT_EQ(stored.status, 200) << stored.body.substr(0, 1000);
  }
  std::atomic<int> running = 50, reads = 0, answered = 0, refused = 0;
  std::vector<std::thread> callers;
  for (std::size_t i = 0; i < 50; ++i) {
    callers.emplace_back([&, i] {
      const char* target = kExpensive[i % std::size(kExpensive)];
      const auto answer = Fetch(server.port(), "GET", target);
      // 503 asks to come again; the rest says why this cannot be asked.
      const bool in_words = answer.status == 400 || answer.status == 403 || answer.status == 413 || answer.status == 422 || answer.status == 503;
      if (answer.status == 200) ++answered;
      else if (in_words && answer.body.find("OperationOutcome") != std::string::npos) ++refused;
      else ADD_FAILURE() << answer.status << " for " << target << "\n" << answer.body.substr(0, 300);
      --running;
    });
  }
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      do {
        const auto answer = Fetch(server.port(), "GET", "/fhir/Patient/p1");
        EXPECT_EQ(answer.status, 200) << answer.body.substr(0, 300);
        ++reads;
      } while (running > 0);
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered + refused, 50);
  EXPECT_GE(answered, 25);   // most of them are within what it does
  std::printf("expensive: %d answered, %d refused; %d reads beside them\n", answered.load(), refused.load(), reads.load());
}

}  // namespace
}  // namespace careloom_test
