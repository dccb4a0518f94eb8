// empty, exists, all, counts and set relations (https://hl7.org/fhirpath/N1/#existence).
#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

// Is there an item with that truth (`any`), or are all so? An item that is no Boolean is an error.
Result<Values> Truths(const Call& call, bool wanted, bool any) {
  for (const Value& value : call.input) {
    const std::optional<Scalar> scalar = ToScalar(value);
    if (!scalar || scalar->type != SystemType::kBoolean) return Evaluator::Fail(call.node, call.node.text + "() takes true and false only.");
    if (((scalar->text == "true") == wanted) == any) return One(Boolean(any));
  }
  return One(Boolean(!any));
}

bool IsSubset(const Values& small, const Values& large) {
  ValueSet set;
  for (const Value& value : large) set.Insert(value);
  for (const Value& value : small) {
    if (!set.Contains(value)) return false;
  }
  return true;
}

}  // namespace

Result<Values> Empty(Evaluator&, const Call& call) { return One(Boolean(call.input.empty())); }

Result<Values> Exists(Evaluator& evaluator, const Call& call) {
  if (call.argument_count() == 0) return One(Boolean(!call.input.empty()));
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    TRY_ASSIGN(const std::optional<bool> met, evaluator.TestItem(call, 0, call.input[i], i));
    if (met == true) return One(Boolean(true));
  }
  return One(Boolean(false));
}

Result<Values> All(Evaluator& evaluator, const Call& call) {
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    TRY_ASSIGN(const std::optional<bool> met, evaluator.TestItem(call, 0, call.input[i], i));
    if (met != true) return One(Boolean(false));
  }
  return One(Boolean(true));
}

Result<Values> AllTrue(Evaluator&, const Call& call) { return Truths(call, true, false); }
Result<Values> AnyTrue(Evaluator&, const Call& call) { return Truths(call, true, true); }
Result<Values> AllFalse(Evaluator&, const Call& call) { return Truths(call, false, false); }
Result<Values> AnyFalse(Evaluator&, const Call& call) { return Truths(call, false, true); }

Result<Values> SubsetOf(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values other, evaluator.Argument(call, 0));
  TRY(evaluator.SpendOn(call.input, call.node));
  TRY(evaluator.SpendOn(other, call.node));
  return One(Boolean(IsSubset(call.input, other)));
}

Result<Values> SupersetOf(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values other, evaluator.Argument(call, 0));
  TRY(evaluator.SpendOn(call.input, call.node));
  TRY(evaluator.SpendOn(other, call.node));
  return One(Boolean(IsSubset(other, call.input)));
}

Result<Values> Count(Evaluator&, const Call& call) { return One(Integer(static_cast<std::int64_t>(call.input.size()))); }

Result<Values> Distinct(Evaluator& evaluator, const Call& call) {
  TRY(evaluator.SpendOn(call.input, call.node));
  ValueSet seen;
  Values out;
  for (const Value& value : call.input) {
    if (seen.Insert(value)) out.push_back(value);
  }
  return out;
}

Result<Values> IsDistinct(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values distinct, Distinct(evaluator, call));
  return One(Boolean(distinct.size() == call.input.size()));
}

Result<Values> Not(Evaluator&, const Call& call) {
  TRY_ASSIGN(const std::optional<bool> truth, ToBoolean(call.input, call.node));
  return truth ? One(Boolean(!*truth)) : Values();
}

}  // namespace fhir::path::functions
