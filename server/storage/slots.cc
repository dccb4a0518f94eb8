// See slots.h.
#include "server/storage/slots.h"

namespace server::storage {

void Slots::AddType(std::int64_t number, std::string_view name) {
  if (number < 1) return;
  if (static_cast<std::size_t>(number) > types_.size()) types_.resize(static_cast<std::size_t>(number));
  Type& type = types_[static_cast<std::size_t>(number - 1)];
  type.name = std::string(name);
  numbers_.emplace(type.name, number);
}

void Slots::AddSlot(Slot slot, std::int64_t type, const fhir::schema::SearchParameter* parameter) {
  if (slot < 0 || !At(type)) return;
  Type& of = types_[static_cast<std::size_t>(type - 1)];
  if (static_cast<std::size_t>(slot) >= parameters_.size()) parameters_.resize(static_cast<std::size_t>(slot) + 1);
  parameters_[static_cast<std::size_t>(slot)] = parameter;
  if (!parameter) {
    of.slot = slot;
    return;
  }
  of.slots.emplace(parameter, slot);
  if (parameter->type == "reference") of.references.push_back(slot);
}

const Slots::Type* Slots::At(std::int64_t number) const {
  return number >= 1 && static_cast<std::size_t>(number) <= types_.size() ? &types_[static_cast<std::size_t>(number - 1)] : nullptr;
}

std::int64_t Slots::TypeNumber(std::string_view name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? 0 : found->second;
}

std::string_view Slots::TypeName(std::int64_t number) const {
  const Type* type = At(number);
  return type ? std::string_view(type->name) : std::string_view();
}

Slot Slots::TypeSlot(std::int64_t number) const {
  const Type* type = At(number);
  return type ? type->slot : -1;
}

Slot Slots::Find(std::int64_t number, const fhir::schema::SearchParameter* parameter) const {
  const Type* type = At(number);
  if (!type) return -1;
  const auto found = type->slots.find(parameter);
  return found == type->slots.end() ? -1 : found->second;
}

Slot Slots::FindByCode(std::int64_t number, std::string_view code) const {
  const Type* type = At(number);
  if (!type) return -1;
  for (const auto& [parameter, slot] : type->slots) {
    if (parameter->code == code) return slot;
  }
  return -1;
}

const fhir::schema::SearchParameter* Slots::ParameterOf(Slot slot) const {
  return slot >= 0 && static_cast<std::size_t>(slot) < parameters_.size() ? parameters_[static_cast<std::size_t>(slot)] : nullptr;
}

const std::vector<Slot>& Slots::ReferenceSlots(std::int64_t number) const {
  const Type* type = At(number);
  return type ? type->references : none_;
}

}  // namespace server::storage
