// The way back to a council's file: a header, and each person's rows of a period, of either release.
#pragma once

#include <span>
#include <string>

#include "adapters/base/people_file.h"
#include "adapters/council/cld/backward.h"
#include "adapters/council/cld/lists.h"

namespace adapters::council::cld {

// The fifty headers. Fails with kInvalid for a period that is none and a release there is not, saying what is allowed.
fhir::Result<std::string> EmitHead(const EmitOptions& options);

// The rows of every person in `stored` who has events of a council: what domain facts 5.4 counts to the period (requests,
// assessments and reviews that ended within it, services that were open or ended within it), withdrawn ones left
// out; by start, event type and key. Reporting Period is the one asked for; a list's words are as they were given where
// the release knows them, otherwise its own, and where it has none as they were given, which the outcome says. RFC 4180,
// dates dd/MM/yyyy, bytes as they are: a machine reads it, so a cell that starts with '=' is not changed. No rows: empty.
// Errors as EmitHead.
fhir::Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions& options, const Backward& backward, const Lists& lists);

}  // namespace adapters::council::cld
