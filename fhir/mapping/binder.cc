// Binding of one map.
#include "fhir/mapping/binder.h"

#include <algorithm>
#include <utility>

#include "fhir/mapping/lexer.h"
#include "fhir/mapping/transforms/catalogue.h"
#include "fhir/mapping/variables.h"

namespace fhir::mapping {
namespace {

constexpr int kLongestExtends = 50;

struct Variable {
  std::string_view name;
  bool is_target = false;
  const schema::Type* type = nullptr;   // when known
};
using Scope = std::vector<Variable>;

struct TypeAnswer {
  bool known = false;                   // an alias or a type of the registry
  const schema::Type* type = nullptr;
  std::string name;
};

std::string LastSegment(std::string_view url) {
  url = url.substr(0, url.find('|'));
  return std::string(url.substr(url.find_last_of("/#") + 1));
}

class Binder {
 public:
  Binder(Map& map, const MapSet::Impl& set, IssueSink& issues) : map_(map), set_(set), registry_(*set.registry), issues_(issues) {}

  void Groups() {
    for (Group& group : map_.groups) {
      group.map = &map_;
      const auto same = [&](const Group& other) { return &other != &group && other.name == group.name && &other < &group; };
      if (std::any_of(map_.groups.begin(), map_.groups.end(), same)) Fail(group.place, "there are two groups named '" + group.name + "'");
      if (!group.extends.empty()) group.base = FindGroup(group.extends, group.place);
      for (Parameter& parameter : group.parameters) {
        if (parameter.type.empty()) continue;
        TypeAnswer answer = TypeOf(parameter.type, parameter.is_source, parameter.place);
        parameter.known_type = answer.type;
        parameter.type_name = std::move(answer.name);
      }
    }
    for (const Map* visible : map_.visible) {
      for (const Group& group : visible->groups) {
        if (group.type_mode != GroupTypeMode::kNone && group.parameters.size() == 2) map_.default_groups.push_back(&group);
      }
    }
  }

  void Rules() {
    Scope constants;
    for (Constant& constant : map_.constants) {
      Compile(constant.value, constants);
      constants.push_back({constant.name});
    }
    for (Group& group : map_.groups) {
      CheckExtends(group);
      Scope scope = constants;
      for (const Parameter& parameter : group.parameters) {
        scope.push_back({parameter.name, !parameter.is_source, parameter.known_type});
      }
      for (Rule& rule : group.rules) BindRule(rule, scope);
    }
  }

 private:
  void Fail(Place place, std::string text) { issues_.Report(Severity::kError, "invalid", std::move(text), PlaceText(map_.file, place)); }

  TypeAnswer TypeOf(const std::string& name, bool source, Place place) {
    const Uses* found = nullptr;
    for (const Uses& uses : map_.uses) {
      const bool named = uses.alias == name || uses.url == name || (uses.alias.empty() && LastSegment(uses.url) == name);
      const bool for_source = uses.mode == UsesMode::kSource || uses.mode == UsesMode::kQueried;
      if (named && (!found || for_source == source)) found = &uses;
    }
    const schema::Type* type = registry_.FindType(found ? found->url : name);
    if (!found && !type) {
      Fail(place, "the type '" + name + "' is not known: no 'uses' line has it as its alias, and it is no type of the definitions");
      return {};
    }
    return {true, type, type ? std::string(type->name) : LastSegment(found->url)};
  }

  const Group* FindGroup(const std::string& name, Place place) {
    const Group* found = nullptr;
    for (const Map* visible : map_.visible) {
      for (const Group& group : visible->groups) {
        if (group.name != name) continue;
        if (found && found->map != &map_ && visible != &map_) {
          Fail(place, "the group '" + name + "' is in two imported maps: " + map_.visible.front()->file + " imports both");
          return found;
        }
        if (!found) found = &group;
      }
      if (found && visible == &map_) return found;   // its own goes before imported ones
    }
    if (!found) Fail(place, "there is no group '" + name + "' in this map or the maps it imports" + (map_.imports.empty() ? " (it imports none)" : ""));
    return found;
  }

  void CheckExtends(const Group& group) {
    const Group* at = group.base;
    for (int i = 0; at && i < kLongestExtends; ++i) at = at->base;
    if (at) Fail(group.place, "group '" + group.name + "' extends itself by a circle of groups");
    if (group.base && group.base->parameters.size() != group.parameters.size()) {
      Fail(group.place, "group '" + group.name + "' has " + std::to_string(group.parameters.size()) + " parameters, '" + group.base->name +
                            "', which it extends, has " + std::to_string(group.base->parameters.size()));
    }
  }

