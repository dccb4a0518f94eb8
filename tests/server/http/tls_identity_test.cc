// Certificates and keys that are taken, and those that are refused with words. (hardening: P07, O03)
#include "server/http/tls_identity.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/certificates.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"

namespace server::http {
namespace {

using careloom_test::MakePair;
using careloom_test::Pair;
using careloom_test::PairOptions;

class TlsIdentityTest : public testing::Test {
 protected:
  // Empty when they are taken; else which file, and the words.
  std::string Refused(const Pair& pair) {
    const auto loaded = TlsIdentity::Load({pair.certificate, pair.key}, std::time(nullptr));
    return loaded ? std::string() : loaded.error().path() + ": " + loaded.error().text();
  }
  std::string Write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  careloom_test::TempFolder folder_;
};

TEST_F(TlsIdentityTest, GoodPairsAreTakenWithTheirEnd) {
  for (const char* kind : {"RSA-2048", "RSA-3072", "P-256", "P-384", "P-521"}) EXPECT_EQ(Refused(MakePair(folder_.path(), "good", {.key_kind = kind})), "") << kind;
  const Pair pair = MakePair(folder_.path(), "good", {.ends_in_seconds = 1000});
  const auto loaded = TlsIdentity::Load({pair.certificate, pair.key}, std::time(nullptr));
  ASSERT_TRUE(loaded);
  EXPECT_NEAR(static_cast<double>((*loaded)->expires()), static_cast<double>(std::time(nullptr) + 1000), 60);
}

TEST_F(TlsIdentityTest, TheChainMayFollowAndTheFirstOfItToEndCounts) {
  const Pair own = MakePair(folder_.path(), "own"), authority = MakePair(folder_.path(), "authority", {.name = "authority", .ends_in_seconds = 500});
  const Pair chained{Write("chain.crt", careloom_test::ReadFile(own.certificate) + careloom_test::ReadFile(authority.certificate)), own.key};
  const auto loaded = TlsIdentity::Load({chained.certificate, chained.key}, std::time(nullptr));
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_LT((*loaded)->expires(), std::time(nullptr) + 600);
  EXPECT_NE(Refused({Write("turned.crt", careloom_test::ReadFile(authority.certificate) + careloom_test::ReadFile(own.certificate)), own.key}).find("must come first"), std::string::npos);
}

TEST_F(TlsIdentityTest, BadPairsAreRefusedWithWhatIsAllowed) {
  struct Row {
    PairOptions options;
    const char* words;
  };
  const Row rows[] = {
      {{.key_kind = "RSA-1024"}, "key: the key in '"},
      {{.key_kind = "RSA-1024"}, "is RSA of 1024 bits; allowed are RSA from 2048 bits and the curves P-256, P-384 and P-521"},
      {{.key_kind = "P-224"}, "is on the curve secp224r1; allowed are"},
      {{.key_kind = "secp256k1"}, "is on the curve secp256k1; allowed are"},
      {{.key_kind = "ED25519"}, "is neither RSA nor on an elliptic curve of NIST; allowed are"},
      {{.ends_in_seconds = -10}, "certificate: the certificate in '"},
      {{.ends_in_seconds = -10}, "expired on 2"},
      {{.starts_in_seconds = 7200}, "is not valid before 2"},
      {{.sha1 = true}, "is too weak or broken"},
      {{.other_key = true}, "is not that of the certificate"},
      {{.password = "secret words"}, "has a password; write it without one"},
  };
  for (const Row& row : rows) EXPECT_NE(Refused(MakePair(folder_.path(), "bad", row.options)).find(row.words), std::string::npos) << row.words << "\n" << Refused(MakePair(folder_.path(), "bad", row.options));
}

TEST_F(TlsIdentityTest, FilesThatAreNotWhatTheyShouldBeAreRefused) {
  const Pair good = MakePair(folder_.path(), "good");
  const std::string certificate = careloom_test::ReadFile(good.certificate), key = careloom_test::ReadFile(good.key);
  struct Row {
    Pair pair;
    const char* words;
  };
  const Row rows[] = {
      {{folder_.path() / "none", good.key}, "certificate: the file '"},
      {{folder_.path() / "none", good.key}, "cannot be opened: No such file"},
      {{good.certificate, folder_.path() / "none"}, "key: the file '"},
      {{folder_.path(), good.key}, "is not a plain file"},
      {{good.certificate, "/dev/zero"}, "is not a plain file"},
      {{Write("empty", ""), good.key}, "holds no certificate in PEM form"},
      {{good.key, good.key}, "holds no certificate in PEM form"},
      {{good.certificate, good.certificate}, "so that others may read"},
      {{good.certificate, Write("words", "not a key\n")}, "holds no private key in PEM form"},
      {{good.certificate, Write("cut.key", key.substr(0, key.size() / 2))}, "holds no private key in PEM form"},
      {{Write("cut.crt", certificate.substr(0, certificate.size() / 2)), good.key}, "holds no certificate in PEM form"},
      {{Write("second.crt", certificate + certificate.substr(0, certificate.size() / 2)), good.key}, "certificate 2 in the file"},
      {{good.certificate, Write("read.key", key, 0644)}, "has mode 0644, so that others may read or change it; allow its owner alone: chmod 600"},
      {{good.certificate, Write("group.key", key, 0640)}, "has mode 0640"},
      {{good.certificate, Write("long.key", std::string((1 << 20) + 1, 'x'))}, "is longer than"},
  };
  for (const Row& row : rows) EXPECT_NE(Refused(row.pair).find(row.words), std::string::npos) << row.words << "\n" << Refused(row.pair);
}

}  // namespace
}  // namespace server::http
