// What the TLS listener takes: protocols, ciphers, names, new certificates while it runs. (hardening: O03)
#include <gtest/gtest.h>
#include <poll.h>

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "server/http/tls_channel.h"
#include "server/http/tls_source.h"
#include "tests/support/certificates.h"
#include "tests/support/http_client.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tls_client.h"

namespace server::http {
namespace {

using careloom_test::MakePair;
using careloom_test::Pair;
using careloom_test::TlsClient;
using careloom_test::TlsOffer;
using State = Moved::State;

// Answers "ok" to every head, one thread a connection.
class Answerer {
 public:
  explicit Answerer(const TlsSource& source) : source_(source), listener_(Poco::Net::SocketAddress("127.0.0.1", 0)) {
    thread_ = std::thread([this] {
      while (!stop_) {
        if (!listener_.poll(Poco::Timespan(0, 20'000), Poco::Net::Socket::SELECT_READ)) continue;
        // The socket is the channel's alone before another thread has it.
        auto channel = MakeTlsChannel(listener_.acceptConnection(), source_.current());
        threads_.emplace_back([this](std::unique_ptr<Channel> its) { Serve(std::move(its)); }, std::move(channel));
      }
    });
  }
  ~Answerer() {
    stop_ = true;
    thread_.join();
    for (std::thread& thread : threads_) thread.join();
  }
  std::uint16_t port() const { return listener_.address().port(); }

 private:
  bool Wait(const Channel& channel, const Moved& moved) {
    if (moved.state != State::kWaitRead && moved.state != State::kWaitWrite) return false;
    pollfd waited{channel.descriptor(), static_cast<short>(moved.state == State::kWaitRead ? POLLIN : POLLOUT), 0};
    while (!stop_ && ::poll(&waited, 1, 20) == 0) {
    }
    return !stop_;
  }
  void Serve(std::unique_ptr<Channel> channel) {
    Moved moved;
    while ((moved = channel->Handshake()).state != State::kDone) {
      if (!Wait(*channel, moved)) return;
    }
    std::string head;
    while (true) {
      char block[1000];
      moved = channel->Read(block, sizeof block);
      if (moved.state != State::kDone) {
        if (Wait(*channel, moved)) continue;
        break;
      }
      head.append(block, moved.bytes);
      if (!head.ends_with("\r\n\r\n")) continue;
      head.clear();
      const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 40002\r\n\r\n", body = "ok" + std::string(40'000, '.');
      for (std::size_t sent = 0; sent < answer.size() + body.size();) {
        const std::size_t of_body = sent > answer.size() ? sent - answer.size() : 0;
        moved = channel->Write(std::string_view(answer).substr(std::min(sent, answer.size())), std::string_view(body).substr(of_body));
        if (moved.state == State::kDone) sent += moved.bytes;
        else if (!Wait(*channel, moved)) return;
      }
    }
    channel->EndWriting();
  }

  const TlsSource& source_;
  Poco::Net::ServerSocket listener_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
  std::vector<std::thread> threads_;   // the thread's, until it has ended
};

class TlsTest : public testing::Test {
 protected:
  void Start(const careloom_test::PairOptions& options = {}) {
    pair_ = MakePair(folder_.path(), "server", options);
    TlsSourceOptions source;
    source.files = {pair_.certificate, pair_.key};
    source.now_seconds = [this] { return std::time(nullptr) + ahead_seconds_; };
    source.tell = [this](const TlsNews& news) {
      const std::lock_guard lock(mutex_);
      told_ += news.words + ": " + news.reason + "\n";
    };
    source.look_every = std::chrono::milliseconds(20);
    auto opened = TlsSource::Open(std::move(source));
    ASSERT_TRUE(opened) << opened.error().text();
    source_ = *std::move(opened);
    answerer_ = std::make_unique<Answerer>(*source_);
  }
  std::string Told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  bool WaitToBeTold(const std::string& words) {
    for (int i = 0; i < 2000 && Told().find(words) == std::string::npos; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return Told().find(words) != std::string::npos;
  }
  std::uint16_t port() const { return answerer_->port(); }

  careloom_test::TempFolder folder_;
  Pair pair_;
  std::atomic<std::int64_t> ahead_seconds_ = 0;
  std::mutex mutex_;
  std::string told_;                       // guarded by mutex_
  std::unique_ptr<TlsSource> source_;
  std::unique_ptr<Answerer> answerer_;     // before the source it uses
};

const std::string kAsk = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(TlsTest, OldProtocolsAreNotSpoken) {
  Start();
  for (const auto& [version, spoken] : {std::pair{SSL3_VERSION, false}, {TLS1_VERSION, false}, {TLS1_1_VERSION, false}, {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}}) {
    const TlsClient client(port(), {.least = version, .most = version});
    EXPECT_EQ(client.connected(), spoken) << version;
  }
}

// Every cipher the library knows, one by one, against keys of both kinds.
TEST_F(TlsTest, OnlyTheCiphersOfTheListAreTaken) {
  std::set<std::string> all;
  {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
    const STACK_OF(SSL_CIPHER)* known = SSL_CTX_get_ciphers(context.get());
    for (int i = 0; i < sk_SSL_CIPHER_num(known); ++i) {
      const std::string name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(known, i));
      if (!name.starts_with("TLS_")) all.insert(name);
    }
  }
  ASSERT_GT(all.size(), 60u);
  for (const auto& [kind, word] : {std::pair<std::string, std::string>{"P-256", "ECDSA"}, {"RSA-2048", "RSA"}}) {
    answerer_.reset();
    Start({.key_kind = kind});
    std::set<std::string> taken;
    for (const std::string& cipher : all) {
      const TlsClient client(port(), {.most = TLS1_2_VERSION, .ciphers = cipher + ":@SECLEVEL=0"});
      if (client.connected()) taken.insert(cipher);
    }
    EXPECT_EQ(taken, (std::set<std::string>{"ECDHE-" + word + "-AES128-GCM-SHA256", "ECDHE-" + word + "-AES256-GCM-SHA384"}));
  }
  for (const auto& [suite, spoken] : {std::pair<std::string, bool>{"TLS_AES_256_GCM_SHA384", true}, {"TLS_AES_128_GCM_SHA256", true}, {"TLS_CHACHA20_POLY1305_SHA256", true},
                                      {"TLS_AES_128_CCM_SHA256", false}, {"TLS_AES_128_CCM_8_SHA256", false}}) {
    const TlsClient client(port(), {.least = TLS1_3_VERSION, .suites = suite});
    EXPECT_EQ(client.connected(), spoken) << suite;
  }
  for (const auto& [group, spoken] : {std::pair<std::string, bool>{"X25519", true}, {"P-256", true}, {"P-384", true}, {"ffdhe2048", false}, {"X448", false}}) {
    const TlsClient client(port(), {.least = TLS1_3_VERSION, .groups = group});
    EXPECT_EQ(client.connected(), spoken) << group;
  }
}

// The same as somebody else's program sees it.
TEST_F(TlsTest, AScannerFindsNothingElse) {
  if (!std::filesystem::exists("/usr/bin/sslscan")) GTEST_SKIP() << "sslscan is not installed";
  Start({.key_kind = "RSA-2048"});
  std::FILE* scan = ::popen(("/usr/bin/sslscan --no-colour --sni-name=localhost 127.0.0.1:" + std::to_string(port()) + " 2>&1").c_str(), "r");
  std::string report;
  char block[4096];
  for (std::size_t count; (count = std::fread(block, 1, sizeof block, scan)) > 0;) report.append(block, count);
  ::pclose(scan);
  for (const char* version : {"SSLv2     disabled", "SSLv3     disabled", "TLSv1.0   disabled", "TLSv1.1   disabled", "TLSv1.2   enabled", "TLSv1.3   enabled", "renegotiation not supported"}) {
    EXPECT_NE(report.find(version), std::string::npos) << version << "\n" << report;
  }
  EXPECT_EQ(report.find("Compression enabled"), std::string::npos);
  std::set<std::string> ciphers;
  const std::string list = report.substr(0, report.find("Key Exchange Group"));
  for (std::size_t at = 0; (at = list.find(" bits  ", at)) != std::string::npos; ++at) ciphers.insert(list.substr(at + 7, list.find(' ', at + 7) - at - 7));
  EXPECT_EQ(ciphers, (std::set<std::string>{"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"})) << report;
}

TEST_F(TlsTest, NothingIsRenegotiatedPackedOrSentEarly) {
  Start();
  TlsClient client(port(), {.most = TLS1_2_VERSION});
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(SSL_get_current_compression(client.get()), nullptr);
  SSL_renegotiate(client.get());
  EXPECT_NE(SSL_do_handshake(client.get()), 1);
  TlsClient newest(port());
  ASSERT_TRUE(newest.connected());
  EXPECT_FALSE(newest.Exchange(kAsk).empty());
  EXPECT_EQ(SSL_SESSION_get_max_early_data(SSL_get0_session(newest.get())), 0u);
}

TEST_F(TlsTest, ACallerInTheWrongPlaceIsTold) {
  Start({.name = "careloom.example"});
  EXPECT_TRUE(TlsClient(port(), {.server_name = "careloom.example"}).connected());
  EXPECT_TRUE(TlsClient(port(), {.server_name = "CareLoom.Example"}).connected());
  for (const char* none : {"", "127.0.0.1", "::1"}) EXPECT_TRUE(TlsClient(port(), {.server_name = none}).connected()) << "callers by address name nobody";
  for (const char* name : {"other.example", "localhost", "careloom.example.evil.example", "x.careloom.example"}) {
    const TlsClient client(port(), {.server_name = name});
    EXPECT_FALSE(client.connected()) << name;
    EXPECT_EQ(client.alert(), SSL_AD_UNRECOGNIZED_NAME) << name;
  }
}

TEST_F(TlsTest, WhatIsNoHandshakeEndsTheConnectionAlone) {
  Start();
  for (const char* bytes : {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\xff\xff", "\x80\x2e\x01\x00\x02", ""}) {
    const std::string answer = careloom_test::Exchange(port(), bytes, true);
    EXPECT_EQ(answer.find("HTTP/"), std::string::npos) << answer;
    TlsClient client(port());
    ASSERT_TRUE(client.connected());
    EXPECT_NE(client.Exchange(kAsk).find("ok"), std::string::npos);
  }
}

TEST_F(TlsTest, ANewPairIsTakenAndOldConnectionsGoOn) {
  Start();
  TlsClient before(port());
  ASSERT_TRUE(before.connected());
  const std::string answer = before.Exchange(kAsk), serial = before.serial();
  EXPECT_EQ(answer.size(), 40'000 + 2 + std::string("HTTP/1.1 200 OK\r\nContent-Length: 40002\r\n\r\n").size());
  MakePair(folder_.path(), "server", {.key_kind = "RSA-2048"});
  ASSERT_TRUE(WaitToBeTold("TLS: a new certificate is in use; it expires on 2")) << Told();
  TlsClient after(port());
  ASSERT_TRUE(after.connected());
  EXPECT_NE(after.serial(), serial);
  EXPECT_EQ(before.Exchange(kAsk), answer);
  EXPECT_EQ(before.serial(), serial);
}

TEST_F(TlsTest, ABrokenNewPairLeavesTheOldOneAndIsSaid) {
  Start();
  const std::string serial = TlsClient(port()).serial();
  for (const auto& [options, words] : {std::pair<careloom_test::PairOptions, std::string>{{.other_key = true}, "is not that of the certificate"}, {{.ends_in_seconds = -10}, "expired on"}, {{.key_kind = "RSA-1024"}, "is RSA of 1024 bits"}}) {
    MakePair(folder_.path(), "server", options);
    ASSERT_TRUE(WaitToBeTold(words)) << Told();
    TlsClient client(port());
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.serial(), serial);
  }
  EXPECT_NE(Told().find("those in use stay, and expire on 2"), std::string::npos);
  ::chmod(pair_.key.c_str(), 0644);
  source_->Reload();
  EXPECT_NE(Told().find("so that others may read"), std::string::npos);
  std::filesystem::remove(pair_.key);
  ASSERT_TRUE(WaitToBeTold("cannot be opened: No such file")) << Told();
  EXPECT_EQ(TlsClient(port()).serial(), serial);
}

TEST_F(TlsTest, SessionsGoOnUntilTheirKeyIsRenewed) {
  Start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient first(port(), {.least = version, .most = version});
    ASSERT_TRUE(first.connected());
    first.Exchange(kAsk);   // a 1.3 ticket comes after the handshake
    SSL_SESSION* session = SSL_get1_session(first.get());
    const TlsOffer again = {.least = version, .most = version, .session = session};
    TlsClient second(port(), again);
    EXPECT_EQ(SSL_session_reused(second.get()), 1) << version;
    source_->Reload();      // the same files, a new key for tickets
    TlsClient third(port(), again);
    EXPECT_TRUE(third.connected());
    EXPECT_EQ(SSL_session_reused(third.get()), 0) << version;
    SSL_SESSION_free(session);
  }
}

TEST_F(TlsTest, TheOperatorIsWarnedThirtyDaysBeforeTheEndAndAfterIt) {
  Start({.ends_in_seconds = 40L * 24 * 3600});
  EXPECT_EQ(Told(), "");
  EXPECT_NEAR(static_cast<double>(source_->current()->expires()), static_cast<double>(std::time(nullptr) + 40 * 24 * 3600), 100);
  ahead_seconds_ = 15 * 24 * 3600;
  ASSERT_TRUE(WaitToBeTold("days; put a new one in its place")) << Told();
  ahead_seconds_ = 41 * 24 * 3600;
  ASSERT_TRUE(WaitToBeTold("TLS: the certificate has expired on 2")) << Told();
  EXPECT_TRUE(TlsClient(port()).connected()) << "callers decide; the server says";
}

}  // namespace
}  // namespace server::http
