// The listener, with raw bytes: what is refused, with which status, and that the connection is closed.
#include "server/http/edge.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "server/http/error_response.h"
#include "tests/support/http_client.h"

namespace server::http {
namespace {

class EdgeTest : public testing::Test {
 protected:
  void SetUp() override {
    EdgeOptions options;
    options.port = 0;
    options.workers = 16;
    options.body_bytes = 1000;
    options.keep_alive = std::chrono::seconds(1);
    options.head_time = options.body_grace = options.write_stall = std::chrono::seconds(1);
    options.refuse_head = [](Request& head) -> std::optional<Response> {
      if (head.target == "/forbidden") return Refuse(403, "forbidden", "Not here.");
      head.client = "somebody";
      return std::nullopt;
    };
    options.on_answered = [this](const Request& request, const Response& answer, const Sent& sent) {
      const std::lock_guard<std::mutex> lock(mutex_);
      answered_.push_back(request.method + " " + std::to_string(answer.status) + " " + answer.note.error + (answer.note.detail.empty() ? "" : " (" + answer.note.detail + ")") + (sent.complete ? "" : " cut") +
                          (sent.bytes_out >= answer.body.size() && sent.bytes_in > 0 && sent.duration_us >= 0 ? "" : " no figures"));
      has_answered_.notify_all();
    };
    auto edge = Edge::Start(options, [this](const Request& request) {
      calls_ += 1;
      if (request.target == "/throw") throw std::runtime_error("secret");
      Response answer;
      answer.body = request.method + " " + request.target + " " + request.body;
      if (request.target == "/split") answer.headers.emplace_back("Location", "x\r\nSet-Cookie: a=b");
      if (request.target == "/noted") answer.note.error = "gone";
      if (request.target == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(50));
      if (request.target == "/who") answer.body += request.client + " at " + request.peer;
      return answer;
    });
    ASSERT_TRUE(edge.has_value());
    edge_ = *std::move(edge);
  }
  std::string Send(std::string_view bytes, bool half_close = false) { return careloom_test::Exchange(edge_->port(), bytes, half_close); }

  // What on_answered was told, when it has been told of so many answers.
  std::vector<std::string> Answered(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    has_answered_.wait_for(lock, std::chrono::seconds(20), [&] { return answered_.size() >= count; });
    return answered_;
  }

