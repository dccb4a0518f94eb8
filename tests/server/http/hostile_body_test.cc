// Hostile bodies over the whole server (hardening rows C01 to C06): each gets 400 or 413 with an OperationOutcome
// that helps, nothing of it is stored, and the server goes on.
#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "server/http/edge.h"
#include "tests/server/search/sample_data.h"
#include "tests/support/http_client.h"
#include "tests/support/served.h"
#include "tests/support/size.h"

namespace careloom_test {
namespace {

class HostileBody : public testing::Test {
 protected:
  // The OperationOutcome's first issue, in words and place; the status must be 400.
  std::string Refusal(const std::string& body) {
    const auto answer = served_.Do("POST", "/fhir/Patient", body);
    EXPECT_EQ(answer.status, 400) << body.substr(0, 100);
    const auto outcome = fhir::json::Read(answer.body);
    if (!outcome || outcome->root->resource_type() != "OperationOutcome") {
      ADD_FAILURE() << "no OperationOutcome: " << answer.body.substr(0, 200);
      return {};
    }
    const fhir::Element& issue = *outcome->root->Find("issue");
    EXPECT_FALSE(issue.ValueOf("diagnostics").empty());
    return std::string(issue.ValueOf("diagnostics")) + " at " + std::string(issue.ValueOf("expression"));
  }
  std::int64_t Stored() {
    const auto counters = served_.app().store->Count();
    return counters ? counters->sequence : -1;
  }
  void TearDown() override {
    EXPECT_EQ(Stored(), expected_) << "something of a refused body was stored";
    EXPECT_EQ(served_.Do("GET", "/health/live").status, 200);
  }

