// union and combine (https://hl7.org/fhirpath/N1/#combining).
#include "fhir/path/functions/families.h"

namespace fhir::path::functions {

Result<Values> Union(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values other, evaluator.Argument(call, 0));
  TRY(evaluator.SpendOn(call.input, call.node));
  TRY(evaluator.SpendOn(other, call.node));
  ValueSet seen;
  Values out;
  for (const Values* side : {&call.input, &other}) {
    for (const Value& value : *side) {
      if (seen.Insert(value)) out.push_back(value);
    }
  }
  return out;
}

Result<Values> Combine(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values other, evaluator.Argument(call, 0));
  TRY(evaluator.SpendOn(call.input, call.node));
  TRY(evaluator.SpendOn(other, call.node));
  Values out = call.input;
  out.insert(out.end(), other.begin(), other.end());
  return out;
}

}  // namespace fhir::path::functions
