// Parts of a collection by place and by the items of another (https://hl7.org/fhirpath/N1/#subsetting).
#include <algorithm>

#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

Values Part(const Values& input, std::size_t from, std::size_t count) {
  Values out;
  for (std::size_t i = from; i < input.size() && count > 0; ++i, --count) out.push_back(input[i]);
  return out;
}

// The count argument, from 0; an empty one takes nothing away and gives nothing.
Result<std::optional<std::size_t>> CountArgument(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<SystemValue> argument, evaluator.ScalarArgument(call, 0));
  if (!argument) return std::optional<std::size_t>();
  const std::optional<Decimal> number = argument->type == SystemType::kInteger ? Decimal::Parse(argument->text) : std::nullopt;
  const std::optional<std::int64_t> whole = number ? number->ToInt64() : std::nullopt;
  if (!whole) return Evaluator::Fail(call.node, call.node.text + "() takes a whole number.");
  return std::optional<std::size_t>(*whole < 0 ? 0 : static_cast<std::size_t>(*whole));
}

}  // namespace

Result<Values> Single(Evaluator&, const Call& call) {
  if (call.input.size() > 1) return Evaluator::Fail(call.node, "single() found " + std::to_string(call.input.size()) + " items.");
  return call.input;
}

Result<Values> First(Evaluator&, const Call& call) { return Part(call.input, 0, 1); }
Result<Values> Last(Evaluator&, const Call& call) { return call.input.empty() ? Values() : One(call.input.back()); }
Result<Values> Tail(Evaluator&, const Call& call) { return Part(call.input, 1, call.input.size()); }

Result<Values> Skip(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<std::size_t> count, CountArgument(evaluator, call));
  return count ? Part(call.input, *count, call.input.size()) : Values();
}

Result<Values> Take(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<std::size_t> count, CountArgument(evaluator, call));
  return count ? Part(call.input, 0, *count) : Values();
}

Result<Values> Intersect(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values other, evaluator.Argument(call, 0));
  TRY(evaluator.SpendOn(call.input, call.node));
  TRY(evaluator.SpendOn(other, call.node));
  ValueSet theirs, seen;
  for (const Value& value : other) theirs.Insert(value);
  Values out;
  for (const Value& value : call.input) {
    if (theirs.Contains(value) && seen.Insert(value)) out.push_back(value);
  }
  return out;
}

Result<Values> Exclude(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values other, evaluator.Argument(call, 0));
  TRY(evaluator.SpendOn(call.input, call.node));
  TRY(evaluator.SpendOn(other, call.node));
  ValueSet theirs;
  for (const Value& value : other) theirs.Insert(value);
  Values out;
  for (const Value& value : call.input) {
    if (!theirs.Contains(value)) out.push_back(value);
  }
  return out;
}

}  // namespace fhir::path::functions
