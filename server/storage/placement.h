// Which person a resource is at home with (architecture.md decision 7's table, conformance/placement/home.txt):
// per type the search parameter that names the person.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "server/storage/slots.h"

namespace server::storage {

class Placement {
 public:
  // The table that is compiled in; lines of types or parameters that the store does not know have no effect.
  static Placement Create(const Slots& slots);
  // Id of the Patient, or empty: a Patient is at home with itself, a resource that names several people or
  // none with nobody.
  std::string HomeOf(std::int64_t type, std::string_view id, std::string_view packed_facts) const;

 private:
  std::int64_t patient_type_ = 0;
  std::unordered_map<std::int64_t, Slot> slots_;   // by type
};

// The table's text: "Type parameter" a line, # begins a comment.
std::string_view PlacementTable();

}  // namespace server::storage
