// children and descendants (https://hl7.org/fhirpath/N1/#tree-navigation), without recursion.
#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

// The next element of a walk of what is below `top`, in document order; null at its end.
const Element* NextBelow(const Element* at, const Element* top) {
  if (at->first_child) return at->first_child;
  while (at != top && !at->next) at = at->parent;
  return at == top ? nullptr : at->next;
}

}  // namespace

Result<Values> Children(Evaluator& evaluator, const Call& call) {
  Values out;
  for (const Value& value : call.input) {
    if (const Element* const* element = std::get_if<const Element*>(&value)) {
      for (const Element* child = (*element)->first_child; child; child = child->next) out.push_back(child);
    }
  }
  TRY(evaluator.Spend(out.size(), call.node));
  return out;
}

Result<Values> Descendants(Evaluator& evaluator, const Call& call) {
  Values out;
  for (const Value& value : call.input) {
    const Element* const* top = std::get_if<const Element*>(&value);
    if (!top) continue;
    for (const Element* at = NextBelow(*top, *top); at; at = NextBelow(at, *top)) {
      TRY(evaluator.Spend(1, call.node));
      out.push_back(at);
    }
  }
  return out;
}

}  // namespace fhir::path::functions
