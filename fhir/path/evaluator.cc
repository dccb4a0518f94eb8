// The walk over a compiled expression: paths, indexers, variables, signs and type tests.
#include "fhir/path/evaluator.h"

#include <utility>

#include "fhir/path/functions/catalogue.h"

namespace fhir::path {
namespace {

// Before binding (or in source trees without definitions) a choice is told by its name alone.
bool IsChoiceByName(const Element& child, std::string_view name, const schema::Registry& registry) {
  if (child.definition || child.name.size() <= name.size() || child.name.substr(0, name.size()) != name) return false;
  std::string type(child.name.substr(name.size()));
  if (type[0] < 'A' || type[0] > 'Z') return false;
  if (registry.FindType(type)) return true;
  type[0] = static_cast<char>(type[0] - 'A' + 'a');
  return registry.FindType(type) != nullptr;
}

bool Matches(const Element& child, std::string_view name) {
  return child.name == name || (child.definition && child.definition->is_choice && child.definition->name == name);
}

// The type that an element shows: bound, or by its resource type.
const schema::Type* ShownType(const Element& element, const schema::Registry& registry) {
  if (element.type || !element.is_resource) return element.type;
  return registry.FindType(element.text);
}

void AppendQuantityPart(const SystemValue& quantity, std::string_view name, Values& out) {
  if (quantity.type != SystemType::kQuantity) return;
  if (name == "value") out.push_back(SystemValue{SystemType::kDecimal, quantity.text, {}});
  if (name == "unit" || name == "code") out.push_back(String(quantity.unit));
}

}  // namespace

void AppendChildren(const Element& element, std::string_view name, Values& out) {
  for (const Element& child : Children(element)) {
    if (Matches(child, name)) out.push_back(&child);
  }
}

bool IsOfType(const Value& value, const TypeName& type, const schema::Registry& registry) {
  if (const SystemValue* system = std::get_if<SystemValue>(&value)) {
    return type.space != "FHIR" && SystemTypeName(system->type) == type.name;
  }
  if (type.space == "System") return false;
  const Element& element = **std::get_if<const Element*>(&value);
  const schema::Type* shown = ShownType(element, registry);
  return shown ? shown->IsA(type.name) : element.resource_type() == type.name && element.is_resource;
}

bool IsExactly(const Value& value, const TypeName& type, const schema::Registry& registry) {
  const Element* const* element = std::get_if<const Element*>(&value);
  const schema::Type* own = element ? (*element)->type : nullptr;
  if (own && own->kind == schema::TypeKind::kPrimitive) return type.space != "System" && own->name == type.name;
  return IsOfType(value, type, registry);
}

Result<std::optional<bool>> ToBoolean(const Values& values, const Node& node) {
  if (values.empty()) return std::optional<bool>();
  if (values.size() > 1) {
    return Evaluator::Fail(node, "Found " + std::to_string(values.size()) + " values where one true or false belongs.");
  }
  const std::optional<Scalar> scalar = ToScalar(values[0]);
  if (scalar && scalar->type == SystemType::kBoolean) return std::optional<bool>(scalar->text == "true");
  return std::optional<bool>(true);
}

Evaluator::Evaluator(const Expression::Program& program, const Context& context, const Values& focus)
    : context_(context), registry_(context.registry ? *context.registry : *program.registry), origin_(focus) {
  resource_ = context.resource;
  root_resource_ = context.root_resource;
  const Element* const* first = focus.empty() ? nullptr : std::get_if<const Element*>(&focus[0]);
  if (!resource_ && first) resource_ = (*first)->Resource();
  if (!root_resource_ && resource_) {
    const bool is_contained = resource_->name == "contained" && resource_->parent;
    root_resource_ = is_contained ? resource_->parent->Resource() : resource_;
    if (!root_resource_) root_resource_ = resource_;
  }
}

Result<void> Evaluator::Spend(std::size_t steps, const Node& node) {
  steps_ += steps;
  if (steps_ > kMaxSteps) return Fail(node, "The expression takes more than " + std::to_string(kMaxSteps) + " steps on this input; narrow it.");
  return {};
}

Result<void> Evaluator::SpendOn(const Values& values, const Node& node) { return Spend(Weight(values, kMaxSteps), node); }

Error Evaluator::Fail(const Node& node, std::string text) {
  return Error(ErrorKind::kUnprocessable, std::move(text)).At("column " + std::to_string(node.column));
}

Document& Evaluator::made() {
  if (!made_) made_ = std::make_shared<Document>();
  return *made_;
}

Result<Values> Evaluator::Evaluate(const Node& node, const Scope& scope) {
  TRY(Spend(1, node));
  switch (node.kind) {
    case NodeKind::kLiteral: return One(node.literal);
    case NodeKind::kEmpty: return Values();
    case NodeKind::kThis: return *scope.focus;
    case NodeKind::kIndex: return One(Integer(static_cast<std::int64_t>(scope.index)));
    case NodeKind::kTotal: return scope.total ? *scope.total : Values();
    case NodeKind::kVariable: return Variable(node);
    case NodeKind::kMember: return Member(node, scope);
    case NodeKind::kIndexer: return Indexer(node, scope);
    case NodeKind::kNegate:
    case NodeKind::kPlusSign: return Sign(node, scope);
    case NodeKind::kBinary: return EvaluateBinary(*this, node, scope);
    case NodeKind::kIs:
    case NodeKind::kAs: return TypeTest(node, scope);
    case NodeKind::kFunction: break;
  }
  if (!node.operand()) return node.function->call(*this, Call{node, *scope.focus, scope});
  TRY_ASSIGN(const Values input, Evaluate(*node.operand(), scope));
  return node.function->call(*this, Call{node, input, scope});
}

Result<Values> Evaluator::Member(const Node& node, const Scope& scope) {
  Values held;
  const Values* input = scope.focus;
  if (node.operand()) {
    TRY_ASSIGN(held, Evaluate(*node.operand(), scope));
    input = &held;
  }
  const bool may_be_type = !node.operand() && node.text[0] >= 'A' && node.text[0] <= 'Z';
  Values out;
  for (const Value& value : *input) {
    if (const SystemValue* system = std::get_if<SystemValue>(&value)) {
      AppendQuantityPart(*system, node.text, out);
      continue;
    }
    const Element& element = **std::get_if<const Element*>(&value);
    if (may_be_type) {
      const schema::Type* type = ShownType(element, registry_);
      if ((type && type->IsA(node.text)) || (element.is_resource && element.text == node.text)) {
        out.push_back(value);
        continue;
      }
    }
    const std::size_t before = out.size();
    AppendChildren(element, node.text, out);
    // A primitive's own "value", as its StructureDefinition has it.
    if (out.size() == before && element.has_value() && node.text == "value") out.push_back(value);
    if (out.size() == before && !element.type) {
      for (const Element& child : Children(element)) {
        if (IsChoiceByName(child, node.text, registry_)) out.push_back(&child);
      }
    }
  }
  if (context_.reached) {
    for (const Value& value : out) {
      if (const Element* const* element = std::get_if<const Element*>(&value)) context_.reached(**element);
    }
  }
  TRY(Spend(input->size() + out.size(), node));
  return out;
}

Result<Values> Evaluator::Indexer(const Node& node, const Scope& scope) {
  TRY_ASSIGN(Values input, Evaluate(*node.parts[0], scope));
  TRY_ASSIGN(const Values index, Evaluate(*node.parts[1], scope));
  if (index.empty()) return Values();
  const std::optional<Scalar> scalar = index.size() == 1 ? ToScalar(index[0]) : std::nullopt;
  if (!scalar || scalar->type != SystemType::kInteger) return Fail(node, "An index is one whole number.");
  const std::optional<Decimal> number = Decimal::Parse(scalar->text);
  const std::optional<std::int64_t> at = number ? number->ToInt64() : std::nullopt;
  if (!at || *at < 0 || static_cast<std::size_t>(*at) >= input.size()) return Values();
  return One(std::move(input[static_cast<std::size_t>(*at)]));
}

Result<Values> Evaluator::Variable(const Node& node) {
  const std::string& name = node.text;
  for (const auto& [key, values] : context_.variables) {
    if (key == name) return Values(values);
  }
  if (name == "context") return origin_;
  if (name == "resource") return resource_ ? One(resource_) : Values();
  if (name == "rootResource") return root_resource_ ? One(root_resource_) : Values();
  if (name == "ucum") return One(String("http://unitsofmeasure.org"));
  if (name == "sct") return One(String("http://snomed.info/sct"));
  if (name == "loinc") return One(String("http://loinc.org"));
  if (name.substr(0, 3) == "vs-") return One(String("http://hl7.org/fhir/ValueSet/" + name.substr(3)));
  if (name.substr(0, 4) == "ext-") return One(String("http://hl7.org/fhir/StructureDefinition/" + name.substr(4)));
  return Fail(node, "There is no variable %" + name + ".");
}

Result<Values> Evaluator::Sign(const Node& node, const Scope& scope) {
  TRY_ASSIGN(Values input, Evaluate(*node.operand(), scope));
  if (input.empty()) return input;
  const std::optional<Scalar> scalar = input.size() == 1 ? ToScalar(input[0]) : std::nullopt;
  const std::optional<Decimal> number =
      scalar && (IsNumeric(scalar->type) || scalar->type == SystemType::kQuantity) ? Decimal::Parse(scalar->text) : std::nullopt;
  if (!number) return Fail(node, "A sign belongs before one number or quantity.");
  SystemValue signed_value = Own(*scalar);
  if (node.kind == NodeKind::kNegate) signed_value.text = (-*number).ToString();
  return One(std::move(signed_value));
}

Result<Values> Evaluator::TypeTest(const Node& node, const Scope& scope) {
  TRY_ASSIGN(const Values input, Evaluate(*node.operand(), scope));
  if (node.kind == NodeKind::kIs) {
    if (input.empty()) return Values();
    if (input.size() > 1) return Fail(node, "'is' asks about one value, found " + std::to_string(input.size()) + ".");
    return One(Boolean(IsOfType(input[0], node.type, registry_)));
  }
  // R4's search parameters use 'as' on repeating elements ("useContext.value as Quantity"): it filters.
  Values out;
  for (const Value& value : input) {
    if (IsExactly(value, node.type, registry_)) out.push_back(value);
  }
  return out;
}

Result<Values> Evaluator::Argument(const Call& call, std::size_t index) { return Evaluate(call.argument(index), call.scope); }

Result<Values> Evaluator::ForItem(const Call& call, std::size_t argument, const Value& item, std::size_t index) {
  const Values focus = One(item);
  Scope inner{&focus, index, call.scope.total};
  return Evaluate(call.argument(argument), inner);
}

Result<std::optional<bool>> Evaluator::TestItem(const Call& call, std::size_t argument, const Value& item, std::size_t index) {
  TRY_ASSIGN(const Values answer, ForItem(call, argument, item, index));
  return ToBoolean(answer, call.argument(argument));
}

Result<std::optional<SystemValue>> Evaluator::ScalarArgument(const Call& call, std::size_t index) {
  TRY_ASSIGN(const Values values, Argument(call, index));
  if (values.empty()) return std::optional<SystemValue>();
  const std::optional<Scalar> scalar = values.size() == 1 ? ToScalar(values[0]) : std::nullopt;
  if (!scalar) return Fail(call.argument(index), call.node.text + "() takes one simple value here.");
  return std::optional<SystemValue>(Own(*scalar));
}

const Element* Evaluator::FindInBundle(std::string_view reference) {
  if (!bundle_indexed_) {
    bundle_indexed_ = true;
    const Element* root = resource_ ? resource_->Root() : nullptr;
    if (root && root->resource_type() == "Bundle") {
      for (const Element& entry : Repeats(*root, "entry")) {
        const Element* resource = entry.Find("resource");
        if (!resource) continue;
        if (const std::string_view url = entry.ValueOf("fullUrl"); !url.empty()) bundle_.emplace(url, resource);
        if (const std::string_view id = resource->ValueOf("id"); !id.empty()) {
          bundle_.emplace(std::string(resource->text) + "/" + std::string(id), resource);
        }
      }
    }
  }
  const auto found = bundle_.find(std::string(reference));
  return found == bundle_.end() ? nullptr : found->second;
}

Expression::Expression(std::shared_ptr<const Program> program, std::string text) : program_(std::move(program)), text_(std::move(text)) {}

Result<Collection> Expression::Evaluate(const Collection& focus, const Context& context) const {
  Evaluator evaluator(*program_, context, focus);
  const Values& values = focus;
  TRY_ASSIGN(Values answer, evaluator.Evaluate(*program_->root, Scope{&values, 0, nullptr}));
  return Collection(std::move(answer), evaluator.TakeMade());
}

Result<Collection> Expression::Evaluate(const Element& focus, const Context& context) const {
  return Evaluate(Collection(One(&focus)), context);
}

Result<bool> Expression::EvaluateBoolean(const Element& focus, const Context& context) const {
  TRY_ASSIGN(const Collection answer, Evaluate(focus, context));
  TRY_ASSIGN(const std::optional<bool> truth, ToBoolean(answer, *program_->root));
  return truth.value_or(false);
}

const std::string& Expression::text() const { return text_; }

}  // namespace fhir::path
