// The definitions' FHIRPath constraints, compiled once and found by what they are about. Private to
// fhir/validate, but for the list of what is not evaluated.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "fhir/path/expression.h"
#include "fhir/schema/registry.h"

namespace fhir::validate {

struct Invariant {
  const schema::Constraint* constraint = nullptr;
  path::Expression expression;
};

class Invariants {
 public:
  // Compiles every constraint that a type or element of the registry lists. The registry must outlive it.
  explicit Invariants(const schema::Registry& registry);

  // What holds for content of that type, and for that element; null when nothing does.
  const std::vector<const Invariant*>* Of(const schema::Type& type) const { return Find(&type); }
  const std::vector<const Invariant*>* Of(const schema::ElementDefinition& element) const { return Find(&element); }

  // Constraints that do not compile: "key: why". They are not evaluated, never reported as broken.
  const std::vector<std::string>& not_compiled() const { return not_compiled_; }

 private:
  const std::vector<const Invariant*>* Find(const void* about) const {
    const auto found = by_subject_.find(about);
    return found == by_subject_.end() ? nullptr : &found->second;
  }
  const Invariant* Compile(std::string_view key, const schema::Registry& registry);
  void Add(const void* about, const std::vector<std::string_view>& keys, const schema::Registry& registry);

  std::unordered_map<std::string_view, std::unique_ptr<const Invariant>> by_key_;   // null: not compiled, or done by another rule
  std::unordered_map<const void*, std::vector<const Invariant*>> by_subject_;
  std::vector<std::string> not_compiled_;
};

}  // namespace fhir::validate
