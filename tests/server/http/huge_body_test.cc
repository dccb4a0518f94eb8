// Huge bodies at a server of little memory: refused before they are taken, or before a tree is made of them, and the server
// goes on (hardening: C06). The limits are the operating system's own: 1 GiB of addresses, and 256 MiB in a control group.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/served_process.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

constexpr std::size_t kBodyBytes = 16u << 20;   // what the server takes of a request

// The most memory that the process ever had, in bytes.
std::size_t MostMemory(pid_t id) {
  const std::string status = ReadFile("/proc/" + std::to_string(id) + "/status");
  const std::size_t at = status.find("VmHWM:");
  return at == std::string::npos ? 0 : std::stoul(status.substr(at + 6)) * 1024;
}

std::string Head(const std::string& framing) { return "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/fhir+json\r\n" + framing + "\r\n\r\n"; }

// Whatever of it the server takes.
server::http::Response Post(std::uint16_t port, const std::string& body) { return ParseAnswer(Exchange(port, Head("Content-Length: " + std::to_string(body.size())) + body)); }

// The greatest number of elements in a body that is let in.
std::string ManyNumbers() {
  std::string body = R"({"resourceType":"Patient","x":[1)";
  while (body.size() < kBodyBytes - 4) body += ",1";
  return body + "]}";
}

void SendHugeBodies(std::uint16_t port) {
  EXPECT_EQ(ParseAnswer(Exchange(port, Head("Content-Length: 100000000"))).status, 413) << "it was not refused by its head";
  const std::string piece(1 << 20, 'x');
  std::string endless = Head("Transfer-Encoding: chunked");
  for (int i = 0; i < 100; ++i) endless += "100000\r\n" + piece + "\r\n";
  const int status = ParseAnswer(Exchange(port, endless)).status;
  EXPECT_TRUE(status == 413 || status == 0) << status;   // 0: the connection was closed over what was still on its way
  const auto many = Post(port, ManyNumbers());
  EXPECT_EQ(many.status, 413) << many.body.substr(0, 300);
  EXPECT_NE(many.body.find("elements"), std::string::npos) << many.body.substr(0, 300);
  const auto text = Post(port, R"({"resourceType":"Patient","name":[{"family":")" + std::string(kBodyBytes - 100, 'x') + "\"}]}");
  EXPECT_EQ(text.status, 422) << text.body.substr(0, 300);
  const auto deep = Post(port, R"({"resourceType":"Patient","x":)" + std::string(kBodyBytes - 100, '['));
  EXPECT_EQ(deep.status, 400) << deep.body.substr(0, 300);
  EXPECT_EQ(Fetch(port, "GET", "/health/live").status, 200);
  EXPECT_EQ(Fetch(port, "GET", "/fhir/Patient?_summary=count").body.find("\"total\":0") == std::string::npos, false);
}

class HugeBody : public testing::TestWithParam<ServedStore> {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "a sanitizer's own memory is over these limits";
    REQUIRE_STORE(GetParam());
  }
  const TempFolder folder_;
};

TEST_P(HugeBody, C06_IsRefusedWithinABoundOfAddresses) {
  std::vector<std::string> words = {"--as=1073741824", BuiltProgram()};
  for (std::string& word : ServeWords(GetParam(), folder_.path())) words.push_back(std::move(word));
  ChildProcess serve(words, "/usr/bin/prlimit");
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  const std::size_t before = MostMemory(serve.id());
  EXPECT_EQ(ParseAnswer(Exchange(port, Head("Content-Length: 100000000"))).status, 413);
  EXPECT_LT(MostMemory(serve.id()), before + 2 * kBodyBytes);
  SendHugeBodies(port);
  std::printf("most memory: %zu MiB at rest, %zu MiB with huge bodies\n", before >> 20, MostMemory(serve.id()) >> 20);
  EXPECT_LT(MostMemory(serve.id()), std::size_t{512} << 20);
}

// A file may be longer than a request, not a line of it (hardening: C18).
TEST_P(HugeBody, C18_AnOverlongLineIsHeldWithItsReasonInMemoryForTheFileAlone) {
  ChildProcess serve(ServeWords(GetParam(), folder_.path()));
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  const std::size_t size = EveryDayOrLong<std::size_t>(20'000'000, 200'000'000), before = MostMemory(serve.id());
  const auto kept = ParseAnswer(Exchange(port, "POST /inbox/cld HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/csv\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'x')));
  ASSERT_EQ(kept.status, 202) << kept.status << kept.body.substr(0, 300);
  const std::string message(server::http::FindHeader(kept.headers, "Location"));
  std::string shown;
  for (int tries = 0; tries < 1000 && shown.find("64 KiB") == std::string::npos; ++tries) {
    shown = Fetch(port, "GET", message).body;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_NE(shown.find("64 KiB"), std::string::npos) << shown.substr(0, 600);
  std::printf("a line of %zu MB: most memory %zu MiB, %zu MiB at rest\n", size / 1'000'000, MostMemory(serve.id()) >> 20, before >> 20);
  EXPECT_LT(MostMemory(serve.id()), before + 2 * size + (std::size_t{96} << 20));   // the file, and the store's page cache
}

TEST_P(HugeBody, C06_IsRefusedInASmallControlGroup) {
  // Version 1 of the interface, then version 2.
  const std::string name = "careloom-test-" + std::to_string(::getpid());
  std::filesystem::path group;
  for (const auto& [root, limit] : {std::pair{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}, std::pair{"/sys/fs/cgroup", "memory.max"}}) {
    const std::filesystem::path made = std::filesystem::path(root) / name;
    std::error_code failed;
    if (!std::filesystem::create_directory(made, failed) || failed) continue;
    std::ofstream file(made / limit);
    if (file << (256 << 20) << std::flush) {
      group = made;
      break;
    }
    std::filesystem::remove(made, failed);
  }
  if (group.empty()) GTEST_SKIP() << "needs the right to make a control group for memory";
  {
    ChildProcess serve(ServeWords(GetParam(), folder_.path()));
    const std::uint16_t port = serve.WaitForPort();
    ASSERT_NE(port, 0) << serve.err();
    std::ofstream(group / "cgroup.procs") << serve.id() << std::flush;
    SendHugeBodies(port);
    serve.Signal(SIGTERM);
    EXPECT_EQ(serve.Wait(), 0) << serve.err();
  }
  std::error_code failed;
  for (int tries = 0; tries < 100 && !std::filesystem::remove(group, failed); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

INSTANTIATE_TEST_SUITE_P(Stores, HugeBody, testing::ValuesIn(ServedStores()), [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace careloom_test
