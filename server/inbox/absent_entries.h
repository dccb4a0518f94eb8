// What an earlier message of the same sender brought of a person and this one does not hold: it is kept, and
// said (model.md's rule for full records: absence is no deletion).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "server/app.h"

namespace server::inbox {

// "Type/id" of every live resource that another stored Provenance of the same agent, about the same Patient,
// targets and the given Provenance does not; sorted. Nothing when that Provenance targets no Patient.
fhir::Result<std::vector<std::string>> EntriesAbsentFrom(const App& app, storage::Reader& reader, std::string_view provenance_id);

}  // namespace server::inbox
