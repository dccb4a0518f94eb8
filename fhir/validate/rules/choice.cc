// Rule: of value[x] only one type is given.
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

void Run(const Visit& visit) {
  const Element* before = nullptr;
  for (const Element* child = visit.element.first_child; child; child = child->next) {
    const bool is_repeat = before && before->name == child->name;
    before = child;
    if (is_repeat || !child->definition || !child->definition->is_choice) continue;
    for (const Element* other = child->next; other; other = other->next) {
      if (other->definition == child->definition && other->name != child->name) {
        visit.Error("structure", "\"" + std::string(child->name) + "\" and \"" + std::string(other->name) + "\" are both given; " +
                                     std::string(child->definition->path) + " takes one of them", other);
        return;
      }
    }
  }
}

}  // namespace

Rule Choice() {
  return {.name = "choice", .resource = nullptr, .shape = nullptr, .object = Run, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
