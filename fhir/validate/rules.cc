// The list of rules, in the order in which findings about one element come.
#include "fhir/validate/rules.h"

#include <array>

namespace fhir::validate {

Rule Shape();
Rule UnknownElement();
Rule Cardinality();
Rule Choice();
Rule PrimitiveForm();
Rule Narrative();
Rule RequiredBinding();
Rule ReferenceTarget();
Rule ExtensionContent();
Rule QuantityProfile();
Rule BundleEntries();
Rule ContainedResource();
Rule MetaProfile();
Rule InvariantHolds();

std::span<const Rule> Rules() {
  static const std::array rules = {
      Shape(),
      UnknownElement(),
      Cardinality(),
      Choice(),
      PrimitiveForm(),
      Narrative(),
      RequiredBinding(),
      ReferenceTarget(),
      ExtensionContent(),
      QuantityProfile(),
      BundleEntries(),
      ContainedResource(),
      MetaProfile(),
      InvariantHolds(),
  };
  return rules;
}

}  // namespace fhir::validate
