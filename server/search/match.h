// Does what was extracted from a resource meet a criterion? The one place where the meaning of search
// values stands; README.md says it in words. Pure: knows neither SQL nor storage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/search/extract.h"
#include "server/search/query.h"

namespace server::search {

// One extracted value, as light as can be: the texts are borrowed. Members as fhir::search::IndexValue's.
struct Fact {
  fhir::search::ValueType type = fhir::search::ValueType::kToken;
  bool has_system = false;
  std::string_view system, code, text;
  std::int64_t low_us = 0, high_us = 0;
  double exact = 0;
  std::string_view reference_type, reference_id, identifier_system, identifier_value;
};

Fact FactOf(const fhir::search::IndexValue& value);

// A value of a criterion, read: dates as ranges, numbers with their implicit precision, strings folded.
struct PreparedValue {
  Value as_written;
  std::string folded;
  std::int64_t low_us = 0, high_us = 0;   // [low, high)
  double low = 0, high = 0, exact = 0;    // [low, high) for eq and ne
};

// A criterion ready to be compared. Chains are not its business: whoever can follow references resolves them.
class Matcher {
 public:
  // Fails with kInvalid for a date or number that is none, or a value that :missing does not know.
  static fhir::Result<Matcher> Create(const Criterion& criterion);

  // `facts` are all of the criterion's parameter in one resource.
  bool Matches(const std::vector<Fact>& facts) const;
  const std::vector<PreparedValue>& values() const { return values_; }
  const std::string& modifier() const { return modifier_; }
  const std::vector<std::string_view>& targets() const { return targets_; }

 private:
  bool MatchesOne(const Fact& fact) const;
  bool MatchesReference(const Value& asked, const Fact& fact) const;

  std::vector<PreparedValue> values_;
  std::string modifier_;
  std::vector<std::string_view> targets_;   // of a reference parameter: what a bare id may mean; empty: any type
};

// The order of a resource by one parameter: the smallest value ascending, the largest descending; missing
// ones last either way. Only one of the members is used by any one parameter.
struct SortValue {
  bool missing = true;
  std::int64_t integer = 0;   // dates: where they begin
  double number = 0;          // numbers and quantities: the value itself
  std::string text;           // strings folded; tokens by code; references "Type/id" or URL; uris
};

SortValue SortValueOf(const std::vector<Fact>& facts, bool descending);
// Below 0: a stands before b.
int Compare(const SortValue& a, const SortValue& b, bool descending);

}  // namespace server::search
