// See index_rows.h.
#include "server/storage/index_rows.h"

#include <algorithm>

#include "server/search/fold.h"
#include "server/storage/facts.h"

namespace server::storage {

namespace {

using fhir::search::ValueType;

void AddRows(Slot slot, const search::Fact& fact, const Hasher& hasher, IndexRows& rows) {
  switch (fact.type) {
    case ValueType::kToken:
      rows.hashes.push_back({slot, hasher.AnySystem(fact.code)});
      if (fact.has_system) {
        rows.hashes.push_back({slot, hasher.SystemAndCode(fact.system, fact.code)});
        rows.hashes.push_back({slot, hasher.AnyCode(fact.system)});
      } else {
        rows.hashes.push_back({slot, hasher.NoSystem(fact.code)});
      }
      break;
    case ValueType::kString:
      rows.strings.push_back({slot, StringPrefix(search::Fold(fact.text))});
      break;
    case ValueType::kDate:
      rows.dates.push_back({slot, fact.low_us, fact.high_us});
      break;
    case ValueType::kUri:
      rows.hashes.push_back({slot, hasher.Url(fact.text)});
      break;
    case ValueType::kNumber:
    case ValueType::kQuantity:
      rows.numbers.push_back({slot, fact.exact});
      break;
    case ValueType::kReference:
      if (!fact.reference_id.empty()) rows.hashes.push_back({slot, hasher.Reference(fact.reference_type, fact.reference_id)});
      else if (!fact.text.empty()) rows.hashes.push_back({slot, hasher.Url(fact.text)});
      if (!fact.identifier_value.empty()) rows.hashes.push_back({slot, hasher.IdentifierValue(fact.identifier_value)});
      break;
  }
}

template <typename Row>
void SortUnique(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a < b; });
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

}  // namespace

std::string StringPrefix(std::string_view folded) { return std::string(folded.substr(0, kStringPrefixBytes)); }

std::int64_t Hasher::Hash(char form, std::string_view left, std::string_view right) const {
  std::string bytes;
  bytes.reserve(left.size() + right.size() + 2);
  bytes += form;
  bytes += left;
  bytes += '\0';   // no FHIR text holds it
  bytes += right;
  return static_cast<std::int64_t>(SipHash(key_, bytes));
}

IndexRows RowsOf(std::string_view packed_facts, Slot type_slot, std::int64_t home, const Hasher& hasher) {
  IndexRows rows;
  rows.hashes.push_back({type_slot, 0});
  if (home != 0) rows.hashes.push_back({kHomeSlot, home});
  PackedFacts facts(packed_facts);
  Slot slot = 0;
  search::Fact fact;
  while (facts.Next(slot, fact)) AddRows(slot, fact, hasher, rows);
  SortUnique(rows.hashes);
  SortUnique(rows.strings);
  SortUnique(rows.dates);
  SortUnique(rows.numbers);
  return rows;
}

}  // namespace server::storage
