// careloom serve as a process: what it says on standard error, and where figures are.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

// A port that nobody listens on just now.
std::uint16_t FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 && ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

TEST(Serve, AnAdminPortTakesTheFiguresOffTheMainOne) {
  const TempFolder folder;
  const std::uint16_t admin = FreePort();
  ASSERT_NE(admin, 0);
  ChildProcess server({"serve", "--port", "0", "--admin-port", std::to_string(admin), "--data", folder.path().string()});
  const std::uint16_t port = server.WaitForPort();
  ASSERT_NE(port, 0) << server.err();
  EXPECT_EQ(Fetch(port, "GET", "/metrics").status, 404);
  EXPECT_EQ(Fetch(port, "GET", "/health/ready").status, 200);
  EXPECT_EQ(Fetch(admin, "GET", "/health/ready").status, 200);
  EXPECT_EQ(Fetch(admin, "GET", "/fhir/metadata").status, 404);
  const auto figures = Fetch(admin, "GET", "/metrics");
  EXPECT_EQ(figures.status, 200);
  EXPECT_NE(figures.body.find("\ncareloom_edge_connections_total "), std::string::npos) << figures.body;
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST(Serve, WithoutOneTheyAreThereAndEveryLineItSaysIsAnObject) {
  const TempFolder folder;
  ChildProcess server({"serve", "--port", "0", "--data", folder.path().string()});
  const std::uint16_t port = server.WaitForPort();
  ASSERT_NE(port, 0) << server.err();
  EXPECT_EQ(Fetch(port, "GET", "/metrics").status, 200);
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  const std::string log = server.err();
  EXPECT_GE(std::ranges::count(log, '\n'), 4) << log;
  for (std::size_t at = 0; at < log.size(); at = log.find('\n', at) + 1) {
    EXPECT_EQ(log.compare(at, 9, "{\"time\":\""), 0) << log.substr(at);
    EXPECT_EQ(log[log.find('\n', at) - 1], '}');
  }
  for (const char* event : {"store-opened", "listening", "request", "stopping"}) EXPECT_NE(log.find(std::string("\"event\":\"") + event), std::string::npos) << event << log;
}

}  // namespace
}  // namespace careloom_test
