// The program as it lets other machines in: TLS and clients by its settings file, certificates exchanged under load, and
// what must never be in anything it says. (hardening: O03, P07, P08)
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "server/http/clients.h"
#include "tests/server/command/ran.h"
#include "tests/support/certificates.h"
#include "tests/support/child_process.h"
#include "tests/support/http_client.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tls_client.h"

namespace careloom_test {
namespace {

namespace fs = std::filesystem;
using server::http::FindHeader;
using server::http::Response;

class GuardedTest : public testing::Test {
 protected:
  // A settings file with TLS and one client, whose secret is made by the command that users have.
  void SetUp() override {
    const Ran made = RunCommand("client", {{"NAME", "practice-a"}});
    const std::size_t at = made.err.find("\n  ") + 3;
    secret_ = made.err.substr(at, made.err.find('\n', at) - at);
    pair_ = MakePair(folder_.path(), "server", {.key_kind = "RSA-2048"});
    WriteSettings(made.out + "tls.certificate = " + pair_.certificate + "\ntls.key = " + pair_.key + "\nclients.failures-a-minute = 1\n");
  }
  void WriteSettings(const std::string& text) {
    settings_ = folder_.path() / "careloom.conf";
    std::ofstream(settings_) << text << "listen.port = 0\ndata.folder = " << (folder_.path() / "data").string() << "\n";
    ::chmod(settings_.c_str(), 0600);
  }
  std::string Ask(const std::string& method, const std::string& target, const std::string& body = {}, const std::string& headers = {}) const {
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + (body.empty() ? "" : "Content-Type: application/fhir+json\r\n") +
           (body.empty() && method == "GET" ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + body;
  }
  std::string Known() const { return "Authorization: Bearer practice-a." + secret_ + "\r\n"; }

  TempFolder folder_;
  Pair pair_;
  std::string settings_, secret_;
};

TEST_F(GuardedTest, ServesOverTlsToItsClientAlone) {
  ChildProcess serve({"serve", "--settings", settings_});
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  EXPECT_NE(serve.err().find("Careloom serves https://127.0.0.1:"), std::string::npos) << serve.err();
  TlsClient client(port);
  ASSERT_TRUE(client.connected());
  const Response unknown = ParseAnswer(client.Exchange(Ask("GET", "/fhir/Patient")));
  EXPECT_EQ(unknown.status, 401);
  TlsClient known(port);
  const Response found = ParseAnswer(known.Exchange(Ask("GET", "/fhir/Patient", "", Known())));
  EXPECT_EQ(found.status, 200) << found.body;
  EXPECT_NE(FindHeader(found.headers, "Strict-Transport-Security"), "");
  EXPECT_NE(found.body.find("https://localhost/fhir/Patient"), std::string::npos) << "links come over TLS too: " << found.body;
  EXPECT_EQ(ParseAnswer(TlsClient(port).Exchange(Ask("GET", "/fhir/metadata"))).status, 200);
  EXPECT_EQ(ParseAnswer(Exchange(port, "GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n\r\n")).status, 0) << "nothing is said outside TLS";
}

TEST_F(GuardedTest, LargeBodiesGoBothWays) {
  ChildProcess serve({"serve", "--settings", settings_});
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  std::string data;
  for (std::uint32_t i = 0, x = 1; i < (4u << 20); ++i) data += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[(x = x * 1664525u + 1013904223u) >> 27];
  TlsClient client(port);
  const Response stored = ParseAnswer(client.Exchange(Ask("PUT", "/fhir/Binary/large", R"({"resourceType":"Binary","id":"large","contentType":"text/plain","data":")" + data + "\"}", Known())));
  EXPECT_EQ(stored.status, 201) << stored.body.substr(0, 300);
  const Response read = ParseAnswer(client.Exchange(Ask("GET", "/fhir/Binary/large", "", Known())));
  EXPECT_NE(read.body.find(data), std::string::npos) << read.status;
}

TEST_F(GuardedTest, CertificatesChangeUnderLoadWithoutALostRequest) {
  ChildProcess serve({"serve", "--settings", settings_});
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0, lost = 0;
  std::mutex mutex;
  std::set<std::string> serials;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!stop) {
        TlsClient client(port);
        if (!client.connected()) {
          ++lost;
          continue;
        }
        {
          const std::lock_guard lock(mutex);
          serials.insert(client.serial());
        }
        for (int j = 0; j < 5; ++j) ++(ParseAnswer(client.Exchange(Ask("GET", "/fhir/Patient?_count=1", "", Known()))).status == 200 ? answered : lost);
      }
    });
  }
  constexpr int kChanges = 4;
  for (int i = 0; i < kChanges; ++i) {
    // Requests between the changes, whatever the machine's speed.
    for (const int before = answered; answered < before + 40 && lost == 0;) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    MakePair(folder_.path(), "server", {.key_kind = i % 2 ? "RSA-2048" : "P-256"});
    serve.Signal(SIGHUP);
    const std::string words = "TLS: a new certificate is in use";
    for (int wait = 0; wait < 2000; ++wait) {
      const std::string err = serve.err();
      int count = 0;
      for (std::size_t at = 0; (at = err.find(words, at)) != std::string::npos; ++at) ++count;
      if (count > i) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  for (const int before = answered; answered < before + 40 && lost == 0;) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stop = true;
  for (std::thread& thread : clients) thread.join();
  EXPECT_EQ(lost, 0) << serve.err();
  EXPECT_GE(answered, 40 * (kChanges + 1));
  EXPECT_EQ(serials.size(), kChanges + 1u) << serve.err();
}

TEST_F(GuardedTest, BadStartsAreRefusedWithThePlaceInTheFile) {
  const std::string client = "client.a.secret-sha256 = " + std::string(64, 'a') + "\n", certificate = "tls.certificate = " + pair_.certificate + "\n", key = "tls.key = " + pair_.key + "\n";
  const Pair weak = MakePair(folder_.path(), "weak", {.key_kind = "RSA-1024"}), old = MakePair(folder_.path(), "old", {.ends_in_seconds = -10}), open = MakePair(folder_.path(), "open");
  ::chmod(open.key.c_str(), 0644);
  struct Row {
    std::string text, place, words;
  };
  const Row rows[] = {
      {"listen.address = 0.0.0.0\n" + certificate + key, ":1:18: ", "a client that may call"},
      {"listen.address = 0.0.0.0\n" + client, ":1:18: ", "TLS: set tls.certificate"},
      {client + certificate + "tls.key = " + folder_.path().string() + "/none\n", ":3:11: ", "cannot be opened: No such file"},
      {client + certificate + "tls.key = " + open.key + "\n", ":3:11: ", "so that others may read"},
      {client + "tls.certificate = " + weak.certificate + "\ntls.key = " + weak.key + "\n", ":3:11: ", "RSA of 1024 bits"},
      {client + "tls.certificate = " + old.certificate + "\ntls.key = " + old.key + "\n", ":2:19: ", "expired on 2"},
      {client + "tls.certificate = " + weak.certificate + "\n" + key, ":3:11: ", "is not that of the certificate"},
      {certificate + key + certificate, ":3:1: ", "is set twice"},
  };
  for (const Row& row : rows) {
    WriteSettings(row.text);
    ChildProcess serve({"serve", "--settings", settings_});
    EXPECT_EQ(serve.Wait(), 2) << serve.err();
    EXPECT_NE(serve.err().find(settings_ + row.place), std::string::npos) << row.text << serve.err();
    EXPECT_NE(serve.err().find(row.words), std::string::npos) << row.text << serve.err();
    EXPECT_FALSE(fs::exists(folder_.path() / "data")) << "nothing is begun";
  }
}

// A configuration of the library that would take its ciphers and digests away.
TEST_F(GuardedTest, TheEnvironmentOfOpenSslChangesNothing) {
  server::http::Sha256Of("the library of this process is set up before");
  const std::string file = folder_.path() / "openssl.cnf";
  std::ofstream(file) << "openssl_conf = a\n[a]\nproviders = b\nssl_conf = d\n[b]\nnull = c\n[c]\nactivate = 1\n[d]\nsystem_default = e\n[e]\nMinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n";
  ::setenv("OPENSSL_CONF", file.c_str(), 1);
  ChildProcess serve({"serve", "--settings", settings_});
  ::unsetenv("OPENSSL_CONF");
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  EXPECT_FALSE(TlsClient(port, {.most = TLS1_1_VERSION}).connected());
  EXPECT_EQ(ParseAnswer(TlsClient(port).Exchange(Ask("GET", "/fhir/Patient", "", Known()))).status, 200);
}

// Options with which the store could not make its tables.
TEST_F(GuardedTest, TheEnvironmentOfLibpqChangesNothing) {
  REQUIRE_POSTGRES();
  const std::string url = PostgresUrlFor(folder_.path());
  ::setenv("PGOPTIONS", "-c default_transaction_read_only=on", 1);
  ChildProcess serve({"serve", "--settings", settings_, "--postgres", url});
  ::unsetenv("PGOPTIONS");
  const std::uint16_t port = serve.WaitForPort();
  ASSERT_NE(port, 0) << serve.err();
  EXPECT_EQ(ParseAnswer(TlsClient(port).Exchange(Ask("GET", "/fhir/Patient", "", Known()))).status, 200) << serve.err();
}

TEST_F(GuardedTest, ACrashLeavesNoMemoryBehind) {
  if (ReadFile("/proc/sys/kernel/core_pattern").find_first_of("/|") != std::string::npos) GTEST_SKIP() << "this machine puts core dumps where the test cannot clean up";
  rlimit before{};
  ::getrlimit(RLIMIT_CORE, &before);
  const rlimit all{before.rlim_max, before.rlim_max};
  const fs::path here = fs::current_path();
  fs::current_path(folder_.path());
  ::setrlimit(RLIMIT_CORE, &all);
  bool control = false, served = false;
  {
    ChildProcess other({"30"}, "/bin/sleep"), serve({"serve", "--settings", settings_});
    EXPECT_NE(serve.WaitForPort(), 0) << serve.err();
    for (ChildProcess* child : {&other, &serve}) child->Signal(SIGSEGV);
    control = other.WaitForDump();
    served = serve.WaitForDump();
  }
  ::setrlimit(RLIMIT_CORE, &before);
  fs::current_path(here);
  if (!control) GTEST_SKIP() << "this machine makes no core dumps";
  EXPECT_FALSE(served);
}

// Everything the program can say, searched for what it was told in confidence.
TEST_F(GuardedTest, NoSecretIsInAnythingItSays) {
  const std::string number = "9990000018", family = "Canaryperson", note = "canary words of a body", wrong = "a wrong secret that was typed";
  const std::string patient = R"({"resourceType":"Patient","id":"c1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":")" + number + R"("}],"name":[{"family":")" + family + "\"}]}";
  std::string key_line = ReadFile(pair_.key);
  key_line = key_line.substr(key_line.find('\n') + 1, 40);
  std::map<std::string, std::string> said;
  {
    ChildProcess serve({"serve", "--settings", settings_});
    const std::uint16_t port = serve.WaitForPort();
    ASSERT_NE(port, 0) << serve.err();
    const auto send = [&](const std::string& bytes) { return ParseAnswer(TlsClient(port).Exchange(bytes)); };
    ASSERT_EQ(send(Ask("PUT", "/fhir/Patient/c1", patient, Known())).status, 201);
    const std::string query = "?identifier=https://fhir.nhs.uk/Id/nhs-number%7C" + number + "&family=" + family;
    EXPECT_NE(send(Ask("GET", "/fhir/Patient" + query, "", Known())).body.find(family), std::string::npos) << "the canary is there to be told";
    const std::string guess = "Authorization: Bearer practice-a." + wrong + "\r\n";
    const std::pair<int, std::string> refused[] = {
        {401, Ask("GET", "/fhir/Patient" + query)},
        {401, Ask("GET", "/fhir/Patient" + query, "", guess)},
        {401, Ask("PUT", "/fhir/Patient/c1", patient, guess)},
        {404, Ask("GET", "/nowhere" + query, "", Known())},
        {404, Ask("GET", "/fhir/Nothing" + query, "", Known())},
        {404, Ask("GET", "/fhir/Patient/none" + query, "", Known())},
        {405, Ask("DELETE", "/fhir/metadata" + query, "", Known())},
        {501, Ask("GET", "/fhir/_history" + query, "", Known())},
        {400, Ask("GET", "/fhir/Patient/c1/_history?_count=" + family, "", Known())},
        {415, Ask("PUT", "/fhir/Patient/c1", patient, Known() + "Content-Encoding: gzip\r\n")},
        {400, "PUT /fhir/Patient/c1" + query + " HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + Known() + "\r\n"},
        {400, "GET /fhir/Patient" + query + " HTTP/1.1\r\nHost: a\r\n" + Known() + "X-" + family + " : " + number + "\r\n\r\n"},
        {411, "PUT /fhir/Patient/c1" + query + " HTTP/1.1\r\nHost: a\r\n" + Known() + "\r\n"},
    };
    int row = 0;
    for (const auto& [status, bytes] : refused) {
      const Response answer = send(bytes);
      EXPECT_EQ(answer.status, status) << bytes.substr(0, 60) << answer.body;
      if (bytes.find("_count=" + family) != std::string::npos) continue;   // says what it found to whom may know
      said["refusal " + std::to_string(++row) + " " + std::to_string(status)] = answer.body;
    }
    for (int i = 0; i < 12; ++i) said["guess " + std::to_string(i)] = send(Ask("GET", "/fhir/Patient" + query, "", guess)).body;
    EXPECT_EQ(send(Ask("GET", "/fhir/Patient" + query, "", guess)).status, 429);
    send(Ask("PUT", "/fhir/Patient/c1", R"({"resourceType":"Patient","id":"c1","note":")" + note + "\"}", Known()));
    send(Ask("POST", "/fhir/Patient", "{\"resourceType\":\"" + note + "\"", Known()));
    for (const char* path : {"/metrics", "/health/ready", "/health/live", "/fhir/metadata"}) said[path] = send(Ask("GET", path, "", Known())).body;
    serve.Signal(SIGTERM);
    EXPECT_EQ(serve.Wait(), 0);
    said["standard output of serve"] = serve.out();
    said["standard error of serve"] = serve.err();
  }
  for (const std::vector<std::string>& words : {std::vector<std::string>{"settings", "--settings", settings_}, {"settings"}, {"serve", "--help"}, {"--help"}, {"check", "--data", (folder_.path() / "data").string()}}) {
    ChildProcess program(words);
    program.Wait();
    said["careloom " + words[0]] += program.out() + program.err();
  }
  EXPECT_NE(said["careloom settings"].find("client.practice-a.secret-sha256 is set and not shown"), std::string::npos) << said["careloom settings"];
  said["the program"] = ReadFile(BuiltProgram());
  const std::string digest = ReadFile(settings_).substr(std::string("client.practice-a.secret-sha256 = ").size(), 64);
  for (const auto& [where, text] : said) {
    for (const std::string& canary : {secret_, secret_.substr(0, 16), digest, wrong, family, note, key_line, std::string("PRIVATE KEY-----\nMI")}) {
      EXPECT_EQ(text.find(canary), std::string::npos) << where << " holds '" << canary << "'";
    }
    if (where != "the program") { EXPECT_EQ(text.find(number), std::string::npos) << where << " holds the NHS number"; }
  }
  // What the store keeps is people's records; how the server is reached is not among them.
  for (const auto& file : fs::recursive_directory_iterator(folder_.path() / "data")) {
    if (!file.is_regular_file()) continue;
    const std::string bytes = ReadFile(file.path());
    for (const std::string& canary : {secret_, digest, wrong, key_line}) EXPECT_EQ(bytes.find(canary), std::string::npos) << file.path();
  }
}

}  // namespace
}  // namespace careloom_test
