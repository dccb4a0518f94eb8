// Callers who are slow, idle or too many, beside one who is polite: he is served, they cost memory and no threads, and
// each meets his deadline. (hardening: H09, H10, H11, H12)
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "server/http/edge.h"
#include "server/http/edge/connection_table.h"
#include "tests/support/raw_connection.h"
#include "tests/support/size.h"

namespace careloom_test {
namespace {

using namespace std::chrono_literals;
using server::http::Edge;
using server::http::EdgeOptions;
using server::http::Request;
using server::http::Response;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

class SlowCallers : public testing::Test {
 protected:
  void Start(EdgeOptions options) {
    options.port = 0;
    auto edge = Edge::Start(options, [](const Request& request) {
      if (request.target == "/wait") std::this_thread::sleep_for(300ms);
      Response answer;
      answer.body = request.target == "/large" ? std::string(8u << 20, 'x') : "hello " + request.body;
      return answer;
    });
    ASSERT_TRUE(edge) << edge.error().ToString();
    edge_ = *std::move(edge);
  }
  // One keep-alive caller, so many times.
  void ExpectPoliteIsServed(int times = 50) {
    RawConnection polite(edge_->port());
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(polite.Send(kGet));
      ASSERT_EQ(polite.Receive().status, 200) << i;
    }
  }
  std::vector<std::unique_ptr<RawConnection>> Connect(std::size_t count, std::string_view bytes, int receive_buffer = 0) {
    std::vector<std::unique_ptr<RawConnection>> callers;
    for (std::size_t i = 0; i < count; ++i) {
      callers.push_back(std::make_unique<RawConnection>(edge_->port(), receive_buffer));
      EXPECT_TRUE(callers.back()->connected());
      callers.back()->Send(bytes);
    }
    return callers;
  }
  template <typename Condition>
  bool Soon(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  std::unique_ptr<Edge> edge_;
  const std::size_t many_ = EveryDayOrLong<std::size_t>(50, 500);
};

TEST_F(SlowCallers, H09_SlowHeadsMeetTheirDeadlineAndKeepNobodyWaiting) {
  EdgeOptions options;
  options.workers = 4;
  options.head_time = 1500ms;
  Start(options);
  auto callers = Connect(many_, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
  ExpectPoliteIsServed();
  // A byte now and then does not move the deadline.
  for (int i = 0; i < 3; ++i) {
    for (auto& caller : callers) caller->Send("a");
    std::this_thread::sleep_for(100ms);
  }
  ExpectPoliteIsServed();
  for (auto& caller : callers) {
    EXPECT_EQ(caller->Receive().status, 408);
    EXPECT_TRUE(caller->IsClosed());
  }
  EXPECT_EQ(edge_->figures().timeouts_head, many_);
  EXPECT_TRUE(Soon([&] { return edge_->figures().connections_open <= 1; }));
}

TEST_F(SlowCallers, H09_SlowBodiesMeetTheirDeadlineAndTheirBytesAreGivenBack) {
  EdgeOptions options;
  options.workers = 4;
  options.body_grace = 1000ms;
  options.body_bytes_per_second = 1000;
  Start(options);
  auto callers = Connect(many_, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\nabc");
  ExpectPoliteIsServed();
  EXPECT_TRUE(Soon([&] { return edge_->figures().bytes_held >= many_ * 3; }));
  for (auto& caller : callers) EXPECT_EQ(caller->Receive().status, 408);
  EXPECT_EQ(edge_->figures().timeouts_body, many_);
  EXPECT_EQ(edge_->figures().bytes_held, 0u);
  EXPECT_EQ(edge_->figures().requests, 50u) << "a body that did not come whole was handled";
}

TEST_F(SlowCallers, H09_ABodyThatComesAtTheRateMayTakeLongerThanTheGrace) {
  EdgeOptions options;
  options.body_grace = 300ms;
  options.body_bytes_per_second = 1000;
  Start(options);
  RawConnection caller(edge_->port());
  caller.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n" + std::string(2000, 'a'));
  std::this_thread::sleep_for(700ms);   // 2,000 bytes are good for 2 s
  caller.Send(std::string(2000, 'a'));
  EXPECT_EQ(caller.Receive().status, 200);
}

TEST_F(SlowCallers, H09_SlowReadersMeetTheirDeadlineAndTheirAnswersAreGivenBack) {
  EdgeOptions options;
  options.workers = 4;
  options.write_stall = 1000ms;
  Start(options);
  const std::size_t count = std::min<std::size_t>(many_, 100);   // 8 MB each
  auto callers = Connect(count, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 4096);
  ExpectPoliteIsServed();
  EXPECT_TRUE(Soon([&] { return edge_->figures().timeouts_write == count; }));
  EXPECT_TRUE(Soon([&] { return edge_->figures().bytes_held == 0; }));
}

TEST_F(SlowCallers, H09_AReaderWhoTakesItSlowlyGetsItAll) {
  Start({});
  RawConnection caller(edge_->port(), 65536);
  caller.Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(200ms);
  for (int i = 0; i < 2; ++i) {
    const auto answer = caller.Receive();
    EXPECT_EQ(answer.body.size(), 8u << 20);
  }
}

TEST_F(SlowCallers, AnswersThatNobodyTakesAreBounded) {
  EdgeOptions options;
  options.held_bytes = 20u << 20;
  Start(options);
  auto callers = Connect(8, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 4096);
  EXPECT_TRUE(Soon([&] { return edge_->figures().requests == 8; }));
  EXPECT_TRUE(Soon([&] { return edge_->figures().bytes_held <= 20u << 20; }));
  EXPECT_LT(edge_->figures().connections_open, 8u);
}

TEST_F(SlowCallers, BodiesBeyondTheBoundAreToldToComeAgain) {
  EdgeOptions options;
  options.held_bytes = 300'000;
  Start(options);
  auto callers = Connect(5, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + std::string(100'000, 'a'));
  std::size_t shed = 0;
  for (auto& caller : callers) {
    const auto answer = caller->Receive(500);
    if (answer.status == 0) continue;
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(server::http::FindHeader(answer.headers, "Retry-After"), "1");
    ++shed;
  }
  EXPECT_GE(shed, 2u);
  EXPECT_LT(shed, 5u);
}

TEST_F(SlowCallers, H10_IdleConnectionsCostNoThreadAndLittleMemory) {
  EdgeOptions options;
  options.workers = 4;
  options.keep_alive = 60s;
  Start(options);
  const std::size_t count = EveryDayOrLong<std::size_t>(400, 2000);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 2 * count + 200) GTEST_SKIP() << "the process may open only " << limit.rlim_cur << " files";
  auto callers = Connect(count, kGet);
  for (auto& caller : callers) ASSERT_EQ(caller->Receive().status, 200);
  EXPECT_EQ(edge_->figures().connections_open, count);
  ExpectPoliteIsServed();
  // All of them still there, and each is answered again.
  for (auto& caller : callers) caller->Send(kGet);
  for (auto& caller : callers) ASSERT_EQ(caller->Receive().status, 200);
}

TEST_F(SlowCallers, H10_ConnectionsBeyondTheMostAreToldToComeAgain) {
  EdgeOptions options;
  options.connections = 10;
  options.keep_alive = 60s;
  Start(options);
  auto callers = Connect(10, kGet);
  for (auto& caller : callers) ASSERT_EQ(caller->Receive().status, 200);
  for (int i = 0; i < 30; ++i) {
    RawConnection late(edge_->port());
    late.Send(kGet);
    const auto answer = late.Receive();
    ASSERT_EQ(answer.status, 503) << i;
    EXPECT_EQ(server::http::FindHeader(answer.headers, "Retry-After"), "1");
    EXPECT_NE(answer.body.find("OperationOutcome"), std::string::npos);
  }
  callers.pop_back();
  EXPECT_TRUE(Soon([&] { return Fetch(edge_->port(), "GET", "/").status == 200; }));
}

TEST_F(SlowCallers, H12_RequestsBeyondWhatWaitsAreToldToComeAgainAndAllAreAnswered) {
  EdgeOptions options;
  options.workers = 2;
  options.queued_requests = 3;
  Start(options);
  auto callers = Connect(30, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  std::size_t served = 0, shed = 0;
  for (auto& caller : callers) {
    const auto answer = caller->Receive();
    served += answer.status == 200;
    shed += answer.status == 503 && server::http::FindHeader(answer.headers, "Retry-After") == "1";
    // A caller who was told to come again may do so on the same connection.
    if (answer.status == 503) {
      caller->Send(kGet);
      EXPECT_NE(caller->Receive().status, 0);
    }
  }
  EXPECT_EQ(served + shed, 30u);
  EXPECT_GE(served, 5u);
  EXPECT_GE(shed, 1u);
  ExpectPoliteIsServed(5);
}

TEST_F(SlowCallers, H12_AFloodLeavesThePoliteCallerServed) {
  Start({});
  std::atomic<bool> over = false;
  std::vector<std::thread> flood;
  for (int i = 0; i < 8; ++i) {
    flood.emplace_back([&] {
      while (!over) {
        RawConnection caller(edge_->port());
        std::string many;
        for (int n = 0; n < 100; ++n) many += kGet;
        caller.Send(many);
        for (int n = 0; n < 100 && !over; ++n) caller.Receive();
      }
    });
  }
  ExpectPoliteIsServed(200);
  over = true;
  for (std::thread& thread : flood) thread.join();
}

TEST_F(SlowCallers, AConnectionEndsAfterItsRequests) {
  EdgeOptions options;
  options.requests_per_connection = 3;
  Start(options);
  RawConnection caller(edge_->port());
  for (int i = 1; i <= 3; ++i) {
    caller.Send(kGet);
    const auto answer = caller.Receive();
    EXPECT_EQ(server::http::FindHeader(answer.headers, "Connection"), i < 3 ? "" : "close");
  }
  EXPECT_TRUE(caller.IsClosed());
}

TEST_F(SlowCallers, StoppingLetsRunningRequestsFinishAndClosesIdleConnections) {
  Start({});
  RawConnection idle(edge_->port()), busy(edge_->port()), begun(edge_->port());
  begun.Send("GET / HT");
  idle.Send(kGet);
  EXPECT_EQ(idle.Receive().status, 200);
  busy.Send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(Soon([&] { return edge_->figures().requests_running == 1; }));
  const std::uint16_t port = edge_->port();
  EXPECT_TRUE(edge_->Stop());
  const auto answer = busy.Receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(server::http::FindHeader(answer.headers, "Connection"), "close");
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_TRUE(begun.IsClosed());
  EXPECT_FALSE(RawConnection(port).connected());
}

TEST_F(SlowCallers, StoppingDoesNotWaitForEver) {
  EdgeOptions options;
  options.stop_time = 200ms;
  Start(options);
  auto slow = Connect(1, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\na");
  EXPECT_TRUE(Soon([&] { return edge_->figures().bytes_held > 0; }));
  EXPECT_FALSE(edge_->Stop());
  EXPECT_TRUE(slow[0]->IsClosed());
}

TEST(ConnectionTable, ConnectionsOfOneAddressAreCountedLoopbackApart) {
  using namespace server::http::edge;
  Shared shared({}, [](const Request&) { return Response{}; });
  ConnectionTable table(4, 1, 2);
  class NoChannel : public server::http::Channel {
    int descriptor() const override { return -1; }
    server::http::Moved Handshake() override { return {}; }
    server::http::Moved Read(char*, std::size_t) override { return {}; }
    server::http::Moved Write(std::string_view, std::string_view) override { return {}; }
    bool HasUnread() const override { return false; }
    void EndWriting() override {}
  };
  const auto open = [&](const std::string& peer) { return table.Open(std::make_unique<Connection>(shared, std::make_unique<NoChannel>(), peer, true)); };
  const auto first = open("10.0.0.1");
  open("10.0.0.1");
  EXPECT_EQ(table.RoomFor("10.0.0.1"), ConnectionTable::Room::kFullForPeer);
  EXPECT_EQ(table.RoomFor("10.0.0.2"), ConnectionTable::Room::kFree);
  ASSERT_TRUE(table.Claim(first));
  EXPECT_FALSE(table.Claim(first)) << "two threads have one connection";
  EXPECT_FALSE(table.Park(first)) << "the event during the first claim was lost";
  EXPECT_TRUE(table.Park(first));
  ASSERT_TRUE(table.Claim(first));
  table.Close(first);
  EXPECT_EQ(table.RoomFor("10.0.0.1"), ConnectionTable::Room::kFree);
  const auto again = open("127.0.0.1");
  EXPECT_FALSE(table.Claim(first)) << "an event of a closed connection reached its successor";
  EXPECT_TRUE(table.Claim(again));
  open("127.0.0.1");
  open("127.0.0.1");
  EXPECT_EQ(table.RoomFor("127.0.0.1"), ConnectionTable::Room::kFull);
  EXPECT_NE(open("127.0.0.1"), ConnectionTable::kNone) << "no place to say no from";
  EXPECT_EQ(open("127.0.0.1"), ConnectionTable::kNone);
}

}  // namespace
}  // namespace careloom_test
