// SipHash-2-4 against the vector of its paper, and the forms of index hashes.
#include "server/storage/keyed_hash.h"

#include "server/storage/index_rows.h"

namespace {

TEST(KeyedHash, IsSipHash24) {
  std::string input;
  for (char c = 0; c < 15; ++c) input += c;
  EXPECT_EQ(server::storage::SipHash({0x0706050403020100, 0x0f0e0d0c0b0a0908}, input), 0xa129ca6149be45e5U);
}

TEST(KeyedHash, FormsNeverMeet) {
  const server::storage::Hasher hasher({1, 2}), other({1, 3});
  EXPECT_NE(hasher.AnySystem("a"), hasher.NoSystem("a"));
  EXPECT_NE(hasher.SystemAndCode("a", "b"), hasher.SystemAndCode("ab", ""));
  EXPECT_NE(hasher.AnySystem("a"), other.AnySystem("a"));
}

}  // namespace
