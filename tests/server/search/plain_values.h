// The values that plain_search compares, read from elements and from questions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/model/element.h"

namespace careloom_test {

// Microseconds since 1970 UTC, [low, high).
struct PlainInterval {
  std::int64_t low, high;
};
// A date, dateTime or instant with whatever precision; no offset counts as UTC.
std::optional<PlainInterval> ParsePlainDate(std::string_view text);
// A Period or one of the above.
std::optional<PlainInterval> DateOf(const fhir::Element& element);

// A decimal as written, and the half of its last written digit.
struct PlainNumber {
  double value, half;
};
std::optional<PlainNumber> ParsePlainNumber(std::string_view text);

struct PlainToken {
  std::string system, code;
  bool has_system = false;
};
// Of a code, boolean, Coding, CodeableConcept, Identifier or ContactPoint.
std::vector<PlainToken> TokensOf(const fhir::Element& element);

// Every text in a string, HumanName or Address that search looks at.
std::vector<std::string> StringsOf(const fhir::Element& element);

// "Type", "id" of a literal reference; empty for anything else.
std::pair<std::string, std::string> ReferenceOf(const fhir::Element& element);

// "gt" and the rest; "eq" when there is none.
std::pair<std::string, std::string> SplitPrefix(const std::string& value);
// The parts between '|'.
std::vector<std::string> SplitBars(const std::string& value);

}  // namespace careloom_test
