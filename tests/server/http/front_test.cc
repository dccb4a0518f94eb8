// Who may call what: every route of the catalogues, with no, wrong and right credentials, over the socket.
#include "server/http/front.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/http_client.h"
#include "tests/support/test_server.h"

namespace server::http {
namespace {

using careloom_test::Fetch;
using careloom_test::TestServer;

const std::string kSecret = "a secret that is long enough";

FrontOptions OneClient() {
  FrontOptions options;
  options.clients = {{"practice-a", Sha256Of(kSecret)}};
  options.failures_a_minute = 6000;
  options.failures_at_once = 100'000;
  return options;
}

// A path that the pattern fits.
std::string PathOf(const Route& route) {
  std::string path(route.pattern);
  for (const auto& [piece, text] : {std::pair<std::string, std::string>{"[type]", "Patient"}, {"[id]", "x1"}, {"[version]", "1"}, {"[other]", "Observation"}, {"[adapter]", "cld"}}) {
    if (const std::size_t at = path.find(piece); at != std::string::npos) path.replace(at, piece.size(), text);
  }
  return (route.level == Level::kServer ? "" : std::string(kFhirPath)) + path;
}

class FrontTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_.error, ""); }
  TestServer server_{{}, OneClient()};
};

TEST_F(FrontTest, EveryRouteButTheOpenOnesAsksForCredentials) {
  std::set<std::string> open;
  for (const Route* route : server_.router->routes()) {
    if (route->policy.kind() == Policy::Kind::kOpen) open.insert(PathOf(*route));
  }
  EXPECT_EQ(open, (std::set<std::string>{"/fhir/metadata", "/health/live", "/health/ready"}));
  const Headers credentials[] = {
      {}, {{"Authorization", "garbage"}}, {{"Authorization", "Bearer practice-a.wrong wrong wrong wrong"}}, {{"Authorization", "Bearer unknown." + kSecret}}, {{"Authorization", "Basic eDp5"}}};
  std::set<std::string> bodies;
  int asked = 0;
  for (const Route* route : server_.router->routes()) {
    for (const std::string method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      for (const Headers& headers : credentials) {
        const std::string path = PathOf(*route);
        const Response answer = Fetch(server_.port(), method, path, headers, method == "PATCH" ? "{}" : "");
        if (open.contains(path) && (method == "GET" || method == "HEAD")) {
          EXPECT_EQ(answer.status, 200) << method << " " << path;
          continue;
        }
        ++asked;
        EXPECT_EQ(answer.status, 401) << method << " " << path;
        EXPECT_EQ(FindHeader(answer.headers, "WWW-Authenticate"), "Basic realm=\"Careloom\", charset=\"UTF-8\", Bearer realm=\"Careloom\"");
        if (method != "HEAD") bodies.insert(answer.body);
      }
    }
  }
  EXPECT_GT(asked, 500);
  EXPECT_EQ(bodies.size(), 1u) << "the same words whatever is wrong";
}

TEST_F(FrontTest, WhatIsNowhereAsksTooAndSaysNoMore) {
  for (const char* path : {"/", "/nowhere", "/fhir", "/fhir/NoType/1", "/fhir/metadata/x", "/fhir//metadata", "/health", "/FHIR/metadata", "/fhir/Patient/../metadata", "/fhir/%6detadata%00"}) {
    EXPECT_EQ(Fetch(server_.port(), "GET", path).status, 401) << path;
  }
}

TEST_F(FrontTest, AKnownClientComesInByEitherScheme) {
  for (const std::string& authorization : {"Bearer practice-a." + kSecret, std::string("Basic cHJhY3RpY2UtYTphIHNlY3JldCB0aGF0IGlzIGxvbmcgZW5vdWdo")}) {
    EXPECT_EQ(Fetch(server_.port(), "GET", "/fhir/Patient", {{"Authorization", authorization}}).status, 200) << authorization;
    EXPECT_EQ(Fetch(server_.port(), "GET", "/fhir/Patient/none", {{"Authorization", authorization}}).status, 404);
  }
}

TEST_F(FrontTest, TheRefusalComesBeforeAnyByteOfTheBody) {
  const std::string head = "POST /inbox/cld HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n";
  // Not a byte of the ten megabytes is sent, and nobody waits for them.
  const std::string answer = careloom_test::Exchange(server_.port(), head + "Content-Length: 10485760\r\n\r\n");
  EXPECT_EQ(careloom_test::ParseAnswer(answer).status, 401) << answer;
  const std::string more = careloom_test::Exchange(server_.port(), head + "Content-Length: 1099511627776\r\n\r\n");
  EXPECT_EQ(careloom_test::ParseAnswer(more).status, 401) << "who is unknown learns no limit: " << more;
}

TEST(FrontWithoutClients, LetsThisMachineIn) {
  TestServer server;
  ASSERT_EQ(server.error, "");
  EXPECT_EQ(Fetch(server.port(), "GET", "/fhir/Patient").status, 200);
}

TEST(FrontUnderGuesses, SlowsTheGuesserAndNotTheClientBesideIt) {
  FrontOptions options = OneClient();
  options.failures_at_once = 3;
  options.failures_a_minute = 1;
  TestServer server({}, options);
  ASSERT_EQ(server.error, "");
  const auto status = [&](const Headers& headers) { return Fetch(server.port(), "GET", "/fhir/Patient", headers); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status({{"Authorization", "Bearer practice-a.guess guess guess"}}).status, 401);
  const Response throttled = status({{"Authorization", "Bearer practice-a.guess guess guess"}});
  EXPECT_EQ(throttled.status, 429);
  EXPECT_NE(throttled.body.find("\"throttled\""), std::string::npos);
  EXPECT_GE(std::stoi(std::string(FindHeader(throttled.headers, "Retry-After"))), 1);
  EXPECT_EQ(status({}).status, 401) << "no credentials are no guess";
  EXPECT_EQ(status({{"Authorization", "Bearer practice-a." + kSecret}}).status, 200);
}

}  // namespace
}  // namespace server::http
