// What callers send stands in no statement that PostgreSQL is given, only in bound parameters: shown by the log of a cluster that
// writes down every statement and no parameter (hardening: C13).
#include <gtest/gtest.h>

#include "server/http/target.h"
#include "tests/support/app_over_store.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/shared_data.h"

namespace careloom_test {
namespace {

TEST(PostgresStatements, C13_HoldNothingThatCallersSend) {
  const auto cluster = PostgresCluster::Make("log_statement = all\nlog_parameter_max_length = 0\nlog_parameter_max_length_on_error = 0\n");
  if (!cluster) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  const TempFolder folder;
  const auto ports = std::make_shared<TestPorts>();
  server::storage::postgres::PostgresOptions options;
  options.connection.url = cluster->Url();
  auto store = PostgresBackend::Open(folder.path(), ports, options);
  ASSERT_TRUE(store) << store.error().ToString();
  AppOverStore app(*std::move(store), ports);
  const std::string mark = "zqxmark", hostile = mark + "' OR 1=1 --";
  const std::string patient = R"({"resourceType":"Patient","id":"zqxmark-1","identifier":[{"system":"urn:zqxmark","value":")" + hostile + R"("}],"name":[{"family":")" + hostile + R"("}],"birthDate":"1951-02-03"})";
  EXPECT_EQ(app.Do("PUT", "/fhir/Patient/zqxmark-1", {}, patient).status, 201);
  EXPECT_EQ(app.Do("POST", "/fhir/Observation", {}, R"({"resourceType":"Observation","status":"final","code":{"text":"zqxmark"},"subject":{"reference":"Patient/zqxmark-1"},"valueString":"zqxmark"})").status, 201);
  const std::string value = server::http::Encode(hostile);
  for (const std::string& target : std::vector<std::string>{"/fhir/Patient?family=" + value, "/fhir/Patient?family:exact=" + value, "/fhir/Patient?family:contains=" + value, "/fhir/Patient?identifier=urn:zqxmark%7C" + value,
                                    "/fhir/Patient?_sort=" + value, "/fhir/Patient?" + value + "=a", "/fhir/Patient/" + value, "/fhir/Patient/zqxmark-1", "/fhir/Patient/zqxmark-1/_history",
                                    "/fhir/Patient?_id=" + value, "/fhir/Observation?subject:Patient.family=" + value, "/fhir/Observation?value-string=" + value, "/fhir/Patient/zqxmark-1/$everything",
                                    "/fhir/Observation?_include=" + value, "/fhir/Patient?_cursor=" + value, "/fhir/Patient?_sort=family&family=" + value}) {
    EXPECT_LT(app.Do("GET", target).status, 500) << target;
  }
  EXPECT_EQ(app.Do("POST", "/fhir/Patient", {{"If-None-Exist", "identifier=urn:zqxmark%7C" + value}}, R"({"resourceType":"Patient"})").status, 200);
  EXPECT_EQ(app.Do("DELETE", "/fhir/Patient?identifier=urn:zqxmark%7C" + value).status, 204);
  const std::filesystem::path log = cluster->socket().parent_path() / "log";
  const std::string said = ReadFile(log);
  EXPECT_NE(said.find("SELECT"), std::string::npos) << "the log does not show statements";
  const std::size_t at = said.find(mark);
  EXPECT_EQ(at, std::string::npos) << said.substr(at < 300 ? 0 : at - 300, 600);
  cluster->Sql("SELECT 'zqxmark'");
  EXPECT_NE(ReadFile(log).find(mark), std::string::npos) << "the log would not have shown it";
}

}  // namespace
}  // namespace careloom_test
