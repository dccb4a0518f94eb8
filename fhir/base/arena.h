// A bump allocator for trees and their texts: everything in it lives until it does, nothing in it has a
// destructor. Not shared between threads while it grows.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace fhir {

class Arena {
 public:
  explicit Arena(std::size_t first_block_bytes = 4096) : next_block_bytes_(first_block_bytes) {}
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  void* Allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
    std::size_t offset = (used_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || offset + bytes > block_bytes_) {
      Grow(bytes);
      offset = 0;
    }
    used_ = offset + bytes;
    return blocks_.back().get() + offset;
  }

  // A copy of the text that lives as long as the arena.
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return std::string_view("", 0);
    char* place = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  template <typename T, typename... Args>
  T* Make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>, "an arena runs no destructors");
    return new (Allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  std::size_t allocated_bytes() const { return total_; }

 private:
  void Grow(std::size_t bytes) {
    block_bytes_ = bytes > next_block_bytes_ ? bytes : next_block_bytes_;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes_));
    total_ += block_bytes_;
    used_ = 0;
    if (next_block_bytes_ < (std::size_t{1} << 20)) next_block_bytes_ *= 2;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_bytes_ = 0, used_ = 0, next_block_bytes_, total_ = 0;
};

}  // namespace fhir
