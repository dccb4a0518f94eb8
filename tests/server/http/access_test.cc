// What stands in the log after requests: one line each, with what helps and nothing of what was asked.
#include "server/http/access.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/watched_server.h"

namespace {

using careloom_test::WatchedServer;

// The log's lines of that event.
std::vector<std::string> LinesOf(const std::string& log, const std::string& event) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = std::min(log.find('\n', at), log.size());
    const std::string line = log.substr(at, end - at);
    if (line.find("\"event\":\"" + event + "\"") != std::string::npos) lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

bool Has(const std::string& line, const std::string& part) { return line.find(part) != std::string::npos; }

TEST(Access, ARequestLeavesOneLineWithItsRouteAndFigures) {
  WatchedServer server;
  server.Do("GET", "/fhir/Patient/one", {}, {{"X-Request-ID", "abc-12345"}, {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
  const std::vector<std::string> lines = LinesOf(server.Stop(), "request");
  ASSERT_EQ(lines.size(), 1u);
  for (const char* part : {R"("level":"info")", R"("request":"abc-12345")", R"("trace":"4bf92f3577b34da6a3ce929d0e0e4736")", R"("method":"GET")", R"("route":"read")",
                           R"("pattern":"/[type]/[id]")", R"("type":"Patient")", R"("status":404)", R"("error":"not-found")", R"("duration_us":)", R"("bytes_out":)"}) {
    EXPECT_TRUE(Has(lines[0], part)) << part << "\n" << lines[0];
  }
}

TEST(Access, ATraceOfOursStandsWhereTheCallersIsNotOne) {
  const std::string valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", other = "00-11111111111111111111111111111111-00f067aa0ba902b7-01";
  WatchedServer server;
  server.Do("GET", "/health/live");
  server.Do("GET", "/health/live", {}, {{"traceparent", valid + "x"}});
  server.Do("GET", "/health/live", {}, {{"traceparent", valid}, {"Traceparent", other}});
  const std::vector<std::string> lines = LinesOf(server.Stop(), "request");
  ASSERT_EQ(lines.size(), 3u);
  for (const std::string& line : lines) {
    EXPECT_FALSE(Has(line, "4bf92f3577b34da6") || Has(line, "1111111111111111")) << line;
    EXPECT_EQ(line.substr(line.find("\"trace\":\"") + 9 + 32, 1), "\"") << line;
  }
}

TEST(Access, WhatNoRouteAnswersLeavesALineToo) {
  WatchedServer server;
  server.Do("GET", "/nowhere/at-all");
  server.Do("BREW", "/fhir/Patient");
  server.Send("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
  const std::vector<std::string> lines = LinesOf(server.Stop(), "request");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_TRUE(Has(lines[0], R"("route":"none","status":404)")) << lines[0];
  EXPECT_TRUE(Has(lines[1], R"("method":"?","route":"none","status":405)")) << lines[1];
  EXPECT_TRUE(Has(lines[2], R"("route":"none","status":400)")) << lines[2];
}

TEST(Access, AFailureOfOursIsAnErrorWithTheExceptionsTypeButNotItsText) {
  WatchedServer server;
  server.handler = [](const server::http::Request&) -> server::http::Response { throw std::out_of_range("what was sent"); };
  EXPECT_EQ(server.Do("GET", "/fhir/metadata").status, 500);
  const std::vector<std::string> lines = LinesOf(server.Stop(), "request");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(Has(lines[0], R"("level":"error")") && Has(lines[0], R"("error":"exception")") && Has(lines[0], "out_of_range")) << lines[0];
  EXPECT_FALSE(Has(lines[0], "what was sent")) << lines[0];
}

TEST(Access, ASlowRequestHasALineOfItsOwnWithTheNamesOfItsParameters) {
  server::AppOptions options;
  options.watch.slow_us = 0;   // everything is slow
  WatchedServer server(options);
  EXPECT_EQ(server.Do("GET", "/fhir/Patient?family:exact=Ash&birthdate=ge2000&_count=3").status, 200);
  EXPECT_EQ(server.Do("POST", "/fhir/Patient/_search", "name=Ada&colour=red", {{"Content-Type", "application/x-www-form-urlencoded"}}).status, 400);
  const std::string log = server.Stop();
  const std::vector<std::string> slow = LinesOf(log, "slow");
  ASSERT_EQ(slow.size(), 2u) << log;
  EXPECT_TRUE(Has(slow[0], R"("level":"warning")") && Has(slow[0], R"("type":"Patient","parameters":"family:exact,birthdate,_count")") && Has(slow[0], R"("route":"search-type")")) << slow[0];
  EXPECT_TRUE(Has(slow[1], R"("parameters":"name,?")")) << slow[1];
}

TEST(Access, AQuickRequestHasNone) {
  WatchedServer server;
  EXPECT_EQ(server.Do("GET", "/health/live").status, 200);
  EXPECT_TRUE(LinesOf(server.Stop(), "slow").empty());
}

TEST(Access, TheStoreAndASettledMessageLeaveTheirLines) {
  WatchedServer server;
  EXPECT_EQ(server.Do("POST", "/inbox/cld?name=what-they-call-it.csv", "not a council's file", {{"Content-Type", "text/csv"}}).status, 202);
  server.app().inbox->Start();
  while (true) {
    if (server.Do("GET", "/inbox?state=held").body.find(R"("valueCode":"held")") != std::string::npos) break;
  }
  const std::string log = server.Stop();
  EXPECT_EQ(LinesOf(log, "store-opened").size(), 1u);
  const std::vector<std::string> settled = LinesOf(log, "message");
  ASSERT_EQ(settled.size(), 1u) << log;
  for (const char* part : {R"("adapter":"cld","state":"held")", R"("bytes":20)", R"("resourcesCreated":0)", R"("level":"warning")"}) EXPECT_TRUE(Has(settled[0], part)) << part << settled[0];
  EXPECT_FALSE(Has(log, "what-they-call-it"));
}

}  // namespace
