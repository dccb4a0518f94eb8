// What is not one clear HTTP request, by raw socket against the whole server: the wanted status, one answer, a closed
// connection, and nothing stored. (hardening §5.3 and rows H01 to H07, H13, H14, H16)
#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "tests/support/http_client.h"
#include "tests/support/raw_connection.h"
#include "tests/support/test_server.h"

namespace careloom_test {
namespace {

const std::string kPatient = R"({"resourceType":"Patient","id":"a","name":[{"family":"A"}]})";
const std::string kCreate = "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\n";
const std::string kLength = "Content-Length: " + std::to_string(kPatient.size()) + "\r\n";

std::string Chunk(std::string_view text) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + std::string(text) + "\r\n";
}

struct Row {
  const char* id;
  std::string bytes;
  std::vector<int> statuses;     // any of these
};

class HostileHead : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_.error, ""); }
  std::int64_t Stored() {
    const auto counters = server_.app->store->Count();
    return counters ? counters->sequence : -1;
  }
  void Expect(const Row& row, bool half_close = false) {
    // What a lenient reader would take for the next request.
    const std::string more = half_close ? "" : "PUT /fhir/Patient/smuggled HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 43\r\n\r\n{\"resourceType\":\"Patient\",\"id\":\"smuggled\"}\r\n";
    const std::string bytes = Exchange(server_.port(), row.bytes + more, half_close);
    const auto answer = ParseAnswer(bytes);
    EXPECT_NE(std::find(row.statuses.begin(), row.statuses.end(), answer.status), row.statuses.end()) << row.id << ": " << answer.status << " for\n" << row.bytes.substr(0, 300);
    EXPECT_EQ(server::http::FindHeader(answer.headers, "Connection"), "close") << row.id;
    const auto outcome = fhir::json::Read(answer.body);
    ASSERT_TRUE(outcome) << row.id << ": more than one answer, or none: " << bytes;
    EXPECT_EQ(outcome->root->resource_type(), "OperationOutcome");
    EXPECT_FALSE(outcome->root->Find("issue")->ValueOf("diagnostics").empty());
  }
  void TearDown() override {
    EXPECT_EQ(Stored(), 0) << "something of a refused request was stored";
    EXPECT_EQ(Fetch(server_.port(), "GET", "/health/live").status, 200);
  }

  static server::http::EdgeOptions Impatient() {
    server::http::EdgeOptions options;
    options.head_time = options.body_grace = std::chrono::milliseconds(400);
    return options;
  }
  TestServer server_{{}, {}, Impatient()};
};

TEST_F(HostileHead, H01_H02_LengthsThatCanBeReadInTwoWays) {
  const auto with = [](const std::string& fields) { return kCreate + fields + "\r\n" + kPatient; };
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  std::vector<Row> rows = {
      {"H01 both", with(kLength + chunked), {400}},
      {"H01 both, chunked first", with(chunked + kLength), {400}},
      {"H01 twice", with(chunked + chunked), {400}},
      {"H01 space before the colon", with("Transfer-Encoding : chunked\r\n" + kLength), {400}},
      {"H01 tab before the colon", with("Transfer-Encoding\t: chunked\r\n" + kLength), {400}},
      {"H02 two lengths", with(kLength + "Content-Length: 0\r\n"), {400}},
      {"H02 the same length twice", with(kLength + kLength), {400}},
  };
  for (const char* encoding : {"xchunked", "chunked, identity", "identity", "gzip, chunked"}) rows.push_back({"H01 encoding", with("Transfer-Encoding: " + std::string(encoding) + "\r\n"), {400, 501}});
  for (const char* length : {"+5", "-1", "-5", "abc", "0x5", "5, 5", "5,5", "99999999999999999999", "9223372036854775808", ""}) {
    rows.push_back({"H02 length", with("Content-Length: " + std::string(length) + "\r\n"), {400}});
  }
  for (const Row& row : rows) Expect(row);
}

