// Where a record came from: one Provenance for the message, the same for the same message.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/gp/connect/record.h"
#include "fhir/model/element.h"

namespace adapters::gp::connect {

// A text that is the same for two messages that say the same of the person at the same time: of the person's
// resources as translated, in their order. So it does not depend on the order of entries and members or on white space, and a record that
// was stored and written back says what it said.
std::string Fingerprint(const Record& record, std::span<const fhir::Element* const> resources);

// The Provenance in `output`: `targets` are the uuids of the person's resources. Its id comes from `fingerprint`.
fhir::Element* MakeProvenance(const Record& record, std::string_view fingerprint, const std::vector<std::string>& targets,
                              fhir::Document& output);

}  // namespace adapters::gp::connect
