// Builds types from their own elements: resolves type names, inherits, names backbones by their path and
// indexes JSON names. Private to fhir/schema.
#pragma once

#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/schema/registry_impl.h"

namespace fhir::schema {

// An element as a table or a model has it. All texts must outlive the registry.
struct ElementFacts {
  std::string_view path;
  std::uint16_t min = 0, max = 1;
  std::string_view flags;         // s summary, m modifier
  std::string_view types;         // "code,Reference(Patient|Group)", "#Patient.contact", or a canonical URL
  std::string_view binding;       // "r:http://…" or empty
  std::string_view constraints;   // keys, separated by commas
};

class TypeBuilder {
 public:
  explicit TypeBuilder(Registry::Impl& impl) : impl_(impl) {}

  // A new type; its elements follow. `base` is a name, empty for none. A name that is taken stays with
  // the first (a source model's Patient is found by its URL only).
  void AddType(const Type& head, std::string_view base, std::string_view root_path);
  // An own element, parents before children; false when the parent is not there.
  bool AddElement(const ElementFacts& facts);
  // Resolves what was added. Fails with kInvalid naming the element and the type that is not known.
  Result<void> Finish();

 private:
  struct Scope;
  struct Pending {
    Type* type = nullptr;
    Scope* scope = nullptr;
    std::string_view base;
    std::vector<std::string_view> own_types;   // the types column of each own element
    std::vector<Type*> own_content;            // the backbone type of each own element, or null
    bool done = false;
  };
  struct Place {
    Pending* owner = nullptr;
    std::size_t index = 0;
    Pending* content = nullptr;
  };
  // The paths of one definition: content references stay within it.
  struct Scope {
    std::string_view root_path;
    Pending* root = nullptr;
    std::unordered_map<std::string_view, Place> places;
  };

  Pending* NewType(const Type& head, std::string_view base, Scope& scope);
  Pending* OwnerOf(std::string_view path);
  Result<void> Complete(Pending& pending);
  Result<void> ResolveTypes(Pending& pending, std::size_t index);
  void Inherit(Type& type);
  void Index(Type& type);

  Registry::Impl& impl_;
  std::deque<Pending> pending_;
  std::deque<Scope> scopes_;
  std::unordered_map<const Type*, Pending*> by_type_;
};

}  // namespace fhir::schema
