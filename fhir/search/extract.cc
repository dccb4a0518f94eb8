// Compiles the search parameters of a resource type when it is first met, and extracts by them.
#include "fhir/search/extract.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "fhir/path/evaluator.h"
#include "fhir/path/parser.h"
#include "fhir/search/walk.h"

namespace fhir::search {
namespace {

using path::Expression;
using path::Node;
using path::NodeKind;

// An alternative of an expression that is no plain path.
struct Evaluated {
  const Expression::Program* program;
  const Node* node;
  Emission emission;
};

// What is made of a type's parameters when the first resource of it comes.
struct Compiled {
  std::vector<std::unique_ptr<const Expression::Program>> programs;
  WalkNode walk;
  std::vector<Evaluated> evaluated;
  std::optional<Error> error;
};

struct TypeEntry {
  const schema::Type* type = nullptr;
  std::vector<const schema::SearchParameter*> parameters;
  // Guards `compiled`, which never changes once it is made.
  std::once_flag once;
  Compiled compiled;
};

// The first name of a path: "Patient" of Patient.name.given; null when it starts with something else.
const Node* FirstMember(const Node& node) {
  const Node* at = &node;
  while (at->operand()) at = at->operand();
  return at->kind == NodeKind::kMember ? at : nullptr;
}

// Can the alternative find anything in a resource of the type? Most expressions name many types.
bool Concerns(const Node& node, const schema::Type& type) {
  const Node* first = FirstMember(node);
  if (!first || first->text.empty() || first->text[0] < 'A' || first->text[0] > 'Z') return true;
  return type.IsA(first->text);
}

void AddAlternatives(const Node& node, const Emission& emission, const TypeEntry& entry, Compiled& compiled) {
  if (node.kind == NodeKind::kBinary && node.op == path::BinaryOp::kUnion) {
    AddAlternatives(*node.parts[0], emission, entry, compiled);
    AddAlternatives(*node.parts[1], emission, entry, compiled);
    return;
  }
  if (!Concerns(node, *entry.type) || compiled.walk.AddPath(node, emission)) return;
  compiled.evaluated.push_back({compiled.programs.back().get(), &node, emission});
}

void Compile(TypeEntry& entry, const schema::Registry& registry) {
  entry.compiled = Compiled();   // what an attempt that ran out of memory left is not to be doubled
  for (const schema::SearchParameter* parameter : entry.parameters) {
    const SearchType* type = FindSearchType(parameter->type);
    if (!type || !type->convert || parameter->expression.empty()) continue;
    Result<path::NodePtr> root = path::Parse(parameter->expression);
    if (!root) {
      entry.compiled.error = Error(ErrorKind::kInternal, "The search parameter '" + std::string(parameter->code) + "' has an expression that cannot be used: " +
                                                             root.error().ToString());
      return;
    }
    auto program = std::make_unique<Expression::Program>();
    program->root = *std::move(root);
    program->registry = &registry;
    entry.compiled.programs.push_back(std::move(program));
    AddAlternatives(*entry.compiled.programs.back()->root, {parameter, type->convert}, entry, entry.compiled);
  }
}

}  // namespace

struct Extractor::Impl {
  const schema::Registry* registry;
  std::unordered_map<std::string_view, std::unique_ptr<TypeEntry>> types;

  TypeEntry* FindType(std::string_view name) const {
    const auto found = types.find(name);
    return found == types.end() ? nullptr : found->second.get();
  }
};

Extractor::Extractor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Extractor::~Extractor() = default;

Result<std::shared_ptr<const Extractor>> Extractor::Create(const schema::Registry& registry) {
  auto impl = std::make_unique<Impl>();
  impl->registry = &registry;
  for (std::string_view name : registry.ResourceTypes()) {
    auto entry = std::make_unique<TypeEntry>();
    entry->type = registry.FindType(name);
    impl->types.emplace(name, std::move(entry));
  }
  for (const schema::SearchParameter& parameter : registry.search_parameters()) {
    if (parameter.code == "_id" || parameter.code == "_lastUpdated") continue;
    for (std::string_view base : parameter.bases) {
      if (TypeEntry* entry = impl->FindType(base)) {
        entry->parameters.push_back(&parameter);
        continue;
      }
      for (const auto& [name, other] : impl->types) {
        if (other->type->IsA(base)) other->parameters.push_back(&parameter);
      }
    }
  }
  for (const auto& [name, entry] : impl->types) {
    std::sort(entry->parameters.begin(), entry->parameters.end(), [](const auto* a, const auto* b) { return a->code < b->code; });
  }
  return std::shared_ptr<const Extractor>(std::make_shared<Extractor>(std::move(impl)));
}

const std::vector<const schema::SearchParameter*>& Extractor::ParametersOf(std::string_view resource_type) const {
  static const std::vector<const schema::SearchParameter*> kNone;
  const TypeEntry* entry = impl_->FindType(resource_type);
  return entry ? entry->parameters : kNone;
}

const schema::SearchParameter* Extractor::Find(std::string_view resource_type, std::string_view code) const {
  const auto& parameters = ParametersOf(resource_type);
  const auto found = std::lower_bound(parameters.begin(), parameters.end(), code, [](const auto* p, std::string_view c) { return p->code < c; });
  return found != parameters.end() && (*found)->code == code ? *found : nullptr;
}

Result<std::vector<IndexValue>> Extractor::Extract(const Element& resource) const {
  TypeEntry* entry = impl_->FindType(resource.resource_type());
  if (!entry) return std::vector<IndexValue>();
  std::call_once(entry->once, [&] { Compile(*entry, *impl_->registry); });
  const Compiled& compiled = entry->compiled;
  if (compiled.error) return Error(compiled.error->kind(), compiled.error->text());
  std::vector<IndexValue> out;
  out.reserve(64);
  compiled.walk.Collect(resource, out);
  const path::Values focus{&resource};
  path::Context context;
  context.resource = &resource;
  for (const Evaluated& alternative : compiled.evaluated) {
    path::Evaluator evaluator(*alternative.program, context, focus);
    TRY_ASSIGN(const path::Values found, evaluator.Evaluate(*alternative.node, path::Scope{&focus, 0, nullptr}));
    for (const path::Value& value : found) alternative.emission.convert(value, *alternative.emission.parameter, out);
  }
  return out;
}

}  // namespace fhir::search
