// trace, type and comparable (https://hl7.org/fhirpath/N1/#utility-functions).
#include "fhir/path/functions/families.h"
#include "fhir/path/units.h"

namespace fhir::path::functions {

Result<Values> Trace(Evaluator& evaluator, const Call& call) {
  if (!evaluator.context().trace) return call.input;
  TRY_ASSIGN(const std::optional<SystemValue> name, evaluator.ScalarArgument(call, 0));
  Values told = call.input;
  if (call.argument_count() > 1) {
    told.clear();
    for (std::size_t i = 0; i < call.input.size(); ++i) {
      TRY_ASSIGN(const Values projected, evaluator.ForItem(call, 1, call.input[i], i));
      told.insert(told.end(), projected.begin(), projected.end());
    }
  }
  evaluator.context().trace(name ? std::string_view(name->text) : std::string_view(), Collection(told));
  return call.input;
}

Result<Values> TypeOf(Evaluator& evaluator, const Call& call) {
  Values out;
  for (const Value& value : call.input) {
    std::string_view space = "System", name;
    if (const SystemValue* system = std::get_if<SystemValue>(&value)) {
      name = SystemTypeName(system->type);
    } else {
      const Element& element = **std::get_if<const Element*>(&value);
      space = "FHIR";
      name = element.is_resource ? element.text : element.type ? element.type->name : std::string_view();
    }
    Document& made = evaluator.made();
    Element* info = made.New("type");
    made.AddString(info, "namespace", space);
    if (!name.empty()) made.AddString(info, "name", name);
    out.push_back(static_cast<const Element*>(info));
  }
  TRY(evaluator.Spend(out.size(), call.node));
  return out;
}

Result<Values> Comparable(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<SystemValue> other, evaluator.ScalarArgument(call, 0));
  const std::optional<Scalar> mine = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
  if (!mine || !other) return Values();
  if (mine->type != SystemType::kQuantity || other->type != SystemType::kQuantity) return Evaluator::Fail(call.node, "comparable() takes two quantities.");
  return One(Boolean(Convert(Decimal(1), other->unit, mine->unit).has_value()));
}

}  // namespace fhir::path::functions
