// The search parameter types: which one turns a found value into index values, and how.
#pragma once

#include <string_view>
#include <vector>

#include "fhir/path/value.h"
#include "fhir/search/extract.h"

namespace fhir::search {

// Appends what the value means for the parameter; nothing when its form does not fit.
using Convert = void (*)(const path::Value& value, const schema::SearchParameter& parameter, std::vector<IndexValue>& out);

struct SearchType {
  std::string_view code;   // "token"
  Convert convert;         // null: found in the catalogue of parameters, but nothing is extracted yet
};

// Null for a type that is not one of R4's nine.
const SearchType* FindSearchType(std::string_view code);

namespace types {

void Token(const path::Value&, const schema::SearchParameter&, std::vector<IndexValue>&);
void String(const path::Value&, const schema::SearchParameter&, std::vector<IndexValue>&);
void Date(const path::Value&, const schema::SearchParameter&, std::vector<IndexValue>&);
void Number(const path::Value&, const schema::SearchParameter&, std::vector<IndexValue>&);
void Quantity(const path::Value&, const schema::SearchParameter&, std::vector<IndexValue>&);
void Reference(const path::Value&, const schema::SearchParameter&, std::vector<IndexValue>&);
void Uri(const path::Value&, const schema::SearchParameter&, std::vector<IndexValue>&);

}  // namespace types

// Helpers that several types share.

// The element of a value; null for a computed one.
const Element* ElementOf(const path::Value& value);
// The text of a primitive, element or computed; empty when there is none.
std::string_view TextOf(const path::Value& value);
// The name of the element's type; empty for a computed value or an element of unknown type.
std::string_view TypeOf(const path::Value& value);
// Appends an empty value of the type for the parameter.
IndexValue& Add(std::vector<IndexValue>& out, const schema::SearchParameter& parameter, ValueType type);

// What a written number stands for. 2.0 is [1.95, 2.05), 100 is [99.5, 100.5)
// (https://hl7.org/fhir/R4/search.html#number).
struct NumberRange {
  double low = 0, high = 0, exact = 0;
};
// False for what is no number.
bool ReadNumber(std::string_view written, NumberRange& range);

}  // namespace fhir::search
