// The Parameters of an operation (https://hl7.org/fhir/R4/parameters.html), read by name and type. What is not known is refused with
// what is, each error at its place: "Parameters.parameter[2].valueMoney".
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/money/amount.h"
#include "fhir/money/day.h"
#include "fhir/money/fraction.h"

namespace server::care::budget {

class Arguments {
 public:
  // Of a Parameters resource, or of a parameter's parts. A name with '*' behind it may be given several times. kInvalid for names
  // that are not in the list, and for what is given twice. The element outlives it.
  static fhir::Result<Arguments> Read(const fhir::Element& of, std::initializer_list<std::string_view> allowed);

  // The parameters of that name.
  const fhir::Element* Find(std::string_view name) const;
  std::vector<const fhir::Element*> All(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }

  // The value, of one of the types ("valueMoney"); null when the parameter is not given. kInvalid for another type.
  fhir::Result<const fhir::Element*> Value(std::string_view name, std::initializer_list<std::string_view> types) const;
  // The same, and it has to be given.
  fhir::Result<const fhir::Element*> Needed(std::string_view name, std::initializer_list<std::string_view> types) const;

  // Text of valueCode or valueString; empty when not given.
  fhir::Result<std::string> Word(std::string_view name) const;
  fhir::Result<std::optional<fhir::money::Amount>> Money(std::string_view name) const;
  fhir::Result<std::optional<fhir::money::Day>> Day(std::string_view name) const;
  fhir::Result<bool> Flag(std::string_view name, bool otherwise) const;

  // kInvalid: it has to be given; the text says as what.
  fhir::Error Missing(std::string_view name, std::string_view how) const;

 private:
  const fhir::Element* of_ = nullptr;
};

// "Parameters.parameter[1]"
std::string PlaceOf(const fhir::Element& parameter);

}  // namespace server::care::budget
