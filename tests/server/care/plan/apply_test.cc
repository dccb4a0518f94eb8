// Many callers at once open a plan for one person, or send one form: there is one plan, and each answer names it.
#include <gtest/gtest.h>

#include <barrier>
#include <set>
#include <thread>

#include "fhir/json/reader.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"

namespace {

using careloom_test::Served;

constexpr int kCallers = 8;

// Whatever `ask` answers, by eight callers at once; servers take turns.
std::vector<server::http::Response> AllAtOnce(std::vector<Served*> servers, const std::function<server::http::Response(Served&)>& ask) {
  std::vector<server::http::Response> answers(kCallers);
  std::barrier together(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      together.arrive_and_wait();
      answers[static_cast<std::size_t>(i)] = ask(*servers[static_cast<std::size_t>(i) % servers.size()]);
    });
  }
  for (std::thread& caller : callers) caller.join();
  return answers;
}

void OnePlanEach(std::vector<Served*> servers) {
  for (int person = 0; person < 5; ++person) {
    const std::string patient = "p" + std::to_string(person);
    ASSERT_EQ(servers[0]->Do("PUT", "/fhir/Patient/" + patient, R"({"resourceType":"Patient","id":")" + patient + "\"}").status, 201);
    std::set<std::string> ids;
    int opened = 0;
    for (const auto& answer : AllAtOnce(servers, [&](Served& served) { return served.Do("POST", "/fhir/PlanDefinition/careloom-six-stages/$apply?subject=Patient/" + patient); })) {
      ASSERT_TRUE(answer.status == 200 || answer.status == 201) << answer.body;
      opened += answer.status == 201 ? 1 : 0;
      ids.insert(std::string(fhir::json::Read(answer.body)->root->ValueOf("id")));
    }
    EXPECT_EQ(ids.size(), 1u);
    EXPECT_EQ(opened, 1);
    EXPECT_NE(servers[0]->Do("GET", "/fhir/Task?patient=" + patient + "&_total=accurate").body.find("\"total\":1"), std::string::npos);
  }
}

// The form of the examples, eight times at once: who comes too late hears of it, and may ask again.
void OneFormOnce(std::vector<Served*> servers) {
  ASSERT_EQ(servers[0]->Do("PUT", "/fhir/Patient/example-amina", R"({"resourceType":"Patient","id":"example-amina"})").status, 201);
  const std::string form = careloom_test::ReadFile(std::filesystem::path(CARELOOM_SOURCE_DIR) / "conformance/examples/planning-form.json");
  int stored = 0;
  for (const auto& answer : AllAtOnce(servers, [&](Served& served) { return served.Do("POST", "/fhir/QuestionnaireResponse/$extract?store=true", form); })) {
    EXPECT_TRUE(answer.status == 200 || answer.status == 409 || answer.status == 412) << answer.status << answer.body;
    stored += answer.status == 200 ? 1 : 0;
  }
  EXPECT_GE(stored, 1);
  for (const char* type : {"QuestionnaireResponse", "Condition", "Task"}) {
    const std::string target = "/fhir/" + std::string(type) + "?patient=example-amina&_total=accurate";
    EXPECT_NE(servers[0]->Do("GET", target).body.find("\"total\":1"), std::string::npos) << type;
  }
  EXPECT_NE(servers[0]->Do("GET", "/fhir/Goal?patient=example-amina&_total=accurate").body.find("\"total\":2"), std::string::npos);
}

TEST(PlanApply, ByManyAtOnceOpensOnePlan) {
  Served served;
  OnePlanEach({&served});
}

TEST(PlanApply, AFormSentByManyAtOnceIsOnePlan) {
  Served served;
  OneFormOnce({&served});
}

TEST(PlanApply, AtTwoServersOfOneStoreToo) {
  if (!careloom_test::PostgresCluster::Shared()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  const careloom_test::TempFolder folder;
  server::AppOptions options;
  options.data_dir = folder.path().string();
  options.postgres_url = careloom_test::PostgresUrlFor(folder.path());
  Served first(options), second(options);
  OnePlanEach({&first, &second});
  OneFormOnce({&first, &second});
}

}  // namespace
