// Rule: where R4 asks for its own SimpleQuantity, there is no comparator (sqty-1).
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

void Run(const Visit& visit) {
  if (!visit.element.definition || visit.type.name != "Quantity") return;
  for (const schema::TypeChoice& choice : visit.element.definition->types) {
    if (choice.type != &visit.type || choice.profile != "SimpleQuantity") continue;
    if (const Element* comparator = visit.element.Find("comparator")) visit.Error("invariant", "a simple quantity has no comparator (sqty-1)", comparator);
  }
}

}  // namespace

Rule QuantityProfile() {
  return {.name = "quantity_profile", .resource = nullptr, .shape = nullptr, .object = Run, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