  static const Variable* Find(const Scope& scope, std::string_view name) {
    const auto found = std::find_if(scope.rbegin(), scope.rend(), [&](const Variable& variable) { return variable.name == name; });
    return found == scope.rend() ? nullptr : &*found;
  }

  const Variable* Need(const Scope& scope, const std::string& name, Place place) {
    if (const Variable* found = Find(scope, name)) return found;
    std::string known;
    for (const Variable& variable : scope) known += (known.empty() ? "" : ", ") + std::string(variable.name);
    Fail(place, "the variable '" + name + "' is not known here; known are " + known);
    return nullptr;
  }

  void Compile(Formula& formula, const Scope& scope) {
    if (!formula.present()) return;
    std::vector<std::string_view> names;
    for (const Variable& variable : scope) names.push_back(variable.name);
    ExpressionText text = WithVariables(formula.text, names);
    auto compiled = path::Expression::Compile(text.text, registry_);
    if (!compiled) {
      Fail(formula.place, "'" + formula.text + "' is not a FHIRPath expression that can run: " + compiled.error().text() + " (" + compiled.error().path() + ")");
      return;
    }
    formula.variables = std::move(text.variables);
    formula.compiled = std::make_shared<const path::Expression>(*std::move(compiled));
  }

  // The scope is by value: a rule's variables end with it.
  void BindRule(Rule& rule, Scope scope) {
    for (Source& source : rule.sources) BindSource(source, scope);
    for (Target& target : rule.targets) BindTarget(target, scope);
    for (const Target& target : rule.targets) {
      if (rule.is_simple || target.transform || target.path.empty() || !target.variable.empty()) continue;
      issues_.Report(Severity::kWarning, "informational", "'" + target.context + '.' + target.path.back() + "' is made and never filled; give it a value, or a name and rules that fill it",
                     PlaceText(map_.file, target.place));
    }
    for (GroupCall& call : rule.calls) BindCall(call, scope);
    for (Rule& inner : rule.rules) BindRule(inner, scope);
  }

  void BindSource(Source& source, Scope& scope) {
    const Variable* context = Need(scope, source.context, source.place);
    const schema::Type* type = context ? SourceType(source, context->type) : nullptr;
    if (!source.type.empty()) {
      TypeAnswer answer = TypeOf(source.type, true, source.place);
      source.known_type = answer.type;
      source.type_name = std::move(answer.name);
      type = source.known_type;
    }
    if (source.default_value) BindArgument(*source.default_value, scope);
    if (!source.variable.empty()) scope.push_back({source.variable, false, type});
    for (Formula* formula : {&source.where, &source.check, &source.log}) Compile(*formula, scope);
  }

  // Type of what a source's path leads to; null when not known. A step that the type does not have matches
  // nothing, which is allowed and rarely meant.
  const schema::Type* SourceType(const Source& source, const schema::Type* type) {
    for (const std::string& step : source.path) {
      if (!type) return nullptr;
      const schema::Type::Match match = type->Find(step);
      const bool own_value = type->kind == schema::TypeKind::kPrimitive && step == "value";
      if (!match.definition && !own_value && !type->is_abstract) {
        issues_.Report(Severity::kWarning, "not-found", std::string(type->name) + " has no element '" + step + "'; this rule matches nothing",
                       PlaceText(map_.file, source.place));
      }
      type = match.type;
    }
    return type && type->is_abstract ? nullptr : type;
  }

  void BindArgument(Argument& argument, const Scope& scope) {
    if (argument.kind == Argument::Kind::kVariable) Need(scope, argument.text, argument.place);
    if (argument.kind == Argument::Kind::kFormula) Compile(argument.formula, scope);
  }

  void BindTarget(Target& target, Scope& scope) {
    const schema::Type* type = nullptr;
    if (target.transform) BindTransform(*target.transform, scope);
    if (target.context.empty()) {
      if (target.transform) type = target.transform->created;
    } else if (const Variable* context = Need(scope, target.context, target.place)) {
      if (!context->is_target) Fail(target.place, "'" + target.context + "' is a source; a target variable belongs here");
      type = context->type;
      for (std::size_t i = 0; i < target.path.size(); ++i) {
        type = TypeAt(type, target, i);
      }
    }
    if (!target.variable.empty()) scope.push_back({target.variable, true, type});
  }

