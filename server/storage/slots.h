// Small numbers for resource types and for each search parameter of each type, as a store has given them:
// they stand in its index rows and never change there. Filled once at open, then shared.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/schema/registry.h"

namespace server::storage {

using Slot = std::int64_t;
// Rows of a person's home resources stand under this slot, whatever their type.
constexpr Slot kHomeSlot = 0;

class Slots {
 public:
  void AddType(std::int64_t number, std::string_view name);
  // `parameter` null: the slot under which every live resource of the type stands.
  void AddSlot(Slot slot, std::int64_t type, const fhir::schema::SearchParameter* parameter);

  // 0 when not known.
  std::int64_t TypeNumber(std::string_view name) const;
  std::string_view TypeName(std::int64_t number) const;
  // The live resources of a type.
  Slot TypeSlot(std::int64_t type) const;
  // -1 when the type has no such parameter.
  Slot Find(std::int64_t type, const fhir::schema::SearchParameter* parameter) const;
  Slot FindByCode(std::int64_t type, std::string_view code) const;
  // Null for a slot that no longer has a definition.
  const fhir::schema::SearchParameter* ParameterOf(Slot slot) const;
  // Slots of the type's reference parameters.
  const std::vector<Slot>& ReferenceSlots(std::int64_t type) const;
  std::int64_t type_count() const { return static_cast<std::int64_t>(types_.size()); }

 private:
  struct Type {
    std::string name;
    Slot slot = -1;
    std::unordered_map<const fhir::schema::SearchParameter*, Slot> slots;
    std::vector<Slot> references;
  };
  const Type* At(std::int64_t number) const;

  std::deque<Type> types_;                       // by number - 1
  std::unordered_map<std::string_view, std::int64_t> numbers_;
  std::vector<const fhir::schema::SearchParameter*> parameters_;   // by slot
  std::vector<Slot> none_;
};

}  // namespace server::storage
