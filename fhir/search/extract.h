// What the R4 search parameters find in a resource, as neutral values: storage hashes and stores them,
// a plain evaluator in the tests compares them. One walk of the compiled expressions per resource.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace fhir::search {

enum class ValueType : std::uint8_t { kToken, kString, kDate, kReference, kUri, kNumber, kQuantity };

// One value of one parameter. Which members hold depends on the type.
struct IndexValue {
  const schema::SearchParameter* parameter = nullptr;
  ValueType type = ValueType::kToken;
  // token: system and code as written (a boolean's code is "true"/"false"; a bare string or id has no
  // system), text the display or CodeableConcept.text. string: text as written, one value per part of a
  // HumanName or Address. uri: text. quantity: system and code of the unit, text the unit as written.
  std::string system, code, text;
  bool has_system = false;
  // date: [low, high) in microseconds since 1970-01-01T00:00:00Z, widened by the written precision; an
  // open Period end is the minimum or maximum of the type. A date without offset counts as UTC.
  std::int64_t low_us = 0, high_us = 0;
  // number and quantity: [low, high] of what the written precision means (https://hl7.org/fhir/R4/search.html#number),
  // and the value itself.
  double low = 0, high = 0, exact = 0;
  // reference: "Patient", "123" for Patient/123 (absolute URLs keep only text); version-specific parts dropped;
  // for a logical reference identifier_system/identifier_value.
  std::string reference_type, reference_id, identifier_system, identifier_value;
};

// The compiled parameters of every resource type.
class Extractor {
 public:
  // Sorts the registry's search parameters by type; a type's expressions are compiled when the first
  // resource of it comes. `registry` must outlive it. Shared by threads.
  static Result<std::shared_ptr<const Extractor>> Create(const schema::Registry& registry);
  // Parameters that apply to the type (its own, DomainResource's and Resource's), sorted by code;
  // _id and _lastUpdated are not among them (storage knows them).
  const std::vector<const schema::SearchParameter*>& ParametersOf(std::string_view resource_type) const;
  // The parameter of that code for the type, or null.
  const schema::SearchParameter* Find(std::string_view resource_type, std::string_view code) const;
  // Everything the parameters find in a bound resource, in no particular order. A value whose form does
  // not fit its parameter is left out; composite and special parameters give nothing yet. Fails only when an expression itself cannot be evaluated.
  Result<std::vector<IndexValue>> Extract(const Element& resource) const;

  struct Impl;
  explicit Extractor(std::unique_ptr<Impl> impl);
  ~Extractor();

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace fhir::search
