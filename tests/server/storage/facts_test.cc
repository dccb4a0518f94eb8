// Packed facts hold exactly what was extracted, and survive being cut.
#include "server/storage/facts.h"

#include <limits>

#include "server/storage/index_rows.h"

namespace {

using fhir::search::IndexValue;
using fhir::search::ValueType;
using server::search::Fact;
using server::storage::PackedFacts;
using server::storage::Slot;

class FactsTest : public testing::Test {
 protected:
  FactsTest() {
    parameters_.resize(7);
    slots_.AddType(1, "Observation");
    slots_.AddSlot(1, 1, nullptr);
    for (std::size_t i = 0; i < parameters_.size(); ++i) slots_.AddSlot(static_cast<Slot>(i + 2), 1, &parameters_[i]);
  }

  IndexValue& Add(std::size_t parameter, ValueType type) {
    IndexValue& value = values_.emplace_back();
    value.parameter = &parameters_[parameter];
    value.type = type;
    return value;
  }

  void AddOneOfEach() {
    IndexValue& token = Add(0, ValueType::kToken);
    token.system = "http://snomed.info/sct";
    token.has_system = true;
    token.code = "123";
    Add(1, ValueType::kString).text = "Ó Súilleabháin";
    IndexValue& date = Add(2, ValueType::kDate);
    date.low_us = std::numeric_limits<std::int64_t>::min();
    date.high_us = std::numeric_limits<std::int64_t>::max();
    IndexValue& reference = Add(3, ValueType::kReference);
    reference.reference_type = "Patient";
    reference.reference_id = "p";
    reference.identifier_value = "9";
    Add(4, ValueType::kUri).text = "urn:x";
    Add(5, ValueType::kNumber).exact = -0.1;
    IndexValue& quantity = Add(6, ValueType::kQuantity);
    quantity.exact = 5.4;
    quantity.code = "mg";
  }

  std::vector<fhir::schema::SearchParameter> parameters_;
  server::storage::Slots slots_;
  std::vector<IndexValue> values_;
};

TEST_F(FactsTest, ComeBackAsTheyWere) {
  AddOneOfEach();
  const std::string packed = server::storage::PackFacts(values_, slots_, 1);
  PackedFacts facts(packed);
  const Fact token = facts.Of(2).at(0), date = facts.Of(4).at(0), reference = facts.Of(5).at(0), quantity = facts.Of(8).at(0);
  EXPECT_EQ(token.system, "http://snomed.info/sct");
  EXPECT_TRUE(token.has_system);
  EXPECT_EQ(token.code, "123");
  EXPECT_EQ(facts.Of(3).at(0).text, "Ó Súilleabháin");
  EXPECT_EQ(date.low_us, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(date.high_us, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(reference.reference_type, "Patient");
  EXPECT_EQ(reference.reference_id, "p");
  EXPECT_EQ(reference.identifier_value, "9");
  EXPECT_EQ(facts.Of(6).at(0).text, "urn:x");
  EXPECT_EQ(facts.Of(7).at(0).exact, -0.1);
  EXPECT_EQ(quantity.exact, 5.4);
  EXPECT_EQ(quantity.code, "mg");
  EXPECT_TRUE(facts.Of(9).empty());
}

TEST_F(FactsTest, SqueezeUuidsOnly) {
  AddOneOfEach();
  for (const char* id : {"0b59d27e-9ac0-4b36-8ee9-d0ff22390eaf", "0B59d27e-9ac0-4b36-8ee9-d0ff22390eaf", "0b59d27e-9ac0-4b36-8ee9xd0ff22390eaf", "0b59d27e"}) {
    IndexValue& reference = Add(3, ValueType::kReference);
    reference.reference_type = "Patient";
    reference.reference_id = id;
  }
  const std::string packed = server::storage::PackFacts(values_, slots_, 1), squeezed = server::storage::SqueezeFacts(packed);
  EXPECT_EQ(squeezed.size(), packed.size() - 20);
  EXPECT_EQ(server::storage::ExpandFacts(squeezed), packed);
  EXPECT_EQ(server::storage::ExpandFacts({}), std::string(1, '\0'));
  for (std::size_t size = 0; size < squeezed.size(); ++size) {
    const std::string cut = server::storage::ExpandFacts(std::string_view(squeezed).substr(0, size));
    EXPECT_LE(PackedFacts(cut).Of(5).size(), 5U) << size;
  }
}

TEST_F(FactsTest, CutAnywhereEndEarly) {
  AddOneOfEach();
  const std::string packed = server::storage::PackFacts(values_, slots_, 1);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    PackedFacts facts(std::string_view(packed).substr(0, size));
    Slot slot = 0;
    Fact fact;
    std::size_t count = 0;
    while (facts.Next(slot, fact)) ++count;
    EXPECT_LE(count, values_.size()) << size;
  }
}

TEST_F(FactsTest, GiveEachIndexRowOnce) {
  AddOneOfEach();
  values_.push_back(values_.front());
  const auto rows = server::storage::RowsOf(server::storage::PackFacts(values_, slots_, 1), 1, 77, server::storage::Hasher({1, 2}));
  EXPECT_EQ(rows.hashes.size(), 2 + 3 + 2 + 1U);   // type, home; token forms; reference and its identifier; uri
  EXPECT_EQ(rows.strings.size(), 1U);
  EXPECT_EQ(rows.strings.front().prefix, "o suilleabhain");
  EXPECT_EQ(rows.dates.size(), 1U);
  EXPECT_EQ(rows.numbers.size(), 2U);
}

}  // namespace
