// SipHash-2-4 (https://www.aumasson.jp/siphash/): 64 bits that nobody without the store's secret can aim at.
#pragma once

#include <cstdint>
#include <string_view>

namespace server::storage {

struct HashKey {
  std::uint64_t low = 0, high = 0;
};

std::uint64_t SipHash(const HashKey& key, std::string_view bytes);

}  // namespace server::storage
