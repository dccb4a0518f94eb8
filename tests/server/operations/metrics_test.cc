// /metrics: what it gives is what the README says, counts are right, and labels are of bounded sets.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "server/http/edge_figures.h"
#include "server/metrics/requests.h"
#include "tests/support/shared_data.h"
#include "tests/support/watched_server.h"

namespace careloom_test {
namespace {

// "name kind" of each family of the page.
std::set<std::string> FamiliesOf(const std::string& page) {
  std::set<std::string> families;
  constexpr std::string_view kType = "# TYPE ";
  for (std::size_t at = 0; (at = page.find(kType, at)) != std::string::npos;) {
    at += kType.size();
    families.insert(page.substr(at, page.find('\n', at) - at));
  }
  return families;
}

// The value of the line that begins with this; -1 when there is none.
double ValueOf(const std::string& page, const std::string& series) {
  const std::size_t at = page.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(page.substr(at + series.size() + 2));
}

TEST(Metrics, TheReadmesTableIsWhatIsGiven) {
  WatchedServer server;
  server.app().certificate_expires = [] { return std::int64_t{2'000'000'000}; };
  server.Do("GET", "/health/live");
  const std::string readme = ReadFile(std::string(CARELOOM_SOURCE_DIR) + "/server/metrics/README.md");
  std::set<std::string> told;
  for (std::size_t at = 0; (at = readme.find("\n| `", at)) != std::string::npos;) {
    at += 4;
    const std::size_t end = readme.find('`', at), kind = readme.find("| ", end) + 2;
    told.insert(readme.substr(at, end - at) + " " + readme.substr(kind, readme.find(' ', kind) - kind));
  }
  EXPECT_EQ(FamiliesOf(server.Do("GET", "/metrics").body), told);
}

TEST(Metrics, RequestsAreCountedByRouteMethodAndStatusAndNothingElse) {
  WatchedServer server;
  for (const char* target : {"/fhir/Patient/one", "/fhir/Patient/two", "/fhir/Observation/three?_pretty=true"}) server.Do("GET", target);
  server.Do("HEAD", "/health/live");
  server.Do("BREW", "/fhir/Patient");
  server.Do("GET", "/elsewhere");
  EXPECT_EQ(server.Do("PUT", "/fhir/Patient/one", R"({"resourceType":"Patient","id":"one"})").status, 201);
  const std::string page = server.Do("GET", "/metrics").body;
  EXPECT_EQ(ValueOf(page, R"(careloom_http_requests_total{route="read",method="GET",status="4xx"})"), 3) << page;
  EXPECT_EQ(ValueOf(page, R"(careloom_http_requests_total{route="live",method="HEAD",status="2xx"})"), 1);
  EXPECT_EQ(ValueOf(page, R"(careloom_http_requests_total{route="none",method="other",status="4xx"})"), 1);
  EXPECT_EQ(ValueOf(page, R"(careloom_http_requests_total{route="none",method="GET",status="4xx"})"), 1);
  EXPECT_EQ(ValueOf(page, R"(careloom_http_request_duration_seconds_count{route="read"})"), 3);
  EXPECT_EQ(ValueOf(page, R"(careloom_http_request_duration_seconds_bucket{route="read",le="+Inf"})"), 3);
  EXPECT_EQ(ValueOf(page, "careloom_store_resources"), 1);
  EXPECT_EQ(ValueOf(page, "careloom_store_versions"), 1);
  EXPECT_GE(ValueOf(page, "careloom_store_group_jobs_sum"), 1);
  EXPECT_GE(ValueOf(page, "careloom_store_commit_duration_seconds_count"), 1);
  EXPECT_GT(ValueOf(page, "careloom_store_file_bytes"), 0);
  EXPECT_GT(ValueOf(page, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(ValueOf(page, "process_open_fds"), 3);
  EXPECT_GT(ValueOf(page, "process_start_time_seconds"), 1.6e9);
}

TEST(Metrics, MessagesAreCountedByStateWithTheAgeOfTheOldestThatWaits) {
  WatchedServer server;
  std::string page = server.Do("GET", "/metrics").body;
  EXPECT_EQ(ValueOf(page, R"(careloom_inbox_messages{state="received"})"), 0) << page;
  EXPECT_EQ(ValueOf(page, "careloom_inbox_oldest_waiting_seconds"), 0);
  ASSERT_EQ(server.Do("POST", "/inbox/cld?name=a.csv", "not one", {{"Content-Type", "text/csv"}}).status, 202);
  page = server.Do("GET", "/metrics").body;
  EXPECT_EQ(ValueOf(page, R"(careloom_inbox_messages{state="received"})"), 1) << page;
  EXPECT_GT(ValueOf(page, "careloom_inbox_oldest_waiting_seconds"), 0);
  ASSERT_TRUE(server.app().inbox->ProcessWaiting());
  page = server.Do("GET", "/metrics").body;
  EXPECT_EQ(ValueOf(page, R"(careloom_inbox_messages{state="held"})"), 1) << page;
  EXPECT_EQ(ValueOf(page, "careloom_inbox_oldest_waiting_seconds"), 0);
}

TEST(Requests, NothingIsLostWhenManyThreadsCount) {
  server::metrics::Requests requests({"read", "search-type"});
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&requests, i] {
      for (int k = 0; k < 10'000; ++k) requests.Count(i % 4, k % 2 ? "GET" : "g\ne\"t", 200 + k % 2 * 300, k, 1, 2);
    });
  }
  for (std::thread& thread : threads) thread.join();
  server::metrics::Page page;
  requests.AddTo(page);
  const std::string text = "\n" + page.Text();
  EXPECT_EQ(ValueOf(text, R"(careloom_http_requests_total{route="read",method="GET",status="5xx"})"), 10'000) << text;
  EXPECT_EQ(ValueOf(text, R"(careloom_http_requests_total{route="none",method="other",status="2xx"})"), 20'000);
  EXPECT_EQ(ValueOf(text, R"(careloom_http_request_duration_seconds_bucket{route="read",le="0.00025"})"), 2 * 251);
  EXPECT_EQ(ValueOf(text, "careloom_http_received_bytes_total"), 80'000);
  EXPECT_EQ(ValueOf(text, "careloom_http_sent_bytes_total"), 160'000);
}

}  // namespace
}  // namespace careloom_test
