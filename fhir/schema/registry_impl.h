// What the registry holds. Private to fhir/schema.
#pragma once

#include <deque>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/base/arena.h"
#include "fhir/schema/facts.h"
#include "fhir/schema/registry.h"

namespace fhir::schema {

struct CodeSystem {
  std::vector<Code> codes;                                     // as defined
  std::unordered_map<std::string_view, std::uint32_t> index;   // code -> place in codes
};

// One part of a value set's composition.
struct ValueSetPart {
  char sign = '+';                             // '+' and '-': codes in and out, '?': codes not known, '@': another set
  std::string_view system;                     // or the other set's canonical
  std::vector<std::string_view> codes;         // empty: the whole system
  std::unordered_set<std::string_view> many;   // the codes again, once they are many
  const CodeSystem* whole = nullptr;           // of a part without codes
};

struct Registry::Impl {
  Arena arena{1 << 16};   // names that the tables do not have as they are
  std::deque<Type> types;
  std::unordered_map<std::string_view, Type*> by_name, by_url;
  std::vector<std::string_view> resources;
  std::unordered_map<std::string_view, Constraint> constraints;
  std::vector<SearchParameter> search_parameters;
  std::unordered_map<std::string_view, CodeSystem> systems;
  std::unordered_map<std::string_view, std::vector<ValueSetPart>> value_sets;
};

// Fills an empty registry from the tables. Fails only with facts that contradict each other.
Result<void> LoadTables(const Facts& facts, Registry::Impl& impl);

}  // namespace fhir::schema
