// Known answers of FIPS 180-4, and the UUID made from them.
#include "adapters/base/sha256.h"

#include <gtest/gtest.h>

TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(adapters::Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(adapters::Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(adapters::Sha256Hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DerivedUuid, IsStableAndWellFormed) {
  const std::string uuid = adapters::DerivedUuid("Patient|system|value");
  EXPECT_EQ(uuid, adapters::DerivedUuid("Patient|system|value"));
  EXPECT_NE(uuid, adapters::DerivedUuid("Patient|system|valuf"));
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '5');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
}
