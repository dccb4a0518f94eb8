// Steps of one Task by several callers at once: one is taken, the others are told.
#include <atomic>
#include <thread>

#include "tests/server/care/either_store.h"

namespace {

class TransitionOf : public careloom_test::EitherStore {};

constexpr const char* kTask = R"({"resourceType":"Task","id":"t","status":"requested","intent":"order","for":{"reference":"Patient/p"},
  "code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/pathway","code":"social-prescribing"}]},
  "businessStatus":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/pathway-state","code":"offered"}]}})";

TEST_P(TransitionOf, OfEightCallersOneRefersAndSevenAreToldThatItIsReferred) {
  Put("Patient/p", R"({"resourceType":"Patient","id":"p"})");
  Put("Task/t", kTask);
  std::atomic<int> taken = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto answer = served_->Do("POST", "/fhir/Task/t/$transition", R"({"resourceType":"Parameters","parameter":[{"name":"state","valueCode":"referred"}]})");
      const bool is_told = answer.status == 409 && answer.body.find("There is no step from 'referred' to 'referred'") != std::string::npos;
      taken += answer.status == 200;
      refused += is_told;
      EXPECT_TRUE(is_told || answer.status == 200) << answer.status << " " << answer.body;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_NE(served_->Do("GET", "/fhir/Task/t").body.find("\"versionId\":\"2\""), std::string::npos);
}

TEST_P(TransitionOf, EightCallersWithASessionEachTakeEightSteps) {
  Put("Patient/p", R"({"resourceType":"Patient","id":"p"})");
  std::string task = kTask;
  const std::string pathway = "social-prescribing";
  task.replace(task.find(pathway), pathway.size(), "peer-support");
  Put("Task/t", task);
  const auto step = [&](const std::string& state, const std::string& more) {
    return served_->Do("POST", "/fhir/Task/t/$transition", R"({"resourceType":"Parameters","parameter":[{"name":"state","valueCode":")" + state + "\"}" + more + "]}");
  };
  ASSERT_EQ(step("accepted", {}).status, 200);
  for (int i = 0; i < 8; ++i) {
    Put("Encounter/e" + std::to_string(i), R"({"resourceType":"Encounter","id":"e)" + std::to_string(i) +
                                               R"(","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/p"}})");
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto answer = step("attended", R"(,{"name":"output","part":[{"name":"type","valueCode":"session"},{"name":"value","valueReference":{"reference":"Encounter/e)" + std::to_string(i) + "\"}}]}");
      EXPECT_EQ(answer.status, 200) << answer.body;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto figures = served_->Do("GET", "/fhir/Task/$pathway-figures?pathway=peer-support");
  EXPECT_NE(figures.body.find(R"({"name":"code","valueCode":"attended"},{"name":"steps","valueInteger":8},{"name":"tasks","valueInteger":1})"), std::string::npos) << figures.body;
}

INSTANTIATE_TEST_SUITE_P(On, TransitionOf, testing::Bool(), careloom_test::StoreName);

}  // namespace
