// Who funds a proposed budget, and which part of it: shares, percents or amounts, exact.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/money/split.h"
#include "server/care/budget/arguments.h"

namespace server::care::budget {

struct Funder {
  const fhir::Element* organisation = nullptr;   // valueReference or valueIdentifier
  std::string name;                              // "Organization/1", or "system|value" of the identifier
  std::string type;                              // code of budget-type for its part; empty: as the whole
  std::string place;
  fhir::money::Fraction share;                   // of what is split
  std::optional<fhir::money::Amount> amount;
};

struct Funders {
  std::vector<Funder> all;
  bool by_amount = false;                        // each with its amount; else each with its share
  // By name; null: there is none.
  const Funder* Find(const std::string& name) const;
  // As many as the total has millionths or pennies, shared out: they sum to it. Ties go to the smaller name.
  fhir::Result<std::vector<std::int64_t>> Split(std::int64_t total) const;
};

// How an organisation is named: its reference, or "system|value". kInvalid when it says neither.
fhir::Result<std::string> NameOf(const fhir::Element& organisation);
// The parameters `funder`. kInvalid, kUnprocessable: shares that are not 100 % together, with what was found; shares and amounts at once.
fhir::Result<Funders> ReadFunders(const Arguments& arguments);

}  // namespace server::care::budget
