// Groups and rules in their order.
#include "fhir/mapping/engine.h"

#include "fhir/mapping/run.h"

namespace fhir::mapping {

Run::Run(const schema::Registry& registry, Document& document, TransformContext& context)
    : registry_(registry), document_(document), context_(context), builder_(registry, document, context.coverage, *this) {}

void Run::Report(Severity severity, std::string_view code, std::string text, const Element* source) {
  if (current_rule_) text += " (rule " + current_rule_->place + ")";
  if (!source || !source->parent) source = source && source->is_resource ? source : current_source_;
  context_.issues->Report(severity, code, std::move(text), source ? PathOf(*source) : std::string());
}

const Variable* Run::Find(const Scope& scope, std::string_view name) {
  for (auto at = scope.rbegin(); at != scope.rend(); ++at) {
    if (at->name == name) return &*at;
  }
  return nullptr;
}

Result<void> Run::Spend(std::size_t steps) {
  steps_ += steps + builder_.copied() - counted_copies_;
  counted_copies_ = builder_.copied();
  if (steps_ <= context_.max_steps) return {};
  return Error(ErrorKind::kTooLarge, "the transform takes more than " + std::to_string(context_.max_steps) + " steps").At(current_rule_ ? current_rule_->place : "");
}

Result<void> Run::RunGroup(const Group& group, const std::vector<Variable>& arguments) {
  if (++depth_ > context_.max_depth) {
    return Error(ErrorKind::kTooLarge, "groups call each other more than " + std::to_string(context_.max_depth) + " deep; the last is '" + group.name + "'")
        .At(current_rule_ ? current_rule_->place : "");
  }
  if (group.base) {
    TRY(RunGroup(*group.base, arguments));
  }
  Scope scope;
  for (std::size_t i = 0; i < group.parameters.size(); ++i) {
    scope.push_back(arguments[i]);
    scope.back().name = group.parameters[i].name;
  }
  TRY(RunRules(group.rules, group, scope));
  --depth_;
  return {};
}

Result<void> Run::RunRules(const std::vector<Rule>& rules, const Group& group, Scope& scope) {
  for (const Rule& rule : rules) {
    const Rule* outer_rule = current_rule_;
    const Element* outer_source = current_source_;
    current_rule_ = &rule;
    TRY(RunRule(rule, group, scope, 0));
    current_rule_ = outer_rule;
    current_source_ = outer_source;
  }
  return {};
}

// Every combination of what the sources match, in order.
Result<void> Run::RunRule(const Rule& rule, const Group& group, Scope& scope, std::size_t source_index) {
  if (source_index == rule.sources.size()) return Apply(rule, group, scope);
  const Source& source = rule.sources[source_index];
  const std::size_t mark = scope.size();
  const Element* before = current_source_;
  for (const Element* item : Matches(rule, source, scope)) {
    TRY(Spend(1));
    if (source_index == 0) current_source_ = item;
    // A simple rule's source has no name of its own; "" cannot be written in a map.
    scope.push_back({source.variable, item, nullptr});
    TRY(RunRule(rule, group, scope, source_index + 1));
    scope.resize(mark);
  }
  current_source_ = before;
  return {};
}

Result<void> Run::Apply(const Rule& rule, const Group& group, Scope& scope) {
  if (rule.is_simple) return CopyOrDefaultGroup(rule, group, scope);
  const std::size_t mark = scope.size();
  for (const Target& target : rule.targets) {
    TRY(BuildTarget(rule, target, scope));
  }
  const bool creates_only = rule.sources.size() == 1 && rule.targets.size() == 1 && rule.calls.empty() && rule.rules.empty() &&
                            !rule.sources[0].variable.empty() && !rule.targets[0].variable.empty() && rule.targets[0].transform &&
                            rule.targets[0].transform->name == "create" && rule.targets[0].transform->arguments.empty();
  if (creates_only) {
    const Variable& made = scope.back();
    const Element* source = scope[mark - 1].source;
    const Group* standard = made.target && source ? DefaultGroup(*group.map, *source, made.target->type) : nullptr;
    if (standard) {
      TRY(RunGroup(*standard, {{{}, source, nullptr}, made}));
    }
  }
  for (const GroupCall& call : rule.calls) {
    TRY(Call(call, scope));
  }
  if (!rule.rules.empty()) {
    if (++depth_ > context_.max_depth) return Error(ErrorKind::kTooLarge, "rules and groups run more than " + std::to_string(context_.max_depth) + " deep").At(rule.place);
    TRY(RunRules(rule.rules, group, scope));
    --depth_;
  }
  scope.resize(mark);
  return {};
}

Result<void> Run::Call(const GroupCall& call, const Scope& scope) {
  std::vector<Variable> arguments;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Argument& argument = call.arguments[i];
    if (argument.kind == Argument::Kind::kVariable) {
      const Variable* found = Find(scope, argument.text);
      if (!found || !found->element()) return {};   // an earlier target gave nothing, which was reported where it failed
      arguments.push_back(*found);
      continue;
    }
    const Datum value = ValueOf(argument, scope);
    if (value.empty()) return {};
    arguments.push_back({{}, value.element ? value.element : Synthetic(value), nullptr});
  }
  return RunGroup(*call.group, arguments);
}

