// One run of a group: its variables, budgets and what it reports. engine.cc runs groups and rules,
// run_sources.cc finds what a rule's sources match, run_targets.cc builds its targets, run_formulas.cc evaluates.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/mapping/engine.h"
#include "fhir/mapping/model.h"
#include "fhir/mapping/target_builder.h"
#include "fhir/path/expression.h"

namespace fhir::mapping {

// What a name of the map stands for. Exactly one is set; both null: a target that could not be built.
struct Variable {
  std::string_view name;
  const Element* source = nullptr;
  Element* target = nullptr;
  const Element* element() const { return target ? target : source; }
};
using Scope = std::vector<Variable>;

class Run final : private TargetBuilder::Reporter {
 public:
  Run(const schema::Registry& registry, Document& document, TransformContext& context);

  // Runs the group with one value for each parameter. Fails only when a budget is spent.
  Result<void> RunGroup(const Group& group, const std::vector<Variable>& arguments);
  TargetBuilder& builder() { return builder_; }
  void EvaluateConstants(const Map& map, const Element* focus);

 private:
  // engine.cc
  Result<void> RunRules(const std::vector<Rule>& rules, const Group& group, Scope& scope);
  Result<void> RunRule(const Rule& rule, const Group& group, Scope& scope, std::size_t source_index);
  Result<void> Apply(const Rule& rule, const Group& group, Scope& scope);
  Result<void> Call(const GroupCall& call, const Scope& scope);
  Result<void> CopyOrDefaultGroup(const Rule& rule, const Group& group, const Scope& scope);
  const Group* DefaultGroup(const Map& map, const Element& source, const schema::Type* target) const;
  Result<void> Spend(std::size_t steps);

  // run_sources.cc
  std::vector<const Element*> Matches(const Rule& rule, const Source& source, Scope& scope);
  std::vector<const Element*> ElementsAt(const Element& context, const Source& source) const;
  bool HasType(const Element& element, const Source& source) const;
  const Element* Default(const Source& source, const Scope& scope);
  void ApplyListMode(const Rule& rule, const Source& source, const Element& context, std::vector<const Element*>& items);
  bool CardinalityHolds(const Source& source, const Element& context, std::size_t count);
  bool CheckHolds(const Rule& rule, const Source& source, const Element& item, const Scope& scope);

  // run_targets.cc
  Result<void> BuildTarget(const Rule& rule, const Target& target, Scope& scope);
  Element* Owner(const Target& target, Element* context);
  Element* Create(const Rule& rule, const Target& target, Element* owner, std::string_view wanted, bool reuse);
  std::vector<Datum> Values(const Rule& rule, const Target& target, const Scope& scope);
  Datum ValueOf(const Argument& argument, const Scope& scope);
  Element* PutValue(const Target& target, Element* owner, const Datum& value);
  Element* Stand(const Target& target, const Datum& value);
  Element* Fill(Element* element, const Datum& value);

  // run_formulas.cc
  std::optional<path::Collection> Evaluate(const Formula& formula, const Element* focus, const Scope& scope);
  bool Holds(const Formula& formula, const Element& focus, const Scope& scope);
  std::vector<Datum> EvaluateToData(const Formula& formula, const Element* focus, const Scope& scope);
  std::vector<std::uint32_t> LeavesBehind(const Formula& formula, const Element* focus, const Scope& scope, const path::Collection& result);
  path::Context ContextOf(const Formula& formula, const Scope& scope) const;

  static const Variable* Find(const Scope& scope, std::string_view name);
  // The first source element of the rule that runs, for reports.
  const Element* CurrentSource() const { return current_source_; }
  const Element* Synthetic(const Datum& value);
  void Report(Severity severity, std::string_view code, std::string text, const Element* source) override;

  const schema::Registry& registry_;
  Document& document_;
  TransformContext& context_;
  TargetBuilder builder_;
  Document scratch_;                                    // defaults and literals as elements
  std::vector<path::Collection> kept_;                  // answers whose elements may be the evaluation's own
  std::vector<std::pair<std::string, path::Collection>> constants_;
  std::map<std::pair<const Element*, std::string>, Element*> shared_;    // by owner and share name
  std::map<std::pair<const Element*, const Target*>, Element*> singles_;
  std::size_t steps_ = 0, depth_ = 0, counted_copies_ = 0;
  const Element* current_source_ = nullptr;
  const Rule* current_rule_ = nullptr;
};

}  // namespace fhir::mapping