TEST_F(HostileHead, H03_ChunksThatAreNone) {
  const std::string head = kCreate + "Transfer-Encoding: chunked\r\n\r\n", first = Chunk(kPatient);
  for (const char* size : {"-5", "zz", "0x5", "FFFFFFFFFFFFFFFFFF", ""}) {
    Expect({"H03 size", head + size + "\r\n" + kPatient + "\r\n0\r\n\r\n", {400}});
    Expect({"H03 last size", head + first + size + "\r\n\r\n", {400}});
  }
  Expect({"H03 more than fits", head + "FFFFFFFFFFFFFFFF\r\n", {413}});
  Expect({"H03 extension of 1 MB", head + "5;" + std::string(1 << 20, 'e') + "\r\n", {400}});
  std::string trailers;
  for (int i = 0; i < 10'000; ++i) trailers += "X: y\r\n";
  Expect({"H03 10,000 trailers", head + first + "0\r\n" + trailers + "\r\n", {400}});
  Expect({"H03 no last chunk", head + first, {400}}, true);
}

TEST_F(HostileHead, H04_BodiesThatBreakOff) {
  for (const char* type : {"application/fhir+json", "application/fhir+ndjson", "text/csv", "application/octet-stream"}) {
    for (const char* path : {"/fhir/Patient", "/fhir", "/fhir/Binary", "/inbox/cld"}) {
      const std::string head = "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\n";
      Expect({"H04 by length", head + "Content-Length: 1000\r\n\r\n" + kPatient + "\n", {400}}, true);
      Expect({"H04 in chunks", head + "Transfer-Encoding: chunked\r\n\r\n" + Chunk(kPatient + "\n"), {400}}, true);
    }
  }
  // Who stalls keeps his side open; the answer comes at the deadline.
  for (const std::string& framing : {"Content-Length: 1000\r\n\r\n" + kPatient, "Transfer-Encoding: chunked\r\n\r\n" + Chunk(kPatient)}) {
    EXPECT_EQ(ParseAnswer(Exchange(server_.port(), kCreate + framing)).status, 408);
  }
}

TEST_F(HostileHead, H05_LinesAndHostsThatAreNone) {
  const std::string get = "GET /fhir/Patient HTTP/1.1\r\n";
  for (const Row& row : std::vector<Row>{
           {"H05 LF only", "GET /fhir/Patient HTTP/1.1\nHost: localhost\n\n", {400}},
           {"H05 one bare LF", get + "Host: localhost\n\r\n", {400}},
           {"H05 bare CR", get + "Host: localhost\rX: y\r\n\r\n", {400}},
           {"H05 folded", get + "Host: localhost\r\nX: a\r\n b\r\n\r\n", {400}},
           {"H05 folded first field", get + " Host: localhost\r\n\r\n", {400}},
           {"H05 NUL", get + "Host: localhost\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n", {400}},
           {"H05 NUL in a name", get + "Host: localhost\r\nX" + std::string(1, '\0') + ": b\r\n\r\n", {400}},
           {"H05 no Host", get + "\r\n", {400}},
           {"H05 two Hosts", get + "Host: localhost\r\nHost: localhost\r\n\r\n", {400}},
           {"H05 two other Hosts", get + "Host: localhost\r\nHost: elsewhere\r\n\r\n", {400}},
           {"H05 a Host that is none", get + "Host: local host\r\n\r\n", {400}},
           {"H05 absolute, other host", "GET http://elsewhere/fhir/Patient HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}},
           {"H05 HTTP/0.9", "GET /fhir/Patient\r\n", {400, 505}},
           {"H05 HTTP/9.9", "GET /fhir/Patient HTTP/9.9\r\nHost: localhost\r\n\r\n", {505}},
           {"H05 an expectation that is none", kCreate + kLength + "Expect: junk\r\n\r\n" + kPatient, {417}},
           {"two Authorizations", get + "Host: localhost\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", {400}},
       }) {
    Expect(row);
  }
  EXPECT_EQ(ParseAnswer(Exchange(server_.port(), "GET http://LOCALHOST/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).status, 200);
}

TEST_F(HostileHead, H06_NothingThatIsSentComesBackAsALineOfTheAnswersHead) {
  const std::string split = "a%0d%0aSet-Cookie:%20x=y";
  for (const std::string& head : {"GET /fhir/Patient/" + split + " HTTP/1.1\r\nHost: localhost\r\n", "GET /fhir/Patient?_id=" + split + " HTTP/1.1\r\nHost: localhost\r\n",
                                  std::string("GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: a\tb\xC2\x85Set-Cookie: x=y\r\n"),
                                  std::string("GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: 1234567890123456789012345678901234567890123456789012345678901234567890\r\n"),
                                  std::string("GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nPrefer: return=\"a%0d%0aSet-Cookie: x\"\r\n"),
                                  std::string("GET /fhir/Patient/x HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: W/\"a%0d%0aSet-Cookie: x\"\r\n")}) {
    const std::string bytes = Exchange(server_.port(), head + "Connection: close\r\n\r\n");
    EXPECT_EQ(bytes.substr(0, bytes.find("\r\n\r\n")).find("Set-Cookie"), std::string::npos) << bytes;
    const std::string id(server::http::FindHeader(ParseAnswer(bytes).headers, "X-Request-ID"));
    EXPECT_TRUE(id.size() >= 8 && id.size() <= 64) << id;
  }
}

TEST_F(HostileHead, H07_WhatFollowsARefusalIsNeverARequest) {
  const std::string smuggled = "PUT /fhir/Patient/smuggled HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
  const std::string long_body = std::to_string((16u << 20) + 1);
  Expect({"H07 413", kCreate + "Content-Length: " + long_body + "\r\n\r\n" + smuggled, {413}});
  // More than is drained: the connection is closed all the same, and none of it is a request.
  RawConnection caller(server_.port());
  caller.Send(kCreate + "Content-Length: " + long_body + "\r\n\r\n");
  for (int i = 0; i < 3000 && caller.Send(smuggled); ++i) {
  }
  EXPECT_TRUE(caller.IsClosed());
  // A body that was read is not read again as a request.
  const std::string bytes = Exchange(server_.port(), "POST /fhir/Nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled +
                                                         "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(ParseAnswer(bytes).status, 404);
  EXPECT_NE(bytes.find("HTTP/1.1 200"), std::string::npos);
  EXPECT_EQ(bytes.find("HTTP/1.1 201"), std::string::npos);
}

TEST_F(HostileHead, H13_WhatIsTooLarge) {
  const std::string host = "Host: localhost\r\n";
  Expect({"H13 20 KB URI", "GET /fhir/Patient?name=" + std::string(20'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", {414}});
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "X: y\r\n";
  Expect({"H13 102 fields", "GET /fhir/Patient HTTP/1.1\r\n" + host + fields + "\r\n", {431}});
  Expect({"H13 9 KB token", "GET /fhir/Patient HTTP/1.1\r\n" + host + "Authorization: Bearer " + std::string(9000, 'a') + "\r\n\r\n", {431}});
  std::string many;
  for (int i = 0; i < 8; ++i) many += "X: " + std::string(5000, 'a') + "\r\n";
  Expect({"H13 40 KB head", "GET /fhir/Patient HTTP/1.1\r\n" + host + many + "\r\n", {431}});
  Expect({"H13 1 GB upload", kCreate + "Content-Length: 1000000000\r\n\r\n" + kPatient, {413}});
  const auto zipped = ParseAnswer(Exchange(server_.port(), kCreate + "Content-Encoding: gzip\r\nConnection: close\r\n" + kLength + "\r\n" + kPatient));
  EXPECT_EQ(zipped.status, 415) << zipped.body;
}

TEST_F(HostileHead, H14_PathsThatPointElsewhere) {
  for (const char* target : {"/fhir/Patient/a%2fb", "/fhir/Patient/a%2Fb", "/fhir/Patient/%2e%2e", "/fhir/Patient/../Binary/a", "/fhir/./Patient/a", "/fhir//Patient/a", "//fhir/Patient/a",
                             "/fhir/Patient;x/a", "/fhir/Patient/a;x", "/fhir/Patient/a%00", "/fhir/Patient/%c0%af", "/fhir/Patient/%ff", "/fhir/Patient/%", "/fhir/Patient/a#b", "/fhir/Patient/a\\..\\b",
                             "/fhir%2fPatient", "/fhir/Patient%3f_id=a", "/FHIR/Patient"}) {
    const auto answer = ParseAnswer(Exchange(server_.port(), "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    EXPECT_TRUE(answer.status == 400 || answer.status == 404) << target << " " << answer.status;
    EXPECT_NE(answer.body.find("OperationOutcome"), std::string::npos) << target;
  }
}

TEST_F(HostileHead, H16_Methods) {
  const std::string host = " HTTP/1.1\r\nHost: localhost\r\n";
  Expect({"H16 TRACE", "TRACE /fhir/Patient" + host + "\r\n", {405, 501}});
  Expect({"H16 CONNECT", "CONNECT localhost:80" + host + "\r\n", {405, 501}});
  EXPECT_EQ(Fetch(server_.port(), "BREW", "/fhir/Patient").status, 405);
  // A header does not change the method.
  EXPECT_EQ(Fetch(server_.port(), "POST", "/fhir/Patient/x", {{"X-HTTP-Method-Override", "DELETE"}}).status, 405);
  const auto get = Fetch(server_.port(), "GET", "/fhir/metadata"), head = Fetch(server_.port(), "HEAD", "/fhir/metadata");
  EXPECT_EQ(head.status, get.status);
  EXPECT_EQ(head.body, "");
  for (const char* name : {"Content-Type", "Content-Length", "ETag"}) EXPECT_EQ(server::http::FindHeader(head.headers, name), server::http::FindHeader(get.headers, name)) << name;
  const auto options = Fetch(server_.port(), "OPTIONS", "/fhir/Patient/x");
  EXPECT_EQ(options.status, 204);
  EXPECT_NE(server::http::FindHeader(options.headers, "Allow").find("PUT"), std::string::npos);
  EXPECT_EQ(Fetch(server_.port(), "OPTIONS", "/nothing").status, 404);
}

}  // namespace
}  // namespace careloom_test
