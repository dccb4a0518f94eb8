// Elements and computed values as scalars of the System types, and what equals what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/date_time.h"
#include "fhir/base/decimal.h"
#include "fhir/path/value.h"

namespace fhir::path {

// A view of a primitive or quantity, of an element or a computed value.
struct Scalar {
  SystemType type;
  std::string_view text;
  std::string_view unit;
};

// Nothing for complex elements and primitives without a value. A FHIR Quantity's unit is its UCUM code,
// else its unit text; one with a comparator is no scalar.
std::optional<Scalar> ToScalar(const Value& value);
SystemValue Own(const Scalar& scalar);
std::string_view SystemTypeName(SystemType type);   // "Boolean"

Value Boolean(bool value);
Value Integer(std::int64_t value);
Value Number(const Decimal& value);                 // a Decimal
Value String(std::string text);
Value Quantity(const Decimal& value, std::string_view unit);
inline Values One(Value value) { Values values; values.push_back(std::move(value)); return values; }

bool IsNumeric(SystemType type);                    // Integer, Decimal
bool IsTemporal(SystemType type);                   // Date, DateTime
std::optional<DateTime> ToDateTime(const Scalar& scalar);   // also of a time

// Nothing when it cannot be told (dates of different precision). https://hl7.org/fhirpath/N1/#equality
std::optional<bool> Equal(const Value& a, const Value& b);
std::optional<bool> Equal(const Values& a, const Values& b);
// https://hl7.org/fhirpath/N1/#equivalence
bool Equivalent(const Value& a, const Value& b);
bool Equivalent(const Values& a, const Values& b);
// Equal values have equal hashes.
std::size_t Hash(const Value& value);

// 1 for a scalar, one more for each element below a complex one, at most `limit` for all.
std::size_t Weight(const Values& values, std::size_t limit);

// A set by equality that remembers where it is: distinct, union, intersect in linear time.
class ValueSet {
 public:
  ValueSet();
  ~ValueSet();
  ValueSet(const ValueSet&) = delete;
  ValueSet& operator=(const ValueSet&) = delete;
  // False when an equal one was there. The value is copied.
  bool Insert(const Value& value);
  bool Contains(const Value& value) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fhir::path
