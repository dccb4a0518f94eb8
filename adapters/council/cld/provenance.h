// Where a person's events come from: one Provenance for each person and file that names the person.
#pragma once

#include <span>
#include <string>

#include "adapters/base/people_file.h"
#include "fhir/model/element.h"

namespace adapters::council::cld {

// `targets`: uuids of entries of the same transaction. `bad_rows`: how many rows of the person were refused.
fhir::Element* MakeProvenance(const PersonPart& part, std::span<const std::string> targets, std::uint32_t bad_rows, fhir::Document& output);

// Does what is stored say that this file had rows of the person that were refused?
bool HadBadRows(const PersonPart& part, const Submission& file);

}  // namespace adapters::council::cld
