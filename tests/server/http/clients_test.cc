// Which Authorization headers show a known client.
#include "server/http/clients.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

constexpr std::string_view kSecret = "k3yk3yk3yk3yk3yk3yk3y:with.dots";

Clients Two() { return Clients({{"practice-a", Sha256Of(kSecret)}, {"council", Sha256Of("another secret of the council")}}); }

TEST(Clients, AreKnownByNameAndSecretTogether) {
  const Clients clients = Two();
  struct Row {
    std::string authorization;
    std::string_view client;
  };
  const std::string secret(kSecret);
  const Row rows[] = {
      {"Bearer practice-a." + secret, "practice-a"},
      {"bearer practice-a." + secret, "practice-a"},
      {"BEARER  practice-a." + secret, "practice-a"},
      {"Basic cHJhY3RpY2UtYTprM3lrM3lrM3lrM3lrM3lrM3lrM3k6d2l0aC5kb3Rz", "practice-a"},
      {"Bearer council.another secret of the council", "council"},
      {"", ""},
      {"Bearer", ""},
      {"Bearer ", ""},
      {"Bearer practice-a", ""},
      {"Bearer practice-a.", ""},
      {"Bearer .", ""},
      {"Bearer ." + secret, ""},
      {"Bearer " + secret, ""},
      {"Bearer Practice-A." + secret, ""},
      {"Bearer practice-a." + secret + " ", ""},
      {"Bearer practice-a." + secret.substr(1), ""},
      {"Bearer practice-a." + secret + "x", ""},
      {"Bearer practice-a.another secret of the council", ""},   // of another client
      {"Bearer council." + secret, ""},
      {"Bearer unknown." + secret, ""},
      {"Bearer practice-a." + std::string(100'000, 'a'), ""},
      {"Bearer practice-a:" + secret, ""},
      {"Basic practice-a." + secret, ""},
      {"Basic practice-a:" + secret, ""},
      {"Basic cHJhY3RpY2UtYTprM3lrM3lrM3lrM3lrM3lrM3lrM3k6d2l0aC5kb3R", ""},       // cut
      {"Basic cHJhY3RpY2UtYTprM3lrM3lrM3lrM3lrM3lrM3lrM3k6d2l0aC5kb3Rz\n", ""},
      {"Basic cHJhY3RpY2UtYTprM3lrM3lrM3lrM3lrM3lrM3lrM3k6d2l0aC5kb3R=", ""},      // bits left over
      {"Basic ====", ""},
      {"Basic Og==", ""},                                                          // ":"
      {"Digest practice-a." + secret, ""},
      {"Bearer\tpractice-a." + secret, ""},
      {"practice-a." + secret, ""},
  };
  for (const Row& row : rows) EXPECT_EQ(clients.Find(row.authorization), row.client) << row.authorization.substr(0, 100);
}

TEST(Clients, AShortSecretIsNobodysEvenIfItsDigestIsThere) {
  const Clients clients({{"empty", Sha256Of("")}, {"short", Sha256Of("hunter2")}});
  EXPECT_EQ(clients.Find("Bearer empty."), "");
  EXPECT_EQ(clients.Find("Bearer short.hunter2"), "");
}

TEST(Clients, NamesArePlain) {
  for (const char* name : {"a", "practice-a", "0", "-"}) EXPECT_TRUE(IsClientName(name)) << name;
  for (const char* name : {"", "A", "a.b", "a:b", "a b", "a/b", "\xC3\xA4"}) EXPECT_FALSE(IsClientName(name)) << name;
  EXPECT_TRUE(IsClientName(std::string(40, 'a')));
  EXPECT_FALSE(IsClientName(std::string(41, 'a')));
}

}  // namespace
}  // namespace server::http
