// The last look at a translated resource: what R4 does not allow is taken out and explained, what R4
// demands and the source does not have is said to be unknown. Nothing is invented.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "adapters/base/ledger.h"
#include "fhir/mapping/coverage.h"
#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace adapters::gp::connect {

// What UK Core's profile demands of the R4 resource beyond R4 and it does not have; empty when it meets the profile.
std::string_view MissingForUkCore(const fhir::Element& resource);

class Conformer {
 public:
  // `type_of` answers the R4 type that a "urn:uuid:…" of the transaction stands for, or nothing.
  Conformer(const fhir::schema::Registry& registry, fhir::Document& output, const fhir::mapping::Coverage& coverage, Ledger& ledger,
            std::function<std::string_view(std::string_view)> type_of);

  // `resource` is bound here and afterwards valid R4 as far as forms, cardinalities, required codes, targets
  // of references and the invariants go that real records run against.
  void Conform(fhir::Element& resource);

 private:
  void Children(fhir::Element& element);
  bool Check(fhir::Element& element);  // false: it is to be taken out, and explained
  bool CheckPrimitive(fhir::Element& element);
  bool CheckComplex(fhir::Element& element);
  void MarkAbsent(fhir::Element& element);
  void Complete(fhir::Element& element);
  void Invariants(fhir::Element& resource);
  void UkCore(fhir::Element& resource);
  void TakeOut(fhir::Element& element, std::string_view reason);
  void ExplainTargets(const fhir::Element& element, std::string_view reason);

  const fhir::schema::Registry& registry_;
  fhir::Document& output_;
  Ledger& ledger_;
  std::function<std::string_view(std::string_view)> type_of_;
  std::vector<fhir::mapping::Coverage::Pair> pairs_;  // sorted by target
};

}  // namespace adapters::gp::connect
