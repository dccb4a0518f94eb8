// Where what is stored of a person comes from: one Provenance for each person and file that names the person.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "adapters/base/people_file.h"
#include "fhir/model/element.h"

namespace adapters {

struct ProvenanceFacts {
  std::string_view person_system;        // of the person's own identifier
  std::string_view agent_uuid;           // of the entry of the organisation that the file is of
  std::span<const std::string> targets;  // references: "urn:uuid:…" of entries of the same transaction, "Patient/7"; at least one
  std::uint32_t bad_rows = 0;            // how many rows of the person were refused
};
fhir::Element* MakeProvenance(const PersonPart& part, const ProvenanceFacts& facts, fhir::Document& output);

// Does what is stored say that this file had rows of the person that were refused?
bool HadBadRows(const PersonPart& part, const Submission& file);

}  // namespace adapters
