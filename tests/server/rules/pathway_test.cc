// The rule "pathway" by the ways in that scenarios over HTTP do not take, and over joined people.
#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "server/interactions/transaction.h"
#include "tests/support/served.h"

namespace {

constexpr std::string_view kSystem = "https://careloom.example/fhir/CodeSystem/";

std::string Task(const std::string& state, const std::string& status, const std::string& more = {}) {
  return R"({"resourceType":"Task","id":"t","intent":"order","status":")" + status + R"(","for":{"reference":"Patient/p"},"code":{"coding":[{"system":")" + std::string(kSystem) +
         R"(pathway","code":"social-prescribing"}]},"businessStatus":{"coding":[{"system":")" + std::string(kSystem) + R"(pathway-state","code":")" + state + "\"}]}" + more + "}";
}

fhir::Result<std::vector<server::interactions::Done>> Send(careloom_test::Served& served, const std::string& entries, bool from_source) {
  auto bundle = fhir::json::Read(R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}");
  EXPECT_TRUE(bundle) << bundle.error().ToString();
  fhir::IssueSink issues;
  server::interactions::TransactionOptions options;
  options.from_source = from_source;
  options.keep_bodies = true;
  return server::interactions::ExecuteTransaction(served.app(), *std::move(bundle), issues, options);
}

std::string Put(const std::string& path, const std::string& resource) { return R"({"resource":)" + resource + R"(,"request":{"method":"PUT","url":")" + path + "\"}}"; }

TEST(PathwayRule, AMessageOfAnotherSystemSaysWhatItSaysAndACallerGoesOnFromThere) {
  careloom_test::Served served;
  ASSERT_EQ(served.Do("PUT", "/fhir/Patient/p", R"({"resourceType":"Patient","id":"p"})").status, 201);
  const auto stored = Send(served, Put("Task/t", Task("seen", "completed")), true);
  ASSERT_TRUE(stored) << stored.error().ToString();
  EXPECT_EQ((*stored)[0].version.body.find("pathway-step"), std::string::npos);
  EXPECT_EQ(served.Do("PUT", "/fhir/Task/t", Task("offered", "requested")).status, 409);
  EXPECT_EQ(served.Do("PUT", "/fhir/Task/t", Task("withdrawn", "cancelled", R"(,"statusReason":{"text":"moved away"})")).status, 200);
}

TEST(PathwayRule, ATaskItsRequestAndItsPersonMayComeInOneTransaction) {
  careloom_test::Served served;
  const auto stored = Send(served,
                           Put("Task/t", Task("offered", "requested", R"(,"focus":{"reference":"ServiceRequest/s"})")) + "," +
                               Put("ServiceRequest/s", R"({"resourceType":"ServiceRequest","id":"s","status":"completed","intent":"proposal","subject":{"reference":"Patient/p"}})") + "," +
                               Put("Patient/p", R"({"resourceType":"Patient","id":"p"})"),
                           false);
  ASSERT_TRUE(stored) << stored.error().ToString();
  EXPECT_NE((*stored)[1].version.body.find(R"("status":"draft")"), std::string::npos) << (*stored)[1].version.body;
}

TEST(PathwayRule, WhatIsAboutAJoinedPatientIsAboutTheSamePerson) {
  careloom_test::Served served;
  const auto patient = [](const std::string& id) {
    return R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]})";
  };
  ASSERT_EQ(served.Do("PUT", "/fhir/Patient/p", patient("p")).status, 201);
  ASSERT_EQ(served.Do("PUT", "/fhir/Patient/q", patient("q")).status, 201);
  ASSERT_EQ(served.Do("PUT", "/fhir/Patient/other", R"({"resourceType":"Patient","id":"other"})").status, 201);
  const auto request = [&](const std::string& whose) {
    return served.Do("PUT", "/fhir/ServiceRequest/" + whose, R"({"resourceType":"ServiceRequest","id":")" + whose + R"(","status":"draft","intent":"proposal","subject":{"reference":"Patient/)" + whose + "\"}}").status;
  };
  ASSERT_EQ(request("q") + request("other"), 402);
  EXPECT_EQ(served.Do("PUT", "/fhir/Task/t", Task("offered", "requested", R"(,"focus":{"reference":"ServiceRequest/other"})")).status, 422);
  EXPECT_EQ(served.Do("PUT", "/fhir/Task/t", Task("offered", "requested", R"(,"focus":{"reference":"ServiceRequest/q"})")).status, 201);
}

TEST(PathwayRule, ATaskMayBeDeletedAndBegunAnew) {
  careloom_test::Served served;
  ASSERT_EQ(served.Do("PUT", "/fhir/Patient/p", R"({"resourceType":"Patient","id":"p"})").status, 201);
  ASSERT_EQ(served.Do("PUT", "/fhir/Task/t", Task("offered", "requested")).status, 201);
  ASSERT_EQ(served.Do("DELETE", "/fhir/Task/t").status, 204);
  EXPECT_EQ(served.Do("PUT", "/fhir/Task/t", Task("seen", "in-progress")).status, 422);
  EXPECT_EQ(served.Do("PUT", "/fhir/Task/t", Task("offered", "requested")).status, 201);
}

}  // namespace
