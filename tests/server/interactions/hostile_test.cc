// Bad bodies over HTTP: each gets an OperationOutcome, nothing is stored, the server goes on.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/http_client.h"
#include "tests/support/test_server.h"

namespace {

using server::http::Response;

class Hostile : public testing::Test {
 protected:
  Hostile() : server_(Small()) {}
  void SetUp() override { ASSERT_EQ(server_.error, ""); }
  static server::Limits Small() {
    server::Limits limits;
    limits.body_bytes = 200'000;
    limits.bundle_entries = 10;
    return limits;
  }
  Response Post(const std::string& target, const std::string& body) {
    return careloom_test::Fetch(server_.port(), "POST", target, {{"Content-Type", "application/fhir+json"}}, body);
  }
  void ExpectRefused(const Response& answer, int status, const std::string& what) {
    EXPECT_EQ(answer.status, status) << what << "\n" << answer.body;
    EXPECT_NE(answer.body.find("\"OperationOutcome\""), std::string::npos) << what << "\n" << answer.body;
    const auto counters = server_.app->store->Count();
    ASSERT_TRUE(counters.has_value());
    EXPECT_EQ(counters->resources, 0) << what;
  }
  careloom_test::TestServer server_;
};

TEST_F(Hostile, BodiesThatAreNoFhirAreRefused) {
  const std::pair<std::string, std::string> rows[] = {
      {"nested 10,000 deep", "{\"resourceType\":\"Patient\",\"a\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}"},
      {"objects 10,000 deep", [] {
         std::string body = "{\"resourceType\":\"Patient\"";
         for (int i = 0; i < 10'000; ++i) body += ",\"a\":{\"b\":1";
         return body + std::string(10'001, '}');
       }()},
      {"invalid UTF-8", "{\"resourceType\":\"Patient\",\"id\":\"\xff\xfe\"}"},
      {"lone surrogate", R"({"resourceType":"Patient","id":"\ud800"})"},
      {"a null byte", std::string("{\"resourceType\":\"Patient\",\"id\":\"a\0b\"}", 38)},
      {"two roots", R"({"resourceType":"Patient"}{"resourceType":"Patient"})"},
      {"no JSON", "<Patient xmlns=\"http://hl7.org/fhir\"/>"},
      {"an array", R"([{"resourceType":"Patient"}])"},
      {"a type of numbers", R"({"resourceType":7})"},
  };
  for (const auto& [what, body] : rows) {
    ExpectRefused(Post("/fhir/Patient", body), 400, what);
    ExpectRefused(Post("/fhir", body), 400, what);
  }
}

TEST_F(Hostile, AnOverlongBodyIsRefusedBeforeItIsRead) {
  ExpectRefused(Post("/fhir/Patient", std::string(200'001, ' ')), 413, "one byte over");
}

TEST_F(Hostile, TooManyEntriesAreRefused) {
  for (const std::string type : {"batch", "transaction"}) {
    std::string body = R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)";
    for (int i = 0; i < 11; ++i) body += std::string(i ? "," : "") + R"({"request":{"method":"GET","url":"Patient/x"}})";
    ExpectRefused(Post("/fhir", body + "]}"), 413, type);
  }
}

TEST_F(Hostile, EveryTruncationOfATransactionIsRefusedAndStoresNothing) {
  const std::string body =
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e",)"
      R"("resource":{"resourceType":"Patient","active":true,"name":[{"family":"\u00e9"}]},"request":{"method":"POST","url":"Patient"}}]})";
  for (std::size_t size = 0; size < body.size(); ++size) ExpectRefused(Post("/fhir", body.substr(0, size)), 400, body.substr(0, size));
  EXPECT_EQ(Post("/fhir", body).status, 200);
}

TEST_F(Hostile, ABundleEntryThatContainsItselfByReferenceIsStoredOnce) {
  const std::string urn = "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e";
  const Response answer = Post("/fhir", R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":")" + urn +
                                            R"(","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"hasMember":[{"reference":")" + urn +
                                            R"("}]},"request":{"method":"POST","url":"Observation"}}]})");
  EXPECT_EQ(answer.status, 200) << answer.body;
}

}  // namespace
