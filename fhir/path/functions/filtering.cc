// where, select, repeat, ofType, aggregate and sort (https://hl7.org/fhirpath/N1/#filtering-and-projection).
#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "fhir/path/functions/families.h"
#include "fhir/path/units.h"

namespace fhir::path::functions {
namespace {

struct Keyed {
  Value value;
  std::vector<std::optional<SystemValue>> keys;
};

// A missing key comes first; kinds that have no order between them stand by kind.
int OrderKeys(const std::optional<SystemValue>& a, const std::optional<SystemValue>& b) {
  if (!a || !b) return a.has_value() ? 1 : b.has_value() ? -1 : 0;
  const bool counts = IsNumeric(a->type) && IsNumeric(b->type);
  if (counts || (a->type == SystemType::kQuantity && b->type == SystemType::kQuantity)) {
    const std::optional<Decimal> x = Decimal::Parse(a->text), y = Decimal::Parse(b->text);
    const std::optional<Decimal> same = x && y && !counts ? Convert(*y, b->unit, a->unit) : y;
    return x && same ? x->Compare(*same) : 0;
  }
  if (a->type != b->type) return a->type < b->type ? -1 : 1;
  const int order = a->text.compare(b->text);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace

Result<Values> Where(Evaluator& evaluator, const Call& call) {
  Values out;
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    TRY_ASSIGN(const std::optional<bool> met, evaluator.TestItem(call, 0, call.input[i], i));
    if (met == true) out.push_back(call.input[i]);
  }
  return out;
}

Result<Values> Select(Evaluator& evaluator, const Call& call) {
  Values out;
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    TRY_ASSIGN(Values projected, evaluator.ForItem(call, 0, call.input[i], i));
    TRY(evaluator.Spend(projected.size(), call.node));
    std::move(projected.begin(), projected.end(), std::back_inserter(out));
  }
  return out;
}

Result<Values> Repeat(Evaluator& evaluator, const Call& call) {
  ValueSet seen;
  Values out;
  std::deque<Value> todo(call.input.begin(), call.input.end());
  while (!todo.empty()) {
    const Value item = std::move(todo.front());
    todo.pop_front();
    TRY_ASSIGN(Values found, evaluator.ForItem(call, 0, item, 0));
    TRY(evaluator.SpendOn(found, call.node));
    for (Value& value : found) {
      if (!seen.Insert(value)) continue;
      todo.push_back(value);
      out.push_back(std::move(value));
    }
  }
  return out;
}

Result<Values> OfType(Evaluator& evaluator, const Call& call) {
  Values out;
  for (const Value& value : call.input) {
    if (IsExactly(value, call.node.type, evaluator.registry())) out.push_back(value);
  }
  return out;
}

Result<Values> Is(Evaluator& evaluator, const Call& call) {
  if (call.input.empty()) return Values();
  if (call.input.size() > 1) return Evaluator::Fail(call.node, "is() asks about one value, found " + std::to_string(call.input.size()) + ".");
  return One(Boolean(IsOfType(call.input[0], call.node.type, evaluator.registry())));
}

Result<Values> Aggregate(Evaluator& evaluator, const Call& call) {
  Values total;
  if (call.argument_count() > 1) {
    TRY_ASSIGN(total, evaluator.Argument(call, 1));
  }
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    const Values focus = One(call.input[i]);
    TRY_ASSIGN(Values next, evaluator.Evaluate(call.argument(0), Scope{&focus, i, &total}));
    total = std::move(next);
  }
  return total;
}

Result<Values> Sort(Evaluator& evaluator, const Call& call) {
  std::vector<Keyed> rows;
  const std::size_t keys = std::max<std::size_t>(call.argument_count(), 1);
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    Keyed row{call.input[i], {}};
    const Values focus = One(call.input[i]);
    for (std::size_t k = 0; k < keys; ++k) {
      Values key = focus;
      if (call.argument_count() > 0) {
        const Node& argument = call.argument(k);
        const Node& expression = argument.kind == NodeKind::kNegate ? *argument.operand() : argument;
        TRY_ASSIGN(key, evaluator.Evaluate(expression, Scope{&focus, i, call.scope.total}));
      }
      if (key.size() > 1) return Evaluator::Fail(call.node, "A sort key is one value, found " + std::to_string(key.size()) + ".");
      const std::optional<Scalar> scalar = key.empty() ? std::nullopt : ToScalar(key[0]);
      row.keys.push_back(scalar ? std::optional<SystemValue>(Own(*scalar)) : std::nullopt);
    }
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const Keyed& a, const Keyed& b) {
    for (std::size_t k = 0; k < keys; ++k) {
      int order = OrderKeys(a.keys[k], b.keys[k]);
      if (call.argument_count() > 0 && call.argument(k).kind == NodeKind::kNegate) order = -order;
      if (order != 0) return order < 0;
    }
    return false;
  });
  Values out;
  for (Keyed& row : rows) out.push_back(std::move(row.value));
  return out;
}

}  // namespace fhir::path::functions
