// Files for the inbox and bodies for FHIR that break off on their way, at random places and framed either way: refused, and
// nothing of them is kept (hardening: C18). Line ends and blank lines are told by tests/adapters/base/csv_test.cc.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/cld_generator.h"
#include "tests/support/http_client.h"
#include "tests/support/size.h"
#include "tests/support/test_server.h"

namespace careloom_test {
namespace {

enum class Framing { kLength, kChunked };

class CutFile : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.error, "");
    CldOptions options;
    options.rows = 40;
    csv_ = WriteCld(GenerateCld(options).rows);
  }
  void TearDown() override {
    // Whatever was cut is not there, and the server goes on.
    EXPECT_EQ(Fetch(server_.port(), "GET", "/inbox").body.find("\"entry\""), std::string::npos);
    const auto counters = server_.app->store->Count();
    ASSERT_TRUE(counters);
    EXPECT_EQ(counters->sequence, 0);
    EXPECT_EQ(Fetch(server_.port(), "GET", "/health/live").status, 200);
  }

  static std::string Framed(const std::string& target, const std::string& type, const std::string& body, Framing framing) {
    const std::string head = "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\n";
    if (framing == Framing::kLength) return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    std::string bytes = head + "Transfer-Encoding: chunked\r\n\r\n";
    constexpr std::size_t kChunk = 700;
    for (std::size_t at = 0; at < body.size(); at += kChunk) {
      char size[16];
      const std::string piece = body.substr(at, kChunk);
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      bytes += size + piece + "\r\n";
    }
    return bytes + "0\r\n\r\n";
  }
  // Sends a part, closes its side, and looks at what comes back: nothing, or a refusal.
  void ExpectRefused(const std::string& bytes, std::size_t cut) {
    const auto answer = ParseAnswer(Exchange(server_.port(), bytes.substr(0, cut), true));
    EXPECT_TRUE(answer.status == 0 || (answer.status >= 400 && answer.status < 500)) << answer.status << " for the first " << cut << " of " << bytes.size() << " bytes\n" << answer.body.substr(0, 300);
  }
  void CutAll(const std::string& target, const std::string& type, const std::string& body, Framing framing) {
    const std::string bytes = Framed(target, type, body, framing);
    const std::size_t head = bytes.find("\r\n\r\n") + 4;
    for (int i = 0; i < EveryDayOrLong(60, 2'000); ++i) ExpectRefused(bytes, head + random_() % (bytes.size() - head));
    // The ends of lines, where a part looks most like a whole.
    for (std::size_t at = bytes.find('\n', head), lines = 0; at != std::string::npos && at + 1 < bytes.size() && lines < 30; at = bytes.find('\n', at + 1), ++lines) ExpectRefused(bytes, at + 1);
    for (std::size_t left : {1u, 2u, 3u, 4u, 5u, 6u}) ExpectRefused(bytes, bytes.size() - left);
  }

  TestServer server_;
  std::mt19937 random_{17};
  std::string csv_;
};

TEST_F(CutFile, C18_ACouncilsFileThatBreaksOffIsNotKept) {
  CutAll("/inbox/cld?name=cut.csv", "text/csv", csv_, Framing::kLength);
  CutAll("/inbox/cld?name=cut.csv", "text/csv", csv_, Framing::kChunked);
}

TEST_F(CutFile, C18_ChunkedFilesAreRefusedUnderAnyType) {
  // Under another type nothing in the head says that it comes line by line.
  for (const char* type : {"text/csv", "application/octet-stream", "text/plain", "application/fhir+ndjson"}) {
    const std::string bytes = Framed("/inbox/cld", type, csv_, Framing::kChunked);
    ExpectRefused(bytes, bytes.size());
    ExpectRefused(bytes, bytes.size() / 2);
    ExpectRefused(bytes, bytes.size() - 5);
  }
}

TEST_F(CutFile, C18_ATransactionThatBreaksOffStoresNothing) {
  std::string entries;
  for (int i = 0; i < 20; ++i) entries += (i ? ",\n" : "") + std::string(R"({"resource":{"resourceType":"Patient","active":true},"request":{"method":"POST","url":"Patient"}})");
  const std::string bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}";
  // The last bytes of a chunked body are the end of its framing: without them it is not whole, though the JSON is.
  const std::string chunked = Framed("/fhir", "application/fhir+json", bundle, Framing::kChunked);
  for (int i = 0; i < EveryDayOrLong(60, 2'000); ++i) ExpectRefused(chunked, chunked.size() - 7 - random_() % (bundle.size() - 2));
  for (std::size_t left = 1; left <= 7; ++left) ExpectRefused(chunked, chunked.size() - left);
  const std::string whole = Framed("/fhir", "application/fhir+json", bundle, Framing::kLength);
  for (int i = 0; i < EveryDayOrLong(60, 2'000); ++i) ExpectRefused(whole, whole.size() - 1 - random_() % (bundle.size() - 1));
}

TEST_F(CutFile, C18_NdjsonIsNoFhirBody) {
  const auto answer = Fetch(server_.port(), "POST", "/fhir", {{"Content-Type", "application/fhir+ndjson"}}, "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\"}\n");
  EXPECT_EQ(answer.status, 415) << answer.body;
}

}  // namespace
}  // namespace careloom_test
