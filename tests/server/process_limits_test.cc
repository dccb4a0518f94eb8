// The program as a process that is told to stop, and one that may have little: few files, few threads, a small stack, little
// memory. It ends in order, it sheds load, and it serves again. (hardening: H11, O01, O02)
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include "tests/support/child_process.h"
#include "tests/support/raw_connection.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kPrlimit = "/usr/bin/prlimit";

std::string Patient(const std::string& id) { return R"({"resourceType":"Patient","id":")" + id + R"(","name":[{"family":"A"}]})"; }

class ProcessLimits : public testing::Test {
 protected:
  std::vector<std::string> Serve() const { return {"serve", "--port", "0", "--data", data_}; }
  // The same under prlimit with such limits.
  std::unique_ptr<ChildProcess> Limited(std::vector<std::string> limits, const std::vector<std::string>& more = {}) const {
    limits.push_back(BuiltProgram());
    for (const std::string& word : Serve()) limits.push_back(word);
    for (const std::string& word : more) limits.push_back(word);
    return std::make_unique<ChildProcess>(limits, kPrlimit);
  }
  int Create(std::uint16_t port, const std::string& id) const {
    return Fetch(port, "PUT", "/fhir/Patient/" + id, {{"Content-Type", "application/fhir+json"}}, Patient(id)).status;
  }

  TempFolder folder_;
  const std::string data_ = (folder_.path() / "data").string();
};

TEST_F(ProcessLimits, O01_SigtermUnderLoadCutsNothingAndLosesNothing) {
  for (int round = 0; round < EveryDayOrLong(2, 20); ++round) {
    ChildProcess server(Serve());
    const std::uint16_t port = server.WaitForPort();
    ASSERT_NE(port, 0) << server.err();
    std::mutex mutex;   // guards acknowledged
    std::vector<std::string> acknowledged;
    std::vector<std::thread> clients;
    for (int client = 0; client < 4; ++client) {
      clients.emplace_back([&, client] {
        for (int i = 0;; ++i) {
          const std::string id = "r" + std::to_string(round) + "-" + std::to_string(client) + "-" + std::to_string(i);
          const int status = Create(port, id);
          if (status == 0) return;   // nobody listens any more, or it came too late to be read
          EXPECT_EQ(status, 201);
          const std::lock_guard<std::mutex> lock(mutex);
          acknowledged.push_back(id);
        }
      });
    }
    std::this_thread::sleep_for(200ms + round * 20ms);
    server.Signal(SIGTERM);
    EXPECT_EQ(server.Wait(), 0) << server.err();
    for (std::thread& client : clients) client.join();
    EXPECT_GT(acknowledged.size(), 0u);
    ChildProcess again(Serve());
    const std::uint16_t port_again = again.WaitForPort();
    for (const std::string& id : acknowledged) EXPECT_EQ(Fetch(port_again, "GET", "/fhir/Patient/" + id).status, 200) << id;
  }
}

TEST_F(ProcessLimits, O01_ASecondSigtermEndsItAtOnce) {
  ChildProcess server(Serve());
  const std::uint16_t port = server.WaitForPort();
  ASSERT_NE(port, 0) << server.err();
  RawConnection slow(port);   // would be waited for
  slow.Send("PUT /fhir/Patient/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: 1000\r\n\r\n{");
  Fetch(port, "GET", "/health/live");
  server.Signal(SIGTERM);
  ASSERT_TRUE(server.WaitForWords("Careloom stops"));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), -SIGTERM);
}

TEST_F(ProcessLimits, O01_SigtermDuringStartEndsItInOrder) {
  for (int round = 0; round < EveryDayOrLong(6, 60); ++round) {
    ChildProcess server(Serve());
    std::this_thread::sleep_for(std::chrono::milliseconds(round * 30 % 300));
    server.Signal(SIGTERM);
    const int exit = server.Wait();
    EXPECT_TRUE(exit == 0 || exit == -SIGTERM) << exit << "\n" << server.err();   // before it has said what to do with a signal, the system does
  }
  ChildProcess after(Serve());
  EXPECT_EQ(Create(after.WaitForPort(), "a"), 201);
}