  Served served_;
  std::int64_t expected_ = 0;
};

TEST_F(HostileBody, C01_DeepNestingIsRefused) {
  for (const std::size_t depth : {std::size_t{65}, std::size_t{10'000}, EveryDayOrLong<std::size_t>(500'000, 2'500'000)}) {
    std::string objects = R"({"resourceType":"Patient","extension":[)";
    for (std::size_t i = 0; i < depth; ++i) objects += R"({"a":)";
    EXPECT_NE(Refusal(objects).find("deeper than 64"), std::string::npos);
    Refusal(R"({"resourceType":"Patient","a":)" + std::string(depth, '['));
  }
}

TEST_F(HostileBody, C02_DuplicateMembersAreRefusedByPath) {
  const auto expect_path = [this](const std::string& body, const std::string& path) {
    EXPECT_NE(Refusal(body).find(path), std::string::npos) << body;
  };
  expect_path(R"({"resourceType":"Patient","gender":"male","gender":"female"})", "Patient.gender");
  expect_path(R"({"resourceType":"Patient","name":[{"family":"A"},{"family":"B","family":"C"}]})", "Patient.name[1].family");
  expect_path(R"({"resourceType":"Patient","_gender":{"id":"a"},"_gender":{"id":"b"}})", "Patient._gender");
  expect_path(R"({"resourceType":"Patient","gender":"male","\u0067ender":"female"})", "Patient.gender");
}

TEST_F(HostileBody, C03_WhatIsNotUtf8OrTextIsRefused) {
  for (const char* wrong : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\\uD800", "\\uDC00", "\\u0000", "\x01"}) {
    Refusal(std::string(R"({"resourceType":"Patient","name":[{"family":"A)") + wrong + "\"}]}");
  }
  Refusal("\xEF\xBB\xBF{\"resourceType\":\"Patient\"}");
}

TEST_F(HostileBody, C04_NumbersComeBackAsWrittenOrAreRefused) {
  const auto observation = [](const std::string& number) {
    return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":)" + number + "}}";
  };
  for (const char* wrong : {"1e400", "NaN", "0x1", "+1", "01", "1.", "Infinity"}) EXPECT_EQ(served_.Do("POST", "/fhir/Observation", observation(wrong)).status, 400) << wrong;
  for (const char* right : {"1.00", "-0.0", "1e-9", "0.10", "12345678901234567.8"}) {
    const auto created = served_.Do("POST", "/fhir/Observation", observation(right));
    ASSERT_EQ(created.status, 201) << created.body;
    ++expected_;
    EXPECT_NE(created.body.find("\"value\":" + std::string(right) + "}"), std::string::npos) << created.body;
  }
}

TEST_F(HostileBody, C04_NumbersAreFoundByTheirValueAndShownAsWritten) {
  const std::vector<std::string> stored = {"1.00", "-0.0", "1e-9", "0.10", "123456789012345678901234567890", "0.000000000000000000000000000001", std::string(10'000, '7')};
  for (const std::string& number : stored) {
    const auto answer = served_.Do("PUT", "/fhir/Observation/o" + std::to_string(expected_),
                                   R"({"resourceType":"Observation","id":"o)" + std::to_string(expected_) + R"(","status":"final","code":{"text":"x"},"valueQuantity":{"value":)" + number + "}}");
    if (number.size() > 100 && answer.status != 201) {
      EXPECT_TRUE(answer.status == 400 || answer.status == 422) << answer.status;
      continue;
    }
    ASSERT_EQ(answer.status, 201) << answer.body;
    const std::string read = served_.Do("GET", "/fhir/Observation/o" + std::to_string(expected_)).body;
    EXPECT_NE(read.find("\"value\":" + number + "}"), std::string::npos) << read.substr(0, 300);
    ++expected_;
  }
  const auto total = [&](const std::string& value) {
    const std::string body = served_.Do("GET", "/fhir/Observation?_summary=count&value-quantity=" + value).body;
    const std::size_t at = body.find("\"total\":");
    return at == std::string::npos ? std::string("none: ") + body.substr(0, 300) : body.substr(at + 8, body.find_first_of(",}", at) - at - 8);
  };
  EXPECT_EQ(total("1.00"), "1");
  EXPECT_EQ(total("0.1"), "1");
  EXPECT_EQ(total("eq1.000"), "1");
  EXPECT_EQ(total("gt1e29"), std::to_string(expected_ - 5));   // what is too great for a double is greater still
  for (const char* wrong : {"1e400", "NaN", "Infinity", "-Infinity", "0x1", "1,e", "--1", "1e", ".", "%2B%2B1", "1%00"}) {
    EXPECT_EQ(served_.Do("GET", std::string("/fhir/Observation?value-quantity=") + wrong).status, 400) << wrong;
  }
  EXPECT_LT(served_.Do("GET", "/fhir/Observation?value-quantity=" + std::string(10'000, '7')).status, 500);
}

TEST_F(HostileBody, C05_EveryStrictPrefixIsRefused) {
  const std::vector<std::string> resources = SampleResources(20, 4);
  ASSERT_GE(resources.size(), 50u);
  for (std::size_t i = 0; i < EveryDayOrLong<std::size_t>(15, 50); ++i) {
    const std::string& bytes = resources[i * 2];
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      ASSERT_EQ(served_.Do("POST", "/fhir/Patient", bytes.substr(0, size)).status, 400) << bytes.substr(0, size);
    }
    for (const char* more : {"{}", "x", "}", ",", "null"}) Refusal(bytes + more);
  }
}

TEST_F(HostileBody, C06_AnOverlongBodyIsRefusedBeforeItIsSent) {
  server::http::EdgeOptions options;
  options.port = 0;
  options.workers = 4;
  const auto edge = server::http::Edge::Start(options, [this](const server::http::Request& request) { return served_.Do(request.method, request.target, request.body); });
  ASSERT_TRUE(edge);
  const std::string head = "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 100000000\r\n\r\n";
  const std::string answer = Exchange((*edge)->port(), head);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer.substr(0, 200);
  EXPECT_NE(answer.find("OperationOutcome"), std::string::npos);
}

}  // namespace
}  // namespace careloom_test
