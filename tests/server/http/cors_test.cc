// Which origins may ask and read, and what is no origin. (hardening: H16)
#include "server/http/cors.h"

#include <gtest/gtest.h>

#include "tests/support/http_client.h"
#include "tests/support/test_server.h"

namespace server::http {
namespace {

using careloom_test::Fetch;
using careloom_test::TestServer;

const std::string kApp = "https://app.example", kSecret = "a secret that is long enough";

TEST(Origin, IsSchemeHostAndPortAlone) {
  for (const char* good : {"https://a.example", "https://a.example:8443", "https://10.0.0.1", "https://[::1]:8443", "http://localhost", "http://localhost:3000", "http://127.0.0.1:80", "http://[::1]:3000"}) {
    EXPECT_TRUE(IsOrigin(good)) << good;
  }
  for (const char* bad : {"", "*", "null", "https://", "https://a.example/", "https://a.example/x", "https://A.example", "a.example", "http://a.example", "http://localhost.example", "ftp://a.example",
                          "https://a.example:", "https://a.example:x", "https://a.example:123456", "https://u@a.example", "https://a.example?x", "https://a.example#x", "https://*.example", "https://[::1"}) {
    EXPECT_FALSE(IsOrigin(bad)) << bad;
  }
}

class CorsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_.error, ""); }
  static FrontOptions Options() {
    FrontOptions options;
    options.clients = {{"app", Sha256Of(kSecret)}};
    options.origins = {kApp, "https://other.example:8443"};
    return options;
  }
  Response Send(const std::string& method, const std::string& path, const std::string& origin, Headers headers = {}) {
    if (!origin.empty()) headers.emplace_back("Origin", origin);
    return Fetch(server_.port(), method, path, headers);
  }
  static std::string Allowed(const Response& answer) { return std::string(FindHeader(answer.headers, "Access-Control-Allow-Origin")); }
  static const Headers& Asking() {
    static const Headers headers = {{"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "authorization,content-type"}};
    return headers;
  }
  TestServer server_{{}, Options()};
};

TEST_F(CorsTest, ARegisteredOriginMayAskAndRead) {
  const Response asked = Send("OPTIONS", "/fhir/Patient/x", kApp, Asking());
  EXPECT_EQ(asked.status, 204);
  EXPECT_EQ(Allowed(asked), kApp);
  EXPECT_EQ(FindHeader(asked.headers, "Access-Control-Allow-Methods"), "DELETE, GET, HEAD, PATCH, PUT");
  EXPECT_NE(FindHeader(asked.headers, "Access-Control-Allow-Headers").find("Authorization"), std::string_view::npos);
  EXPECT_EQ(FindHeader(asked.headers, "Access-Control-Max-Age"), "600");
  EXPECT_NE(FindHeader(asked.headers, "Vary").find("Origin"), std::string_view::npos);
  const Response read = Send("GET", "/fhir/Patient", kApp, {{"Authorization", "Bearer app." + kSecret}});
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(Allowed(read), kApp);
  EXPECT_NE(FindHeader(read.headers, "Access-Control-Expose-Headers").find("ETag"), std::string_view::npos);
  EXPECT_NE(FindHeader(read.headers, "Vary").find("Origin"), std::string_view::npos);
  EXPECT_EQ(Allowed(Send("GET", "/fhir/Patient", kApp)), kApp) << "a page may read that it was refused";
  EXPECT_EQ(Allowed(Send("GET", "/fhir/Patient", "https://other.example:8443")), "https://other.example:8443");
}

TEST_F(CorsTest, AnyOtherGetsNothingOfIt) {
  for (const char* origin : {"null", "https://evil.example", "https://app.example.evil.example", "https://app.example:443", "http://app.example", "https://APP.example", "https://app.example/",
                             "https://app.example https://evil.example", "*", "https://other.example"}) {
    const Response asked = Send("OPTIONS", "/fhir/Patient/x", origin, Asking());
    EXPECT_EQ(asked.status, 401) << origin;
    EXPECT_EQ(Allowed(asked), "") << origin;
    const Response read = Send("GET", "/fhir/Patient", origin, {{"Authorization", "Bearer app." + kSecret}});
    EXPECT_EQ(read.status, 200) << origin;
    EXPECT_EQ(Allowed(read), "") << origin;
    EXPECT_NE(FindHeader(read.headers, "Vary").find("Origin"), std::string_view::npos) << "or a cache would hand it on";
  }
}

TEST_F(CorsTest, NoAnswerEverTakesABrowsersOwnCredentials) {
  for (const std::string& origin : {kApp, std::string("null"), std::string()}) {
    for (const char* path : {"/fhir/metadata", "/fhir/Patient", "/nowhere"}) {
      for (const char* method : {"GET", "OPTIONS"}) {
        const Response answer = Send(method, path, origin, Asking());
        EXPECT_EQ(FindHeader(answer.headers, "Access-Control-Allow-Credentials"), "");
        EXPECT_TRUE(Allowed(answer) != "*" || std::string_view(path) == "/fhir/metadata") << path;
      }
    }
  }
}

TEST_F(CorsTest, AnybodyMayReadWhatTheServerIs) {
  for (const char* origin : {"https://evil.example", "null"}) {
    const Response read = Send("GET", "/fhir/metadata", origin);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(Allowed(read), "*");
    EXPECT_EQ(Send("OPTIONS", "/fhir/metadata", origin, Asking()).status, 204);
  }
  EXPECT_EQ(Allowed(Send("GET", "/fhir/metadata", "")), "");
}

TEST_F(CorsTest, AQuestionAboutNothingIsNoPreflight) {
  EXPECT_EQ(Send("OPTIONS", "/nowhere", kApp, Asking()).status, 401);
  EXPECT_EQ(Send("OPTIONS", "/fhir/Patient/x", kApp).status, 401) << "without Access-Control-Request-Method";
  EXPECT_EQ(Send("OPTIONS", "/fhir/Patient/x", "", Asking()).status, 401);
}

TEST_F(CorsTest, TheMethodIsTheRequestsOwnAndNoHeaders) {
  const std::string bearer = "Bearer app." + kSecret;
  for (const char* header : {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}) {
    EXPECT_EQ(Fetch(server_.port(), "GET", "/fhir/Patient/none", {{"Authorization", bearer}, {header, "DELETE"}}).status, 404) << header;
  }
  for (const char* method : {"TRACE", "CONNECT", "PURGE", "get"}) {
    const int status = Fetch(server_.port(), method, "/fhir/Patient", {{"Authorization", bearer}}).status;
    EXPECT_TRUE(status == 405 || status == 501) << method << " " << status;
  }
}

// A page in a browser beside a server for this machine alone.
TEST(CorsWithoutClients, AForeignPageChangesNothing) {
  TestServer server;
  ASSERT_EQ(server.error, "");
  const Headers from_page = {{"Origin", "https://evil.example"}, {"Content-Type", "text/plain"}};
  EXPECT_EQ(Fetch(server.port(), "POST", "/inbox/cld", from_page, "a").status, 403);
  EXPECT_EQ(Fetch(server.port(), "DELETE", "/fhir/Patient/x", from_page).status, 403);
  EXPECT_EQ(Fetch(server.port(), "GET", "/fhir/Patient", from_page).status, 200);   // which the page cannot read
}

}  // namespace
}  // namespace server::http