  // Type of the target's i-th step; null when not known.
  const schema::Type* TypeAt(const schema::Type* parent, const Target& target, std::size_t i) {
    if (!parent || (parent->kind == schema::TypeKind::kPrimitive && target.path[i] == "value")) return nullptr;
    const schema::Type::Match match = parent->Find(target.path[i]);
    if (!match.definition) {
      Fail(target.place, std::string(parent->name) + " has no element '" + target.path[i] + "'");
      return nullptr;
    }
    const bool is_last = i + 1 == target.path.size();
    const schema::Type* created = is_last && target.transform ? target.transform->created : nullptr;
    if (!created) return match.type;
    if (match.type) return match.type->IsA(created->name) || match.type->is_abstract ? created : WrongType(target, *match.definition, *created);
    const auto& types = match.definition->types;
    const bool is_choice = std::any_of(types.begin(), types.end(), [&](const schema::TypeChoice& choice) { return choice.type == created; });
    return is_choice ? created : WrongType(target, *match.definition, *created);
  }

  const schema::Type* WrongType(const Target& target, const schema::ElementDefinition& definition, const schema::Type& created) {
    Fail(target.place, std::string(definition.path) + " cannot be a " + std::string(created.name));
    return nullptr;
  }

  void BindTransform(TransformUse& use, const Scope& scope) {
    for (Argument& argument : use.arguments) BindArgument(argument, scope);
    use.entry = FindTransform(use.name);
    if (!use.entry) {
      const auto& own = set_.own_transforms;
      if (std::find(own.begin(), own.end(), use.name) != own.end()) return;
      std::string known;
      for (const TransformEntry& entry : TransformCatalogue()) known += (known.empty() ? "" : ", ") + std::string(entry.name);
      for (const std::string& name : own) known += ", " + name;
      return Fail(use.place, "there is no transform '" + use.name + "'; known are " + known);
    }
    if (use.entry->kind == TransformKind::kUnsupported) return Fail(use.place, "'" + use.name + "' is not supported. " + std::string(use.entry->help));
    const std::size_t count = use.arguments.size();
    if (count < use.entry->min_arguments || count > use.entry->max_arguments) {
      return Fail(use.place, "wrong number of arguments (" + std::to_string(count) + "): " + std::string(use.entry->help));
    }
    if (use.entry->kind == TransformKind::kCreate && count == 1) BindCreate(use);
    if (use.name == "translate") BindConceptMap(use);
  }

  void BindCreate(TransformUse& use) {
    const Argument& type = use.arguments[0];
    if (type.kind != Argument::Kind::kString) return Fail(type.place, "create() takes the type's name in quotes");
    TypeAnswer answer = TypeOf(type.text, false, type.place);
    use.created = answer.type;
    use.created_name = std::move(answer.name);
  }

  void BindConceptMap(TransformUse& use) {
    const Argument& name = use.arguments[1];
    if (name.kind != Argument::Kind::kString) return Fail(name.place, "translate() takes the concept map's url, or '#id' of one in this map, in quotes");
    if (use.arguments.size() > 2) {
      static constexpr std::string_view kOutputs[] = {"code", "system", "display", "Coding", "coding", "CodeableConcept"};
      const std::string& output = use.arguments[2].text;
      if (std::find(std::begin(kOutputs), std::end(kOutputs), output) == std::end(kOutputs)) {
        Fail(use.arguments[2].place, "translate() gives 'code', 'system', 'display', 'Coding' or 'CodeableConcept', not '" + output + "'");
      }
    }
    const std::string url = name.text.empty() || name.text[0] == '#' ? map_.url + name.text : name.text;
    const auto found = set_.concept_maps_by_url.find(url);
    if (found == set_.concept_maps_by_url.end()) return Fail(name.place, "there is no concept map '" + name.text + "'");
    use.concept_map = found->second;
  }

  void BindCall(GroupCall& call, const Scope& scope) {
    for (Argument& argument : call.arguments) BindArgument(argument, scope);
    call.group = FindGroup(call.name, call.place);
    if (!call.group) return;
    const auto& parameters = call.group->parameters;
    if (parameters.size() != call.arguments.size()) {
      return Fail(call.place, "group '" + call.name + "' takes " + std::to_string(parameters.size()) + " arguments, found " + std::to_string(call.arguments.size()));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].is_source) continue;
      const Argument& argument = call.arguments[i];
      const Variable* variable = argument.kind == Argument::Kind::kVariable ? Find(scope, argument.text) : nullptr;
      if (argument.kind != Argument::Kind::kVariable || (variable && !variable->is_target)) {
        Fail(argument.place, "the parameter '" + parameters[i].name + "' of group '" + call.name + "' is a target; a target variable belongs here");
      }
    }
  }

  Map& map_;
  const MapSet::Impl& set_;
  const schema::Registry& registry_;
  IssueSink& issues_;
};

}  // namespace

void BindGroups(Map& map, const MapSet::Impl& set, IssueSink& issues) { Binder(map, set, issues).Groups(); }
void BindRules(Map& map, const MapSet::Impl& set, IssueSink& issues) { Binder(map, set, issues).Rules(); }

}  // namespace fhir::mapping
