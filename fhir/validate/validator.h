// Does a resource keep the rules of R4? One walk binds the tree to its definitions (as schema::Bind does)
// and asks every rule of the catalogue (rules.h). Findings say what was found, what is allowed and where.
#pragma once

#include <memory>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace fhir::validate {

struct ValidateOptions {
  // Evaluate the definitions' FHIRPath constraints too. Off: structure, values, codes and references only.
  bool invariants = true;
};

class Invariants;

// Immutable; one for all threads. It compiles the registry's constraints, so make one and keep it. The
// registry must outlive it.
class Validator {
 public:
  explicit Validator(const schema::Registry& registry);

  // Binds the tree and reports what breaks a rule. `root` is a resource, of any type, with its contained
  // and Bundle resources. The Result fails only when the tree cannot be walked: kInvalid, nested deeper
  // than any JSON that the reader lets through.
  Result<void> Validate(Element& root, const ValidateOptions& options, IssueSink& sink) const;

 private:
  const schema::Registry& registry_;
  std::shared_ptr<const Invariants> invariants_;
};

// The same, once: for tests and tools that check one resource.
Result<void> Validate(Element& root, const schema::Registry& registry, const ValidateOptions& options, IssueSink& sink);

}  // namespace fhir::validate
