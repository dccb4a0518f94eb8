// Look-ups by name and URL.
#include "fhir/schema/registry.h"

#include <algorithm>

#include "fhir/schema/logical_model.h"
#include "fhir/schema/registry_impl.h"

namespace fhir::schema {

Primitive PrimitiveOf(std::string_view type_name) {
  constexpr std::string_view kNames[] = {"base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer",
                                         "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid", "xhtml"};
  const auto found = std::find(std::begin(kNames), std::end(kNames), type_name);
  return found == std::end(kNames) ? Primitive::kNone : static_cast<Primitive>(found - std::begin(kNames) + 1);
}

Type::Match Type::Find(std::string_view json_name) const {
  constexpr std::uint32_t kBareChoice = 0xFF;
  const auto found = index.find(json_name);
  if (found == index.end()) return {};
  const ElementDefinition& element = elements[found->second >> 8];
  const std::uint32_t choice = found->second & 0xFF;
  if (choice == kBareChoice || choice >= element.types.size()) return {&element, nullptr};
  return {&element, element.types[choice].type};
}

bool Type::IsA(std::string_view type_name) const {
  for (const Type* at = this; at; at = at->base) {
    if (at->name == type_name) return true;
  }
  return false;
}

Registry::Registry(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Registry::~Registry() = default;

Result<std::shared_ptr<const Registry>> Registry::LoadR4() { return LoadR4With({}); }

Result<std::shared_ptr<const Registry>> Registry::LoadR4With(std::span<const Document> definitions) {
  auto impl = std::make_unique<Impl>();
  TRY(LoadTables(R4Facts(), *impl));
  TRY(AddLogicalModels(definitions, *impl));
  return std::shared_ptr<const Registry>(std::make_shared<Registry>(std::move(impl)));
}

const Type* Registry::FindType(std::string_view name_or_url) const {
  if (const auto named = impl_->by_name.find(name_or_url); named != impl_->by_name.end()) return named->second;
  const auto at = impl_->by_url.find(name_or_url.substr(0, name_or_url.find('|')));
  return at == impl_->by_url.end() ? nullptr : at->second;
}

const std::deque<Type>& Registry::types() const { return impl_->types; }

bool Registry::IsResourceType(std::string_view name) const {
  return std::binary_search(impl_->resources.begin(), impl_->resources.end(), name);
}

std::vector<std::string_view> Registry::ResourceTypes() const { return impl_->resources; }

const Constraint* Registry::FindConstraint(std::string_view key) const {
  const auto found = impl_->constraints.find(key);
  return found == impl_->constraints.end() ? nullptr : &found->second;
}

std::span<const SearchParameter> Registry::search_parameters() const { return impl_->search_parameters; }

}  // namespace fhir::schema
