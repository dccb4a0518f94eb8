// Packed facts to the index rows that a backend keeps of them. The same facts always give the same rows, so
// what was put can be taken away again.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/search/match.h"
#include "server/storage/keyed_hash.h"
#include "server/storage/slots.h"

namespace server::storage {

struct HashRow {
  Slot slot;
  std::int64_t hash;
  auto operator<=>(const HashRow&) const = default;
};
struct StringRow {
  Slot slot;
  std::string prefix;          // of the folded text
  auto operator<=>(const StringRow&) const = default;
};
struct DateRow {
  Slot slot;
  std::int64_t low_us, high_us;
  auto operator<=>(const DateRow&) const = default;
};
struct NumberRow {
  Slot slot;
  double value;
  auto operator<=>(const NumberRow&) const = default;
};

// Sorted, each row once.
struct IndexRows {
  std::vector<HashRow> hashes;
  std::vector<StringRow> strings;
  std::vector<DateRow> dates;
  std::vector<NumberRow> numbers;
};

// Bytes of folded text that stand in a string row.
constexpr std::size_t kStringPrefixBytes = 32;
std::string StringPrefix(std::string_view folded);

// Hashes of the forms in which a value is found. A form has a letter of its own, so that forms never meet.
class Hasher {
 public:
  explicit Hasher(const HashKey& key) : key_(key) {}
  std::int64_t SystemAndCode(std::string_view system, std::string_view code) const { return Hash('s', system, code); }
  std::int64_t NoSystem(std::string_view code) const { return Hash('n', {}, code); }
  std::int64_t AnySystem(std::string_view code) const { return Hash('c', {}, code); }
  std::int64_t AnyCode(std::string_view system) const { return Hash('y', system, {}); }
  std::int64_t Reference(std::string_view type, std::string_view id) const { return Hash('r', type, id); }
  std::int64_t Url(std::string_view url) const { return Hash('u', {}, url); }
  std::int64_t IdentifierValue(std::string_view value) const { return Hash('i', {}, value); }
  std::int64_t Home(std::string_view patient_id) const { return Hash('h', {}, patient_id); }

 private:
  std::int64_t Hash(char form, std::string_view left, std::string_view right) const;

  HashKey key_;
};

// Rows of the facts, with the row that lists the resource among its type's and the one of its home
// (`home` 0: none).
IndexRows RowsOf(std::string_view packed_facts, Slot type_slot, std::int64_t home, const Hasher& hasher);

}  // namespace server::storage
