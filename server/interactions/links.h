// Texts of planned resources that name other entries of the same Bundle, or a search, and their rewriting
// once the ids are known (https://hl7.org/fhir/R4/bundle.html#references, http.html#trules).
#pragma once

#include <span>
#include <string>

#include "fhir/base/result.h"
#include "server/interactions/plan.h"

namespace server::interactions {

// Fills plan.links and plan.lookups. Fails with kInvalid for a fullUrl that two entries have, a urn:uuid that
// none has, and a conditional reference that is not readable.
fhir::Result<void> FindLinks(const App& app, Plan& plan);

// Writes every link. `targets` has "Type/id" for each entry, `found` for each lookup. Can be called again.
void WriteLinks(Plan& plan, std::span<const std::string> targets, std::span<const std::string> found);

}  // namespace server::interactions