  std::mutex mutex_;   // guards answered_
  std::condition_variable has_answered_;
  std::vector<std::string> answered_;
  std::atomic<int> calls_ = 0;
  std::unique_ptr<Edge> edge_;
};

TEST_F(EdgeTest, ServesAndEchoesTheRequestId) {
  const auto answer = careloom_test::ParseAnswer(Send("POST /a%2Fb?c HTTP/1.1\r\nHost: x\r\nX-Request-ID: abc-12345\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "POST /a%2Fb?c hi");
  EXPECT_EQ(FindHeader(answer.headers, "X-Request-ID"), "abc-12345");
  EXPECT_EQ(FindHeader(answer.headers, "Content-Length"), "16");
}

TEST_F(EdgeTest, TellsOfEveryAnswerItsOwnRefusalsToo) {
  Send("GET /noted HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
  Send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::vector<std::string> wanted = {"GET 200 gone", "POST 413 too-long", "GET 500 exception (St13runtime_error)"};
  EXPECT_EQ(Answered(3), wanted);
}

TEST_F(EdgeTest, AForeignRequestIdIsReplaced) {
  const auto answer = careloom_test::ParseAnswer(Send("GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: <script>\r\nConnection: close\r\n\r\n"));
  EXPECT_GE(FindHeader(answer.headers, "X-Request-ID").size(), 8u);
  EXPECT_EQ(FindHeader(answer.headers, "X-Request-ID").find('<'), std::string_view::npos);
}

TEST_F(EdgeTest, RefusesWithOneAnswerAndCloses) {
  const std::string body = "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::pair<std::string, int> rows[] = {
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001", 413},
      {"POST / HTTP/1.1\r\nHost: x", 411},
      {"PUT / HTTP/1.1\r\nHost: x", 411},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked", 501},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\nContent-Length: 5", 400},
      {"CONNECT x:80 HTTP/1.1\r\nHost: x", 501},
      {"TRACE / HTTP/1.1\r\nHost: x", 405},
      {"GET / HTTP/9.9\r\nHost: x", 505},
      {"GET / HTTP/1.1", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: b", 400},
  };
  for (const auto& [head, status] : rows) {
    const std::string bytes = Send(head + body);
    const auto answer = careloom_test::ParseAnswer(bytes);
    EXPECT_EQ(answer.status, status) << head;
    EXPECT_NE(answer.body.find("OperationOutcome"), std::string::npos) << head << "\n" << bytes;
    EXPECT_EQ(bytes.find("HTTP/1.1 ", 5), std::string::npos) << "a second answer to\n" << head;
  }
  EXPECT_EQ(calls_, 0);
}

TEST_F(EdgeTest, AChunkedBodyThatStallsIsRefused) {
  const auto answer = careloom_test::ParseAnswer(Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"));
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(calls_, 0);
}

TEST_F(EdgeTest, AShortBodyIsRefusedAndNothingRuns) {
  const auto answer = careloom_test::ParseAnswer(Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", true));
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("3 of the 10 bytes"), std::string::npos);
  EXPECT_EQ(calls_, 0);
}

TEST_F(EdgeTest, AStalledBodyIsRefusedInTime) {
  const auto answer = careloom_test::ParseAnswer(Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"));
  EXPECT_EQ(answer.status, 408) << answer.body;
  EXPECT_EQ(calls_, 0);
}

TEST_F(EdgeTest, ChunkedJsonIsRead) {
  const auto answer = careloom_test::ParseAnswer(Send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "POST / abc");
}

TEST_F(EdgeTest, AnEndlessChunkedBodyIsCutAtTheLimit) {
  std::string bytes = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 2000; ++i) bytes += "10\r\n0123456789abcdef\r\n";
  EXPECT_EQ(careloom_test::ParseAnswer(Send(bytes)).status, 413);
  EXPECT_EQ(calls_, 0);
}

TEST_F(EdgeTest, AHandlersExceptionBecomesAnOutcomeAndANoteForTheOperatorWithoutItsText) {
  const auto answer = careloom_test::ParseAnswer(Send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find("OperationOutcome"), std::string::npos);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  ASSERT_EQ(Answered(1).size(), 1u);
  EXPECT_NE(Answered(1)[0].find("exception (St13runtime_error)"), std::string::npos) << Answered(1)[0];
}

TEST_F(EdgeTest, AHeaderWithALineBreakIsNeverSent) {
  const std::string bytes = Send("GET /split HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(careloom_test::ParseAnswer(bytes).status, 500);
  EXPECT_EQ(bytes.find("Set-Cookie"), std::string::npos);
}

TEST_F(EdgeTest, PipelinedRequestsAreAnsweredInTheirOrderAndNoneAfterARefusal) {
  std::string bytes;
  for (int i = 0; i < 50; ++i) bytes += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  const std::string answers = Send(bytes + "GET / HTTP/1.1\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n");
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    const std::size_t found = answers.find("POST /" + std::to_string(i) + " abc", at);
    ASSERT_NE(found, std::string::npos) << i;
    at = found;
  }
  EXPECT_NE(answers.find("HTTP/1.1 400", at), std::string::npos);
  EXPECT_EQ(answers.find("/after"), std::string::npos);
  EXPECT_EQ(calls_, 50);
}

TEST_F(EdgeTest, AHeadRequestGetsTheHeaderOfAGetAndNoBody) {
  const std::string bytes = Send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = careloom_test::ParseAnswer(bytes);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(FindHeader(answer.headers, "Content-Length"), "8");
  EXPECT_EQ(answer.body, "");
}

TEST_F(EdgeTest, ABodyIsInvitedOnceItsHeadIsAccepted) {
  const std::string accepted = Send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", true);
  EXPECT_TRUE(accepted.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400")) << accepted;
  const std::string refused = Send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 413")) << refused;
}

TEST_F(EdgeTest, ACallerMayCloseItsSideAfterTheRequest) {
  EXPECT_EQ(careloom_test::ParseAnswer(Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", true)).body, "GET /slow ");
}

TEST_F(EdgeTest, RefuseHeadComesBeforeTheBodyAndNamesTheClient) {
  // Without a body the connection goes on; with one it is closed, and the body is nobody's request.
  const std::string bytes = Send("GET /forbidden HTTP/1.1\r\nHost: x\r\n\r\nPOST /forbidden HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nGET /body HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(bytes.find("HTTP/1.1 403", 5), std::string::npos);
  EXPECT_EQ(bytes.find("/body"), std::string::npos);
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(careloom_test::ParseAnswer(Send("GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).body, "GET /who somebody at 127.0.0.1");
}

TEST_F(EdgeTest, AnIdleConnectionIsClosedWithoutAWordAndASlowHeadWithOne) {
  EXPECT_EQ(Send(""), "");
  EXPECT_EQ(careloom_test::ParseAnswer(Send("GET / HTT")).status, 408);
  const std::string bytes = Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(bytes.find("HTTP/1.1 ", 5), std::string::npos) << bytes;
  EXPECT_EQ(edge_->figures().timeouts_idle, 2u);
  EXPECT_EQ(edge_->figures().timeouts_head, 1u);
}

TEST(Edge, AHeldPortIsAnErrorThatNamesIt) {
  EdgeOptions options;
  options.port = 0;
  auto first = Edge::Start(options, [](const Request&) { return Response{}; });
  ASSERT_TRUE(first.has_value());
  options.port = (*first)->port();
  auto second = Edge::Start(options, [](const Request&) { return Response{}; });
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().text().find(std::to_string(options.port)), std::string::npos);
}

TEST(Edge, WaitForStopEndsWhenToldTo) {
  std::thread waiter(WaitForStop);
  StopServing();
  waiter.join();
}

}  // namespace
}  // namespace server::http
