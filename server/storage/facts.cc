// See facts.h.
#include "server/storage/facts.h"

#include <bit>
#include <unordered_map>

#include "server/storage/bytes.h"
#include "server/storage/common_texts.h"

namespace server::storage {

namespace {

using fhir::search::IndexValue;
using fhir::search::ValueType;

// Gives each text a number: an even one is common, an odd one stands in the resource's own list.
class TextList {
 public:
  std::uint64_t NumberOf(std::string_view text) {
    if (const auto common = CommonTextNumber(text)) return *common * 2;
    const auto [at, is_new] = numbers_.emplace(text, numbers_.size());
    if (is_new) PutText(bytes_, text);
    return at->second * 2 + 1;
  }
  std::string Finish() const {
    std::string out;
    PutVarint(out, numbers_.size());
    return out + bytes_;
  }

 private:
  std::unordered_map<std::string_view, std::uint64_t> numbers_;
  std::string bytes_;
};

void PackValue(const IndexValue& value, TextList& texts, std::string& out) {
  const auto text = [&](std::string_view of) { PutVarint(out, texts.NumberOf(of)); };
  switch (value.type) {
    case ValueType::kToken:
      text(value.system);
      text(value.code);
      break;
    case ValueType::kString:
    case ValueType::kUri:
      text(value.text);
      break;
    case ValueType::kDate:
      PutWord(out, static_cast<std::uint64_t>(value.low_us));
      PutVarint(out, static_cast<std::uint64_t>(value.high_us) - static_cast<std::uint64_t>(value.low_us));
      break;
    case ValueType::kNumber:
      PutWord(out, std::bit_cast<std::uint64_t>(value.exact));
      break;
    case ValueType::kQuantity:
      PutWord(out, std::bit_cast<std::uint64_t>(value.exact));
      text(value.system);
      text(value.code);
      text(value.text);
      break;
    case ValueType::kReference:
      text(value.reference_type);
      text(value.reference_id);
      text(value.reference_id.empty() ? std::string_view(value.text) : std::string_view());
      text(value.identifier_system);
      text(value.identifier_value);
      break;
  }
}

}  // namespace

std::string PackFacts(const std::vector<IndexValue>& values, const Slots& slots, std::int64_t type) {
  TextList texts;
  std::string packed;
  for (const IndexValue& value : values) {
    const Slot slot = slots.Find(type, value.parameter);
    if (slot < 0) continue;
    PutVarint(packed, static_cast<std::uint64_t>(slot));
    packed += static_cast<char>(static_cast<unsigned>(value.type) | (value.has_system ? 0x80U : 0U));
    PackValue(value, texts, packed);
  }
  return texts.Finish() + packed;
}

PackedFacts::PackedFacts(std::string_view bytes) {
  ByteReader reader{bytes};
  const std::uint64_t count = reader.Varint();
  for (std::uint64_t i = 0; i < count && reader.ok; ++i) texts_.push_back(reader.Text());
  values_ = left_ = reader.ok ? reader.bytes : std::string_view();
}

std::string_view PackedFacts::Text() {
  ByteReader reader{left_};
  const std::uint64_t number = reader.Varint();
  left_ = reader.bytes;
  if (number % 2 == 0) return CommonText(number / 2);
  return number / 2 < texts_.size() ? texts_[number / 2] : std::string_view();
}

bool PackedFacts::Next(Slot& slot, search::Fact& fact) {
  ByteReader reader{left_};
  slot = static_cast<Slot>(reader.Varint());
  if (!reader.ok || reader.bytes.empty()) return false;
  const auto head = static_cast<unsigned char>(reader.bytes.front());
  reader.bytes.remove_prefix(1);
  fact = search::Fact();
  fact.type = static_cast<ValueType>(head & 0x7F);
  fact.has_system = (head & 0x80) != 0;
  if (fact.type == ValueType::kDate) {
    const std::uint64_t low = reader.Word(), span = reader.Varint();
    fact.low_us = static_cast<std::int64_t>(low);
    fact.high_us = static_cast<std::int64_t>(low + span);
  } else if (fact.type == ValueType::kNumber || fact.type == ValueType::kQuantity) {
    fact.exact = std::bit_cast<double>(reader.Word());
  }
  left_ = reader.bytes;
  switch (fact.type) {
    case ValueType::kToken:
      fact.system = Text();
      fact.code = Text();
      break;
    case ValueType::kString:
    case ValueType::kUri:
      fact.text = Text();
      break;
    case ValueType::kQuantity:
      fact.system = Text();
      fact.code = Text();
      fact.text = Text();
      break;
    case ValueType::kReference:
      fact.reference_type = Text();
      fact.reference_id = Text();
      fact.text = Text();
      fact.identifier_system = Text();
      fact.identifier_value = Text();
      break;
    case ValueType::kDate:
    case ValueType::kNumber:
      break;
  }
  return reader.ok;
}

std::vector<search::Fact> PackedFacts::Of(Slot slot) {
  std::vector<search::Fact> facts;
  left_ = values_;
  Slot at = 0;
  search::Fact fact;
  while (Next(at, fact)) {
    if (at == slot) facts.push_back(fact);
  }
  left_ = values_;
  return facts;
}

}  // namespace server::storage
