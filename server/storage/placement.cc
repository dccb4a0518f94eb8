// See placement.h.
#include "server/storage/placement.h"

#include "server/storage/facts.h"

namespace server::storage {

Placement Placement::Create(const Slots& slots) {
  Placement placement;
  placement.patient_type_ = slots.TypeNumber("Patient");
  std::string_view table = PlacementTable();
  while (!table.empty()) {
    const std::size_t end = table.find('\n');
    const std::string_view line = table.substr(0, end);
    table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
    const std::size_t space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    const std::int64_t type = slots.TypeNumber(line.substr(0, space));
    const Slot slot = slots.FindByCode(type, line.substr(space + 1));
    if (slot >= 0) placement.slots_[type] = slot;
  }
  return placement;
}

std::string Placement::HomeOf(std::int64_t type, std::string_view id, std::string_view packed_facts) const {
  if (type == patient_type_) return std::string(id);
  const auto found = slots_.find(type);
  if (found == slots_.end()) return {};
  std::string home;
  for (const search::Fact& fact : PackedFacts(packed_facts).Of(found->second)) {
    if (fact.reference_type != "Patient") continue;
    if (!home.empty() && home != fact.reference_id) return {};
    home = std::string(fact.reference_id);
  }
  return home;
}

}  // namespace server::storage
