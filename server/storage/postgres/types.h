// PostgreSQL's types as far as statements bind or read them, and their binary forms.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/postgres/connection.h"

namespace server::storage::postgres {

// Object ids of built-in types; they never change (src/include/catalog/pg_type.dat).
enum Oid : unsigned {
  kBool = 16, kBytea = 17, kName = 19, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kUnknown = 705, kFloat8 = 701, kVarchar = 1043, kVoid = 2278, kXid8 = 5069,
  kByteaArray = 1001, kInt8Array = 1016, kFloat8Array = 1022,
};

inline void PutBig(std::string& out, std::uint64_t word, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(word >> shift & 0xFF);
}

inline std::uint64_t GetBig(const char* at, int bytes) {
  std::uint64_t word = 0;
  for (int i = 0; i < bytes; ++i) word = word << 8 | static_cast<unsigned char>(at[i]);
  return word;
}

// An array of one dimension without NULLs: dimensions, flags, the elements' type, size, lower bound, then each with its length.
// https://www.postgresql.org/docs/15/libpq-exec.html has no word on it; src/backend/utils/adt/arrayfuncs.c, array_recv.
class ArrayValue {
 public:
  explicit ArrayValue(Oid element) : element_(element) {}
  void Add(std::int64_t value) { AddWord(static_cast<std::uint64_t>(value)); }
  void Add(double value) { AddWord(std::bit_cast<std::uint64_t>(value)); }
  void Add(std::string_view bytes) {
    PutBig(elements_, bytes.size(), 4);
    elements_ += bytes;
    ++count_;
  }
  Value Take(Oid array) const {
    Value value{array, {}};
    value.bytes.reserve(elements_.size() + 20);
    PutBig(value.bytes, count_ > 0 ? 1 : 0, 4);
    PutBig(value.bytes, 0, 4);
    PutBig(value.bytes, element_, 4);
    if (count_ == 0) return value;
    PutBig(value.bytes, count_, 4);
    PutBig(value.bytes, 1, 4);
    value.bytes += elements_;
    return value;
  }

 private:
  void AddWord(std::uint64_t word) {
    PutBig(elements_, 8, 4);
    PutBig(elements_, word, 8);
    ++count_;
  }
  Oid element_;
  std::uint64_t count_ = 0;
  std::string elements_;
};

inline Value Int8Value(std::int64_t number) {
  Value value{kInt8, {}};
  PutBig(value.bytes, static_cast<std::uint64_t>(number), 8);
  return value;
}

}  // namespace server::storage::postgres