TEST_F(ProcessLimits, H11_FewFilesAreNoSpinAndItServesAgain) {
  const auto server = Limited({"--nofile=64:64"});
  const std::uint16_t port = server->WaitForPort();
  ASSERT_NE(port, 0) << server->err();
  {
    std::vector<std::unique_ptr<RawConnection>> callers;
    for (int i = 0; i < 100; ++i) {
      callers.push_back(std::make_unique<RawConnection>(port));
      callers.back()->Send("GET /health/live HTTP/1.1\r\n");   // and holds it
    }
    const auto ticks = [&] {
      std::ifstream stat("/proc/" + std::to_string(server->id()) + "/stat");
      std::string text((std::istreambuf_iterator<char>(stat)), {});
      std::istringstream fields(text.substr(text.rfind(')') + 2));
      std::string field;
      long sum = 0;
      for (int i = 3; i <= 15 && fields >> field; ++i) sum += i >= 14 ? std::atol(field.c_str()) : 0;
      return sum;
    };
    std::this_thread::sleep_for(300ms);
    const long before = ticks();
    std::this_thread::sleep_for(1000ms);
    EXPECT_LT(ticks() - before, 50) << "it spins";   // of 100 a second
  }
  bool served = false;
  for (int i = 0; i < 200 && !served; ++i) {
    served = Create(port, "a") == 201 || Create(port, "a") == 200;
    if (!served) std::this_thread::sleep_for(50ms);
  }
  EXPECT_TRUE(served) << server->err();
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0);
}

TEST_F(ProcessLimits, O02_FewThreadsServeMoreSlowly) {
  // As root there is no limit: then as nobody, of whom there are no other processes.
  std::filesystem::create_directories(data_);
  ::chmod(folder_.path().c_str(), 0777);
  ::chmod(data_.c_str(), 0777);
  std::vector<std::string> words = {"--reuid=65534", "--regid=65534", "--clear-groups", kPrlimit, "--nproc=10", BuiltProgram()};
  for (const std::string& word : Serve()) words.push_back(word);
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be a user with no other processes";
  ChildProcess server(words, "/usr/bin/setpriv");
  const std::uint16_t port = server.WaitForPort();
  if (port == 0 && server.err().find("ermission denied") != std::string::npos) GTEST_SKIP() << "another user may not run the program where it stands";
  ASSERT_NE(port, 0) << server.err();
  std::vector<std::thread> clients;
  std::atomic<int> created = 0;
  for (int i = 0; i < 30; ++i) {
    clients.emplace_back([&, i] { created += Create(port, "p" + std::to_string(i)) == 201; });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(created, 30);
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST_F(ProcessLimits, O02_ASmallStackIsEnough) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer needs more of the stack";
  const auto server = Limited({"--stack=262144:262144"});
  const std::uint16_t port = server->WaitForPort();
  ASSERT_NE(port, 0) << server->err();
  EXPECT_EQ(Create(port, "a"), 201);
  std::string deep = R"({"resourceType":"Patient","id":"b","extension":[)";
  std::string end = "]}";
  for (int i = 0; i < 28; ++i) {
    deep += R"({"url":"http://example.org/x","extension":[)";
    end = "]}" + end;
  }
  const std::string inner = R"({"url":"http://example.org/x","valueString":"y"})";
  const auto answer = Fetch(port, "PUT", "/fhir/Patient/b", {{"Content-Type", "application/fhir+json"}}, deep + inner + end);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(Fetch(port, "GET", "/fhir/Patient?name=a&_revinclude=Observation:subject").status, 200);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0);
}

TEST_F(ProcessLimits, O02_BodiesAreBoundedBeforeMemoryIs) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's own memory is over these limits";
  const std::string settings = (folder_.path() / "settings").string();
  std::ofstream(settings) << "edge.held = 32 MiB\n";
  const auto server = Limited({"--as=2000000000"}, {"--settings", settings});
  const std::uint16_t port = server->WaitForPort();
  ASSERT_NE(port, 0) << server->err();
  std::vector<std::unique_ptr<RawConnection>> callers;
  const std::string part(1 << 20, ' ');
  int shed = 0;
  for (int i = 0; i < EveryDayOrLong(60, 300); ++i) {
    callers.push_back(std::make_unique<RawConnection>(port));
    callers.back()->Send("PUT /fhir/Patient/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: 10000000\r\n\r\n" + part);
  }
  for (auto& caller : callers) {
    const int status = caller->Receive(50).status;
    EXPECT_TRUE(status == 0 || status == 503) << status;
    shed += status == 503;
  }
  EXPECT_GT(shed, 0);
  callers.clear();
  EXPECT_EQ(Create(port, "a"), 201);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0);
}

}  // namespace
}  // namespace careloom_test