namespace {

bool SameType(const Parameter& parameter, const schema::Type* type, std::string_view name) {
  if (parameter.known_type && type) return parameter.known_type == type;
  return !parameter.type_name.empty() && parameter.type_name == name;
}

}  // namespace

// https://hl7.org/fhir/R4/mapping-language.html#default: by both types, else (type+) by the source's.
const Group* Run::DefaultGroup(const Map& map, const Element& source, const schema::Type* target) const {
  const std::string_view source_name = TypeNameOf(source, registry_);
  const std::string_view target_name = target ? target->name : std::string_view();
  const Group* by_source = nullptr;
  for (const Group* group : map.default_groups) {
    if (!SameType(group->parameters[0], source.type, source_name)) continue;
    if (SameType(group->parameters[1], target, target_name)) return group;
    if (!by_source && !target && group->type_mode == GroupTypeMode::kTypeAndTypes) by_source = group;
  }
  return by_source;
}

// src.a -> tgt.b: the default group of the two types when there is one, else a copy.
Result<void> Run::CopyOrDefaultGroup(const Rule& rule, const Group& group, const Scope& scope) {
  const Element& item = *scope.back().source;
  const Target& target = rule.targets[0];
  const Variable* context = Find(scope, target.context);
  if (!context || !context->target) return {};
  Element* owner = Owner(target, context->target);
  if (!owner) return {};
  TargetBuilder::Slot slot;
  std::string why;
  const std::string& name = target.path.back();
  const bool own_value = owner->type && owner->type->kind == schema::TypeKind::kPrimitive && name == "value";
  if (!own_value && !builder_.Find(*owner, name, TypeNameOf(item, registry_), slot, why)) {
    Report(Severity::kError, "structure", why, &item);
    return {};
  }
  const Group* standard = own_value ? nullptr : DefaultGroup(*group.map, item, slot.type);
  if (!standard || item.has_value()) {
    Datum value;
    value.element = &item;
    PutValue(target, owner, value);
    return Spend(1);
  }
  Element* made = builder_.Place(owner, slot, target.list_mode, true, &item);
  return RunGroup(*standard, {{{}, &item, nullptr}, {{}, nullptr, made}});
}

namespace {

Result<std::vector<Variable>> Arguments(const Group& group, std::span<const Element* const> sources, std::span<Element* const> targets) {
  std::vector<Variable> arguments;
  std::size_t source = 0, target = 0;
  for (const Parameter& parameter : group.parameters) {
    if (parameter.is_source ? source >= sources.size() : target >= targets.size()) break;
    if (parameter.is_source) {
      arguments.push_back({parameter.name, sources[source++], nullptr});
    } else {
      arguments.push_back({parameter.name, nullptr, targets[target++]});
    }
  }
  if (arguments.size() == group.parameters.size() && source == sources.size() && target == targets.size()) return arguments;
  return Error(ErrorKind::kUnprocessable, "group '" + group.name + "' has " + std::to_string(group.parameters.size()) + " parameters; it was given " +
                                              std::to_string(sources.size()) + " sources and " + std::to_string(targets.size()) + " targets")
      .At(group.map->file);
}

}  // namespace

Result<void> TransformInto(const MapSet& maps, const Group& group, std::span<const Element* const> sources,
                           std::span<Element* const> targets, Document& target, TransformContext& context) {
  TRY_ASSIGN(const std::vector<Variable> arguments, Arguments(group, sources, targets));
  Run run(maps.registry(), target, context);
  run.EvaluateConstants(*group.map, sources.empty() ? nullptr : sources[0]);
  TRY(run.RunGroup(group, arguments));
  for (Element* root : targets) TargetBuilder::Prune(root);
  for (Element* root : context.produced) TargetBuilder::Prune(root);
  return {};
}

Result<Element*> Transform(const MapSet& maps, const Group& group, std::span<const Element* const> sources, Document& target,
                           TransformContext& context) {
  const Parameter* made = nullptr;
  for (const Parameter& parameter : group.parameters) {
    if (!parameter.is_source && !made) made = &parameter;
  }
  if (!made) return Error(ErrorKind::kUnprocessable, "group '" + group.name + "' has no target").At(group.map->file);
  const schema::Type* type = made->known_type;
  std::string type_name = made->type_name;
  for (const Uses& uses : group.map->uses) {   // an untyped target is what the map says it is for
    if (!type_name.empty() || uses.mode != UsesMode::kTarget) continue;
    type = maps.registry().FindType(uses.url);
    type_name = type ? std::string(type->name) : uses.alias;
  }
  Element* root = type && type->kind == schema::TypeKind::kResource ? target.NewResource(type_name) : target.New({});
  root->type = type;
  Element* const roots[] = {root};
  TRY(TransformInto(maps, group, sources, roots, target, context));
  return root;
}

Result<Document> Transform(const MapSet& maps, const Group& group, const Element& source, TransformContext& context) {
  Document document;
  const Element* sources[] = {&source};
  TRY_ASSIGN(document.root, Transform(maps, group, sources, document, context));
  return document;
}

}  // namespace fhir::mapping
