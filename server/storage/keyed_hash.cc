// See keyed_hash.h.
#include "server/storage/keyed_hash.h"

#include <bit>
#include <cstddef>

namespace server::storage {

namespace {

struct State {
  std::uint64_t a, b, c, d;

  void Round() {
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32);
    c += b;
    a += d;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
  }
};

// Up to eight bytes, the first the lowest, whatever the machine.
std::uint64_t Word(std::string_view bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return word;
}

}  // namespace

std::uint64_t SipHash(const HashKey& key, std::string_view bytes) {
  State state{key.low ^ 0x736f6d6570736575, key.high ^ 0x646f72616e646f6d, key.low ^ 0x6c7967656e657261, key.high ^ 0x7465646279746573};
  const std::size_t whole = bytes.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) {
    const std::uint64_t word = Word(bytes.substr(at, 8));
    state.d ^= word;
    state.Round();
    state.Round();
    state.a ^= word;
  }
  const std::uint64_t last = Word(bytes.substr(whole)) | std::uint64_t{bytes.size() & 0xFF} << 56;
  state.d ^= last;
  state.Round();
  state.Round();
  state.a ^= last;
  state.c ^= 0xFF;
  for (int i = 0; i < 4; ++i) state.Round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace server::storage
