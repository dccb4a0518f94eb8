// Where a record came from: one Provenance for the message, the same for the same message.
#pragma once

#include <string>
#include <vector>

#include "adapters/gp/connect/record.h"
#include "fhir/model/element.h"

namespace adapters::gp::connect {

// A text that is the same for two messages that say the same: order of entries and members, white space
// and the message's own id aside.
std::string Fingerprint(const Record& record);

// The Provenance in `output`: `targets` are the uuids of the person's resources. Its id comes from `fingerprint`.
fhir::Element* MakeProvenance(const Record& record, std::string_view fingerprint, const std::vector<std::string>& targets,
                              fhir::Document& output);

}  // namespace adapters::gp::connect
