// What a rule puts into the target.
#include "fhir/mapping/primitive_text.h"
#include "fhir/mapping/run.h"
#include "fhir/mapping/transforms/catalogue.h"

namespace fhir::mapping {
namespace {

bool IsPrimitive(const Element& element) { return element.type && element.type->kind == schema::TypeKind::kPrimitive; }

TransformKind KindOfUse(const TransformUse& use) { return use.entry ? use.entry->kind : TransformKind::kFunction; }

}  // namespace

Datum Run::ValueOf(const Argument& argument, const Scope& scope) {
  Datum datum;
  switch (argument.kind) {
    case Argument::Kind::kVariable: {
      const Variable* variable = Find(scope, argument.text);
      const Element* element = variable ? variable->element() : nullptr;
      if (!element) {
        for (const auto& [name, values] : constants_) {
          const auto* computed = name == argument.text && values.size() == 1 ? std::get_if<path::SystemValue>(&values[0]) : nullptr;
          if (!computed) continue;
          datum.text = computed->text;
          datum.type = std::string(TypeOf(computed->type));
          datum.kind = KindOf(datum.type);
        }
        return datum;
      }
      datum.element = element;
      datum.kind = element->has_value() ? element->kind : ValueKind::kNone;
      datum.text = std::string(element->value());
      datum.type = std::string(TypeNameOf(*element, registry_));
      if (element->leaf != 0 && element->has_value()) datum.leaves.push_back(element->leaf);
      return datum;
    }
    case Argument::Kind::kFormula: {
      std::vector<Datum> data = EvaluateToData(argument.formula, current_source_, scope);
      if (data.size() > 1) {
        Report(Severity::kError, "multiple-values", "'" + argument.formula.text + "' gives " + std::to_string(data.size()) + " values where one belongs", current_source_);
        return {};
      }
      if (data.empty()) return datum;
      if (data[0].element && data[0].element->leaf != 0 && data[0].element->has_value()) data[0].leaves.push_back(data[0].element->leaf);
      return std::move(data[0]);
    }
    case Argument::Kind::kString:
    case Argument::Kind::kDate: datum.kind = ValueKind::kString; break;
    case Argument::Kind::kNumber: datum.kind = ValueKind::kNumber; break;
    case Argument::Kind::kBoolean: datum.kind = ValueKind::kBoolean; break;
  }
  datum.text = argument.text;
  datum.type = argument.kind == Argument::Kind::kString ? "string" : argument.kind == Argument::Kind::kBoolean ? "boolean"
               : argument.kind == Argument::Kind::kNumber ? (HasFormOf("integer", datum.text) ? "integer" : "decimal")
                                                          : (datum.text.find('T') == std::string::npos ? "date" : "dateTime");
  return datum;
}

// The values that a transform other than create gives.
std::vector<Datum> Run::Values(const Rule& rule, const Target& target, const Scope& scope) {
  const TransformUse& use = *target.transform;
  if (KindOfUse(use) == TransformKind::kEvaluate) {
    const Element* focus = current_source_;
    if (use.arguments.size() > 1) {
      const Variable* variable = Find(scope, use.arguments[0].text);
      if (!variable || !variable->element()) return {};
      focus = variable->element();
    }
    return EvaluateToData(use.arguments.back().formula, focus, scope);
  }
  std::vector<Datum> arguments;
  for (const Argument& argument : use.arguments) {
    arguments.push_back(ValueOf(argument, scope));
    // A variable without a value: an earlier target gave nothing, and it was said why.
    if (arguments.back().empty() && argument.kind == Argument::Kind::kVariable) return {};
  }
  if (KindOfUse(use) == TransformKind::kCopy) return arguments;
  Result<Datum> made = Datum{};
  if (use.entry) {
    made = use.entry->function({use, arguments, document_, current_source_, context_, registry_, rule.place});
  } else if (const auto own = context_.transforms.find(use.name); own != context_.transforms.end()) {
    made = own->second({use.name, arguments, document_, current_source_, rule.place, *context_.issues});
  } else {
    made = Error(ErrorKind::kUnsupported, "the transform '" + use.name + "' was not supplied for this run");
  }
  if (made) return {*std::move(made)};
  const Element* first = arguments.empty() ? nullptr : arguments[0].element;
  Report(Severity::kError, made.error().issue_type(), made.error().text(), first && first->leaf != 0 ? first : current_source_);
  return {};
}

// The element that the target's last step is added to; steps before it are made or found.
Element* Run::Owner(const Target& target, Element* context) {
  Element* owner = context;
  for (std::size_t i = 0; i + 1 < target.path.size(); ++i) {
    TargetBuilder::Slot slot;
    std::string why;
    Element* present = owner->Find(target.path[i]);
    if (!present) {
      if (!builder_.Find(*owner, target.path[i], {}, slot, why)) {
        Report(Severity::kError, "structure", why, current_source_);
        return nullptr;
      }
      present = builder_.Place(owner, slot, TargetListMode::kNone, true, current_source_);
    }
    owner = present;
  }
  return owner;
}

Element* Run::Create(const Rule&, const Target& target, Element* owner, std::string_view wanted, bool reuse) {
  TargetBuilder::Slot slot;
  std::string why;
  if (!builder_.Find(*owner, target.path.back(), wanted, slot, why)) {
    Report(Severity::kError, "structure", why, current_source_);
    return nullptr;
  }
  return builder_.Place(owner, slot, target.list_mode, reuse, current_source_);
}

// Writes a value into an element that stands already.
Element* Run::Fill(Element* element, const Datum& value) {
  if (value.element) {
    if (!builder_.CopyInto(element, *value.element)) return nullptr;
    for (const std::uint32_t leaf : value.leaves) {   // the copy noted its own
      if (context_.coverage && leaf != value.element->leaf) context_.coverage->Note(leaf, element);
    }
    return element;
  }
  if (!value.made) return builder_.SetValue(element, value, current_source_) ? element : nullptr;
  if (!builder_.CopyInto(element, *value.made)) return nullptr;
  if (context_.coverage) context_.coverage->Note(value.leaves, element);
  return element;
}

Element* Run::PutValue(const Target& target, Element* owner, const Datum& value) {
  if (IsPrimitive(*owner) && target.path.back() == "value") return Fill(owner, value);
  const std::string_view type = value.element ? TypeNameOf(*value.element, registry_) : std::string_view(value.type);
  TargetBuilder::Slot slot;
  std::string why;
  if (!builder_.Find(*owner, target.path.back(), type, slot, why)) {
    Report(Severity::kError, "structure", why, value.element ? value.element : current_source_);
    return nullptr;
  }
  if (value.made && value.made->type == slot.type && (slot.repeats || !owner->Find(slot.json_name))) {
    builder_.Adopt(owner, slot, value.made, target.list_mode, current_source_);
    if (context_.coverage) context_.coverage->Note(value.leaves, value.made);
    return value.made;
  }
  const bool single_value = value.element ? value.element->has_value() : !value.made;
  Element* element = builder_.Place(owner, slot, target.list_mode, single_value, current_source_);
  if (Element* filled = Fill(element, value)) return filled;
  if (TargetBuilder::Prune(element)) Document::Detach(element);
  return nullptr;
}

// A target without a context: something made beside the target, or a value under a name.
Element* Run::Stand(const Target& target, const Datum& value) {
  const schema::Type* type = target.transform->created;
  std::string name = target.transform->created_name;
  if (!type && !value.empty()) {
    name = value.type;
    type = registry_.FindType(name);
  }
  Element* element = value.made ? value.made : builder_.MakeRoot(type, name);
  if (!value.empty() && !value.made && !Fill(element, value)) return nullptr;
  if (element->is_resource) context_.produced.push_back(element);
  return element;
}

Result<void> Run::BuildTarget(const Rule& rule, const Target& target, Scope& scope) {
  TRY(Spend(1));
  Element* made = nullptr;
  const Variable* context = target.context.empty() ? nullptr : Find(scope, target.context);
  const bool creates = !target.transform || KindOfUse(*target.transform) == TransformKind::kCreate;
  const auto done = [&] {
    if (!target.variable.empty()) scope.push_back({target.variable, nullptr, made});
    return Result<void>();
  };
  if (target.context.empty()) {
    const std::vector<Datum> values = creates ? std::vector<Datum>{Datum{}} : Values(rule, target, scope);
    if (!values.empty() && (creates || !values[0].empty())) made = Stand(target, values[0]);
    return done();
  }
  if (!context || !context->target) return done();
  if (target.path.empty()) {
    made = context->target;
    if (!target.transform) return done();
    for (const Datum& value : Values(rule, target, scope)) {
      if (!value.empty()) made = Fill(context->target, value);
    }
    return done();
  }
  Element* owner = Owner(target, context->target);
  if (!owner) return done();
  Element** kept = nullptr;
  if (target.list_mode == TargetListMode::kShare) kept = &shared_[{owner, target.path.back() + ' ' + target.share}];
  if (target.list_mode == TargetListMode::kSingle) kept = &singles_[{owner, &target}];
  if (kept && *kept) {
    made = *kept;
  } else if (creates) {
    made = Create(rule, target, owner, target.transform ? std::string_view(target.transform->created_name) : std::string_view(), true);
  }
  if (!creates) {
    std::vector<Datum> values = Values(rule, target, scope);
    std::erase_if(values, [](const Datum& value) { return value.empty(); });
    TargetBuilder::Slot slot;
    std::string why;
    const bool takes_one = !values.empty() && values.size() > 1 && builder_.Find(*owner, target.path.back(), values[0].type, slot, why) && slot.definition && !slot.repeats;
    if (takes_one) {
      Report(Severity::kError, "multiple-values", std::string(slot.definition->path) + " takes one value, the map gives " + std::to_string(values.size()) + "; none is used", current_source_);
      return done();
    }
    for (const Datum& value : values) made = kept && *kept ? Fill(*kept, value) : PutValue(target, owner, value);
  }
  if (kept && !*kept) *kept = made;
  return done();
}

}  // namespace fhir::mapping
